import { useState } from "react";
import type { Schemas, User } from "../../api/client";
import { useAccounts, usePermissions, useRoles } from "../../api/lists";
import { useMe } from "../../api/queries";
import { nameOf, useLanguage } from "../../texts";
import { Checkbox, SearchField, Select, TextField, type Option } from "../../ui/controls";

type Kind = Schemas["NewUser"]["kind"];
type Rule = NonNullable<Schemas["NewUser"]["paymentRule"]>;

/** What is asked for of a user, as the form has it. */
export interface Draft {
  kind: Kind;
  first: string;
  last: string;
  email: string;
  username: string;
  phone: string;
  language: string;
  accounts: string[];
  roles: string[];
  permissions: string[];
  paymentRule: Rule | undefined;
}

export const blank: Draft = { kind: "admin", first: "", last: "", email: "", username: "", phone: "", language: "en", accounts: [], roles: [], permissions: [], paymentRule: undefined };

export const draftOf = (user: User): Draft => ({
  kind: user.kind === "operator" ? "regular" : user.kind,
  first: user.name.first,
  last: user.name.last ?? "",
  email: user.email,
  username: user.username ?? "",
  phone: user.phone ?? "",
  language: user.language,
  accounts: user.accounts,
  roles: user.roles,
  permissions: user.permissions,
  paymentRule: user.paymentRule,
});

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The companies that accounts are of go with them. */
type Companies = (accounts: string[]) => string[];

export const newUser = (draft: Draft, companies: Companies): Schemas["NewUser"] => ({
  kind: draft.kind,
  name: { first: draft.first, last: draft.last },
  email: draft.email,
  username: draft.username || undefined,
  phone: draft.phone || undefined,
  language: draft.language,
  ...(draft.kind === "admin" ? {} : { accounts: draft.accounts, companies: companies(draft.accounts) }),
  roles: draft.roles,
  permissions: draft.permissions,
  paymentRule: draft.paymentRule,
});

/** What differs between a user and what is asked for of it. */
export function patchOf(user: User, draft: Draft, companies: Companies): Schemas["UserPatch"] {
  const before = draftOf(user);
  const patch: Schemas["UserPatch"] = {};
  if (before.first !== draft.first || before.last !== draft.last) patch.name = { first: draft.first, last: draft.last };
  for (const field of ["email", "username", "phone"] as const) if (before[field] !== draft[field]) patch[field] = draft[field];
  if (before.language !== draft.language) patch.language = draft.language;
  for (const field of ["accounts", "roles", "permissions"] as const) if (!same([...before[field]].sort(), [...draft[field]].sort())) patch[field] = draft[field];
  if (patch.accounts) patch.companies = [...new Set([...user.companies, ...companies(patch.accounts)])];
  if (before.paymentRule !== draft.paymentRule) patch.paymentRule = draft.paymentRule;
  return patch;
}

/** The fields of a user that is asked for, or asked to be changed: those that the organisation's users have. */
export function PersonFields({ under, draft, change, isNew }: { under: "user" | "patch"; draft: Draft; change: (part: Partial<Draft>) => void; isNew: boolean }) {
  const { t, name } = useLanguage();
  const { organisation: { settings } } = useMe();
  const accounts = useAccounts();
  const roles = useRoles();
  const permissions = usePermissions();
  const kinds = (["admin", "api", "regular"] as const).map((id) => ({ id, name: name("kind", id) }));
  const machine = draft.kind === "api";
  return (
    <>
      {isNew && <Select label={t("user.kind")} name="user.kind" options={kinds} value={draft.kind} onChange={(kind) => change({ kind: kinds.find((one) => one.id === kind)?.id ?? "admin" })} />}
      <div className="pair">
        <TextField name={`${under}.name.first`} label={t("user.firstName")} value={draft.first} onChange={(first) => change({ first })} isRequired autoComplete="off" />
        <TextField name={`${under}.name.last`} label={t("user.lastName")} value={draft.last} onChange={(last) => change({ last })} autoComplete="off" />
        <TextField name={`${under}.email`} type="email" label={t("user.email")} value={draft.email} onChange={(email) => change({ email })} isRequired autoComplete="off" />
        {settings.signInName === "username" && !machine && (
          <TextField name={`${under}.username`} label={t("user.username")} value={draft.username} onChange={(username) => change({ username })} autoComplete="off" />
        )}
        <TextField
          name={`${under}.phone`}
          type="tel"
          label={t("contacts.phone")}
          value={draft.phone}
          onChange={(phone) => change({ phone })}
          isRequired={settings.phone === "required" && !machine}
          autoComplete="off"
          hint={t("contacts.phoneHint")}
        />
        {settings.languages.length > 1 && (
          <Select
            name={`${under}.language`}
            label={t("shell.language")}
            options={settings.languages.map((id) => ({ id, name: nameOf(id) }))}
            value={draft.language}
            onChange={(language) => language && change({ language })}
          />
        )}
      </div>
      {draft.kind !== "admin" && <Picks label={t("accounts.title")} options={accounts.data ?? []} chosen={draft.accounts} onChange={(accounts) => change({ accounts })} />}
      {settings.roleCount !== "none" && (
        <Picks label={t("user.roles")} options={(roles.data ?? []).filter((role) => !role.pending)} chosen={draft.roles} onChange={(roles) => change({ roles })} hint={settings.roleCount === "exactlyOne" ? t("requests.oneRole") : undefined} />
      )}
      {settings.roleCount === "none" && (
        <Picks
          label={t("requests.permissions")}
          options={(permissions.data ?? []).map((one) => ({ id: one.id, name: one.description }))}
          chosen={draft.permissions}
          onChange={(permissions) => change({ permissions })}
        />
      )}
      {draft.permissions.includes("payments:initiate") && (
        <Select
          name={`${under}.paymentRule`}
          label={t("changes.fieldName.paymentRule")}
          options={(["needsApproval", "submit"] as const).map((id) => ({ id, name: name("changes.paymentRule", id) }))}
          value={draft.paymentRule}
          onChange={(rule) => change({ paymentRule: rule === "submit" || rule === "needsApproval" ? rule : undefined })}
          isRequired
        />
      )}
    </>
  );
}

/** From how many choices on one searches them. */
const many = 15;

/** Some of a list, by boxes. */
function Picks({ label, hint, options, chosen, onChange }: { label: string; hint?: string; options: Option[]; chosen: string[]; onChange: (chosen: string[]) => void }) {
  const { t, locale } = useLanguage();
  const [q, setQ] = useState("");
  if (options.length === 0) return null;
  const typed = q.trim().toLocaleLowerCase(locale);
  return (
    <fieldset className="fieldset">
      <legend>{label}</legend>
      {hint && <p className="hint">{hint}</p>}
      {options.length > many && <SearchField label={t("requests.search", { what: label })} value={q} onChange={setQ} />}
      <div className="picks">
        {options
          .filter((option) => chosen.includes(option.id) || option.name.toLocaleLowerCase(locale).includes(typed))
          .map((option) => (
            <Checkbox key={option.id} isSelected={chosen.includes(option.id)} onChange={(on) => onChange(on ? [...chosen, option.id] : chosen.filter((one) => one !== option.id))}>
              {option.name}
            </Checkbox>
          ))}
      </div>
    </fieldset>
  );
}
