import { createContext, useContext, useMemo, useRef, useState, type FormEvent, type ReactNode } from "react";
import { Form as AriaForm } from "react-aria-components";
import { ProblemError } from "../api/client";
import { Link } from "../router";
import { useLanguage } from "../texts";
import { Icon } from "./icons";

/** What went wrong: title, words, the fields that no field of the form has, the policy, the change in the way. */
export function Problem({ error, besides }: { error: Error | null | undefined; besides?: (field: string) => boolean }) {
  const { t } = useLanguage();
  if (!error) return null;
  if (!(error instanceof ProblemError)) throw error; // a mistake of the console's own: the boundary says so
  const { problem } = error;
  const unreachable = error.code === "unreachable";
  const others = problem.errors?.filter((one) => !besides?.(one.field)) ?? [];
  return (
    <div className="notice bad" role="alert">
      <Icon name="warning" />
      <div>
        <strong>{unreachable ? t("problem.unreachable") : problem.title}</strong>
        {unreachable ? <p>{t("problem.tryAgain")}</p> : problem.detail && <p>{problem.detail}</p>}
        {others.length > 0 && (
          <ul>
            {others.map((one) => (
              <li key={one.field + one.rule}>
                {one.field}: {one.detail ?? one.rule}
              </li>
            ))}
          </ul>
        )}
        {problem.policy && <p className="faint">{t("problem.policy", { policy: problem.policy })}</p>}
        {problem.change && (
          <p>
            <Link href={`/changes/${problem.change}`}>{t("problem.change")}</Link>
          </p>
        )}
        {problem.requestId && <p className="faint">{t("problem.request", { id: problem.requestId })}</p>}
      </div>
    </div>
  );
}

/** The field that a complaint is about: that about one of a list is about the list. */
export const fieldOf = (path: string) => path.replace(/\[\d+\].*$/, "");

const Names = createContext<ReadonlySet<string> | undefined>(undefined);

/**
 * A form whose request may be refused. The API's complaints go to the fields of the same name, which say them and are
 * focused; the rest is told above the form. Fields are validated by the API alone: one place, one wording.
 */
export function Form({ error, names, onSubmit, children }: {
  error: Error | null | undefined;
  /** The fields of the form, as the request's body names them. */
  names: readonly string[];
  onSubmit: () => void;
  children: ReactNode;
}) {
  const known = useRef(new Set(names)).current;
  // What was said of a field goes as it is typed in: were it to go when the field is left, the button that is being pressed
  // would move away from under the pointer.
  const [typed, setTyped] = useState<{ error: typeof error; fields: ReadonlySet<string> }>({ error, fields: new Set() });
  const errors = useMemo(() => {
    const said: Record<string, string> = {};
    for (const one of (error instanceof ProblemError && error.problem.errors) || []) {
      const field = fieldOf(one.field);
      if (known.has(field) && !(typed.error === error && typed.fields.has(field))) said[field] ??= one.detail ?? one.rule;
    }
    return said;
  }, [error, typed]);
  const told = error instanceof ProblemError && (error.problem.errors ?? []).length > 0 && error.problem.errors!.every((one) => known.has(fieldOf(one.field)));
  return (
    <Names value={known}>
      <AriaForm
        className="form"
        validationBehavior="aria"
        validationErrors={errors}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {!told && <Problem error={error} besides={(field) => known.has(fieldOf(field))} />}
        <div
          className="through"
          onInput={(event: FormEvent) => {
            const { name } = event.target as HTMLInputElement;
            if (error && name) setTyped((before) => ({ error, fields: new Set([...(before.error === error ? before.fields : []), name]) }));
          }}
        >
          {children}
        </div>
      </AriaForm>
    </Names>
  );
}

/** Whether a field is in a Form that knows its name. */
export const useIsNamed = (name: string) => useContext(Names)?.has(name) ?? false;
