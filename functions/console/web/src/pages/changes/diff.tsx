import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { useNames } from "../../api/lists";
import { nameOf, useLanguage } from "../../texts";
import { Icon } from "../../ui/icons";
import "./changes.css";

type Difference = Schemas["Difference"];

/** Fields that are lists, which the API writes with commas. */
const lists = new Set(["companies", "accounts", "roles", "permissions", "ownPermissions", "users", "ipAllowList", "contactTypes", "certificate"]);
/** Fields whose values are the console's to name, by the key of their names. */
const coded: Record<string, string> = { status: "status", kind: "kind", type: "type", paymentRule: "changes.paymentRule", contactTypes: "contacts.type" };

const items = (text: string) => (text ? text.split(", ") : []);

/** Says a value of a field as people read it. */
function useValue(): (field: string, value: string) => ReactNode {
  const { t, name, moment } = useLanguage();
  const named = useNames();
  return (field, value) => {
    if (value === "true") return t("yes");
    if (value === "false") return t("no");
    const kind = coded[field];
    if (kind) return name(kind, value);
    switch (field) {
      case "companies":
      case "accounts":
      case "roles":
      case "formerOwnerRole":
        return named(value);
      case "permissions":
      case "ownPermissions":
        return (
          <>
            {named(value) !== value && named(value)} <code>{value}</code>
          </>
        );
      case "certificate":
      case "credential":
        return <code>{value}</code>;
      case "language":
        return nameOf(value);
      case "validUntil":
        return moment(value);
      default:
        return value;
    }
  };
}

/**
 * What changes, before and after side by side. What goes is struck out with a minus, what comes is marked with a plus:
 * colour only repeats it. Of what is new there is no before, and nothing of what is gone comes after.
 */
export function Diff({ label, diff, created }: { label: string; diff: Difference[]; created?: boolean }) {
  const { t, name } = useLanguage();
  if (diff.length === 0) return <p className="faint">{t("changes.noDifference")}</p>;
  return (
    <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className={created ? "table diff created" : "table diff"}>
        <thead>
          <tr>
            <th scope="col">{t("changes.field")}</th>
            {!created && <th scope="col">{t("changes.before")}</th>}
            <th scope="col">{t(created ? "changes.value" : "changes.after")}</th>
          </tr>
        </thead>
        <tbody>
          {diff.map((one) => (
            <tr key={one.field}>
              <th scope="row">{name("changes.fieldName", one.field)}</th>
              {!created && (
                <td data-name={t("changes.before")}>
                  <Side difference={one} text={one.before} other={one.after} gone />
                </td>
              )}
              <td data-name={t(created ? "changes.value" : "changes.after")}>
                <Side difference={one} text={one.after} other={created ? one.after : one.before} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Side({ difference: { field }, text, other, gone }: { difference: Difference; text: string; other: string; gone?: boolean }) {
  const { t } = useLanguage();
  const value = useValue();
  if (!text) return <span className="faint">{t("changes.nothing")}</span>;
  const others = lists.has(field) ? new Set(items(other)) : new Set([other]);
  const own = lists.has(field) ? items(text) : [text];
  return (
    <ul className="values">
      {own.map((one) => (
        <li key={one}>{others.has(one) ? value(field, one) : gone ? <Gone>{value(field, one)}</Gone> : <New>{value(field, one)}</New>}</li>
      ))}
    </ul>
  );
}

function Gone({ children }: { children: ReactNode }) {
  return (
    <del>
      <Icon name="minus" size={14} />
      <span>{children}</span>
    </del>
  );
}

function New({ children }: { children: ReactNode }) {
  return (
    <ins>
      <Icon name="plus" size={14} />
      <span>{children}</span>
    </ins>
  );
}
