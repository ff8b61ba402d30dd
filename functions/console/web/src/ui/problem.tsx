import { createContext, useContext, useEffect, useRef, type FormEvent, type ReactNode } from "react";
import { ProblemError } from "../api/client";
import { Link } from "../router";
import { useLanguage } from "../texts";
import { Button } from "./controls";
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
                {t("named", { name: one.field })} {one.detail ?? one.rule}
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
        {outdated.includes(error.code) && <Button onPress={() => location.reload()}>{t("problem.reload")}</Button>}
        {problem.requestId && <p className="faint">{t("problem.request", { id: problem.requestId })}</p>}
      </div>
    </div>
  );
}

/** The field that a complaint is about: the one of its path, or of the list that it is in; none where there is neither. */
export const fieldOf = (path: string, names: readonly string[]) => [path, path.replace(/\[\d+\].*$/, "")].find((name) => names.includes(name));

/** What was written on a page that is no longer what it was: nothing was done, and the page has to be read again. */
const outdated = ["preconditionFailed", "stale", "conflict", "digestWrong", "changeClosed"];

const Complaints = createContext<Readonly<Record<string, string>>>({});

/** What the API complains of at a field, until the form is sent again. */
export const useComplaint = (name: string | undefined): string | undefined => useContext(Complaints)[name ?? ""];

/**
 * A form whose request may be refused. The API's complaints go to the fields of the same name, the first of which is focused;
 * the rest is told above the form. Fields are validated by the API alone: one place, one wording. A complaint stays until the
 * form is sent again: were it to go as its field is left, the button would move from under the press.
 */
export function Form({ error, names, onSubmit, children }: {
  error: Error | null | undefined;
  /** The fields of the form, as the request's body names them. */
  names: readonly string[];
  onSubmit: () => void;
  children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const all = error instanceof ProblemError ? (error.problem.errors ?? []) : [];
  const complaints: Record<string, string> = {};
  for (const one of all) {
    const field = fieldOf(one.field, names);
    if (field) complaints[field] ??= one.detail ?? one.rule;
  }
  const toldAtFields = all.length > 0 && all.every((one) => fieldOf(one.field, names));
  useEffect(() => {
    if (!error) return;
    const field = form.current?.querySelector<HTMLElement>("[aria-invalid=true], [data-invalid] button");
    if (field) field.focus();
    else form.current?.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" }); // who is at a long form's end sees it too
  }, [error]);
  return (
    <Complaints value={complaints}>
      <form
        ref={form}
        className="form"
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {!toldAtFields && <Problem error={error} besides={(field) => fieldOf(field, names) !== undefined} />}
        {children}
      </form>
    </Complaints>
  );
}
