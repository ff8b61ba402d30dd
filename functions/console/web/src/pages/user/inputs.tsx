import type { ReactNode } from "react";
import { Checkbox as AriaCheckbox, CheckboxGroup, FieldError, Label, Radio, RadioGroup, Text } from "react-aria-components";
import { Icon } from "../../ui/icons";
import { useComplaint } from "../../ui/problem";

export interface Choice {
  id: string;
  name: string;
  /** What it is, under its name. */
  text?: string;
}

/** A box to tick in a {@link Many}. */
export function Tick({ id, name, text }: Choice) {
  return (
    <AriaCheckbox value={id} className="checkbox choice">
      <span className="box" aria-hidden="true">
        <Icon name="changes" size={14} />
      </span>
      <span>
        {name}
        {text && <span className="hint">{text}</span>}
      </span>
    </AriaCheckbox>
  );
}

/** Some of many. */
export function Many({ label, hint, name, value, onChange, children }: {
  label: string;
  hint?: string;
  name: string;
  value: string[];
  onChange: (value: string[]) => void;
  children: ReactNode;
}) {
  const complaint = useComplaint(name);
  return (
    <CheckboxGroup name={name} value={value} onChange={onChange} validationBehavior="aria" isInvalid={complaint !== undefined} className="field many">
      <Label>{label}</Label>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="error">{complaint}</FieldError>
      {children}
    </CheckboxGroup>
  );
}

/** Exactly one of a few, all seen. */
export function One({ label, hint, name, value, onChange, options }: {
  label: string;
  hint?: string;
  name: string;
  value: string | undefined;
  onChange: (value: string) => void;
  options: Choice[];
}) {
  const complaint = useComplaint(name);
  return (
    <RadioGroup name={name} value={value ?? null} onChange={onChange} validationBehavior="aria" isInvalid={complaint !== undefined} className="field many">
      <Label>{label}</Label>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="error">{complaint}</FieldError>
      <div className="choices">
        {options.map((option) => (
          <Radio key={option.id} value={option.id} className="checkbox choice radio">
            <span className="box" aria-hidden="true" />
            <span>
              {option.name}
              {option.text && <span className="hint">{option.text}</span>}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
