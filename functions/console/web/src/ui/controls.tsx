import { useEffect, useId, useState, type ReactNode } from "react";
import {
  Button as AriaButton, Checkbox as AriaCheckbox, FieldError, Input, Label, ListBox, ListBoxItem, Popover, SearchField as AriaSearchField,
  Select as AriaSelect, SelectValue, Text, TextArea, TextField as AriaTextField, type ButtonProps as AriaButtonProps, type TextFieldProps,
} from "react-aria-components";
import { useLanguage } from "../texts";
import { Icon, type IconName } from "./icons";
import { useComplaint } from "./problem";

type Look = "primary" | "plain" | "quiet" | "danger";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children"> {
  look?: Look;
  icon?: IconName;
  children?: ReactNode;
}

/**
 * Does something on this page; what leads to another is a Link. While its act is pending it keeps the focus and does nothing.
 * (The component's own pending state announces the button by its id, which is gone once the act has led elsewhere.)
 */
export function Button({ look = "plain", icon, isPending, children, ...props }: ButtonProps) {
  const idle = isPending ? ({ type: "button", onPress: undefined, "aria-disabled": true } as const) : {};
  return (
    <AriaButton {...props} {...idle} className={isPending ? `button ${look} pending` : `button ${look}`}>
      {icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
}

interface Described {
  label: string;
  hint?: ReactNode;
}

/** A line of text, or with rows several. Its name is the path in the request's body, by which the API's complaints find it (see Form). */
export function TextField({ label, hint, placeholder, rows, ...props }: Described & { placeholder?: string; rows?: number } & Omit<TextFieldProps, "children" | "className">) {
  const complaint = useComplaint(props.name);
  return (
    <AriaTextField {...props} className="field" validationBehavior="aria" isInvalid={complaint !== undefined}>
      <Label>{label}</Label>
      {rows ? <TextArea rows={rows} /> : <Input placeholder={placeholder} />}
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="error">{complaint}</FieldError>
    </AriaTextField>
  );
}

/** A one-time code: digits on a phone's keyboard, filled in by the browser where it can. */
export function CodeField(props: Described & Omit<TextFieldProps, "children" | "className">) {
  return <TextField {...props} autoComplete="one-time-code" inputMode="numeric" maxLength={16} spellCheck="false" />;
}

/** What a list is searched by, as it is typed. */
export function SearchField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const { t } = useLanguage();
  return (
    <AriaSearchField aria-label={label} value={value} onChange={onChange} className="field search">
      <Icon name="search" />
      <Input placeholder={label} />
      <AriaButton className="clear" aria-label={t("search.clear")}>
        <Icon name="close" size={14} />
      </AriaButton>
    </AriaSearchField>
  );
}

/** A search that the API makes: it follows the typing, a moment behind it. */
export function TypedSearch({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), 250);
    return () => clearTimeout(timer);
  }, [typed]);
  return <SearchField label={label} value={typed} onChange={setTyped} />;
}

export interface Option {
  id: string;
  name: string;
}

const none = "-";

/** One of a few. With empty it may be none of them. */
export function Select({ label, hint, options, value, onChange, empty, name, isRequired }: Described & {
  options: Option[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  empty?: string;
  name?: string;
  isRequired?: boolean;
}) {
  const complaint = useComplaint(name);
  const all = empty === undefined ? options : [{ id: none, name: empty }, ...options];
  return (
    <AriaSelect
      className="field"
      name={name}
      isRequired={isRequired}
      validationBehavior="aria"
      isInvalid={complaint !== undefined}
      value={value ?? (empty === undefined ? null : none)}
      onChange={(key) => onChange(key === none || key === null ? undefined : String(key))}
    >
      <Label>{label}</Label>
      <AriaButton className="select">
        <SelectValue />
        <Icon name="down" size={16} />
      </AriaButton>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="error">{complaint}</FieldError>
      <Popover className="popover">
        <ListBox items={all} className="listbox">
          {(option) => (
            <ListBoxItem className="option" textValue={option.name}>
              {option.name}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

/** Yes or no. */
export function Checkbox({ children, ...props }: { children: ReactNode; isSelected: boolean; onChange: (selected: boolean) => void; isDisabled?: boolean }) {
  return (
    <AriaCheckbox {...props} className="checkbox">
      <span className="box" aria-hidden="true">
        <Icon name="changes" size={14} />
      </span>
      {children}
    </AriaCheckbox>
  );
}

/** A secret that is shown to be kept, with a way to copy it. */
export function Copyable({ label, text }: { label: string; text: string }) {
  const { t } = useLanguage();
  const id = useId();
  return (
    <div className="copyable">
      <span id={id}>{label}</span>
      <code aria-labelledby={id}>{text}</code>
      <Button look="plain" onPress={() => void navigator.clipboard.writeText(text)} aria-describedby={id}>
        {t("copy")}
      </Button>
    </div>
  );
}
