import { useState } from "react";
import { may, type Me } from "../../api/queries";
import { Link } from "../../router";
import { languages, nameOf, useLanguage } from "../../texts";
import { Checkbox, SearchField, Select, TextField } from "../../ui/controls";
import { Icon } from "../../ui/icons";
import { BusinessFields } from "../../ui/kyc";
import { kinds, type Catalogue } from "./catalogue";
import { hasEveryAccount, type Draft } from "./draft";
import { Many, One, Tick } from "./inputs";

interface Props {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  me: Me;
}

/** Who it is (1.1): what the organisation's preset has, and no more. */
export function Basics({ draft, set, me, isNew }: Props & { isNew?: boolean }) {
  const { t, name } = useLanguage();
  const settings = me.organisation.settings;
  const person = draft.kind !== "api";
  const made = kinds(me);
  const typed = settings.onboarding.includes("kycNotVerified") && draft.kind === "regular";
  return (
    <>
      {isNew && made.length > 1 && (
        <One
          name="kind"
          label={t("user.kind")}
          value={draft.kind}
          onChange={(kind) => set({ kind })}
          options={made.map((id) => ({ id, name: name("kind", id), text: name("kindText", id) }))}
        />
      )}
      {isNew && made.length === 1 && <p className="hint">{t("newUser.byStaff")} {may(me, "requests:file") && <Link href="/service-requests">{t("newUser.request")}</Link>}</p>}
      <div className="pair">
        {person ? (
          <>
            <TextField name="name.first" label={t("user.firstName")} value={draft.first} onChange={(first) => set({ first })} isRequired autoComplete="off" />
            <TextField name="name.last" label={t("user.lastName")} value={draft.last} onChange={(last) => set({ last })} autoComplete="off" />
          </>
        ) : (
          <TextField name="name.first" label={t("user.name")} value={draft.last ? `${draft.first} ${draft.last}` : draft.first} onChange={(first) => set({ first, last: "" })} isRequired autoComplete="off" />
        )}
        <TextField
          name="email" type="email" label={t("user.email")} value={draft.email} onChange={(email) => set({ email })} isRequired autoComplete="off"
          hint={isNew && person ? t("newUser.emailHint") : undefined}
        />
        {settings.signInName === "username" && person && (
          <TextField name="username" label={t("user.username")} value={draft.username} onChange={(username) => set({ username })} isRequired autoComplete="off" hint={t("newUser.usernameHint")} spellCheck="false" />
        )}
        {person && (
          <TextField
            name="phone" type="tel" label={t("user.phone")} value={draft.phone} onChange={(phone) => set({ phone })} isRequired={settings.phone === "required"} autoComplete="off"
            hint={t(settings.phone === "required" ? "newUser.phoneHint" : "newUser.phoneOptional")}
          />
        )}
        <Select
          name="language" label={t("user.language")} hint={t("newUser.languageHint")} options={languages.map((id) => ({ id, name: nameOf(id) }))}
          value={draft.language} onChange={(language) => set({ language: language ?? "en" })}
        />
        {typed && <Select name="type" label={t("user.type")} options={["enterprise", "merchant"].map((id) => ({ id, name: name("type", id) }))} value={draft.type} onChange={(type) => set({ type })} />}
      </div>
      {isNew && typed && <BusinessFields told={draft.business} set={(business) => set({ business })} />}
      {person && (settings.contacts || settings.secondFactor === "optional") && (
        <div className="switches">
          {settings.contacts && (
            <Checkbox isSelected={draft.contact} onChange={(contact) => set({ contact })}>
              {t("newUser.contact")}
            </Checkbox>
          )}
          {settings.secondFactor === "optional" && (
            <Checkbox isSelected={draft.secondFactorRequired} onChange={(secondFactorRequired) => set({ secondFactorRequired })}>
              {t("newUser.secondFactorRequired")}
            </Checkbox>
          )}
        </div>
      )}
    </>
  );
}

/** From how many accounts on they are searched. */
const many = 12;

/** Which companies and accounts (2.1). A company goes with its accounts; with the grant limit, only what one has is offered (2.4). */
export function Accounts({ draft, set, me, catalogue }: Props & { catalogue: Catalogue }) {
  const { t } = useLanguage();
  const [typed, setTyped] = useState("");
  if (hasEveryAccount(draft)) {
    return (
      <p className="notice">
        <Icon name="info" />
        {t("newUser.everyAccount")}
      </p>
    );
  }
  const limited = me.organisation.settings.grantLimit === "own" && !me.user.allAccounts && me.user.kind !== "operator";
  const given = (id: string, own: string[], has: string[]) => !limited || own.includes(id) || has.includes(id);
  const words = typed.trim().toLocaleLowerCase();
  const companies = catalogue.companies.map((company) => ({
    company,
    accounts: catalogue.accounts.filter((one) => one.company === company.id && given(one.id, me.user.accounts, draft.accounts)),
  }));
  const chosen = new Set([...draft.companies, ...draft.accounts]);
  const change = (value: string[]) => {
    const now = new Set(value);
    for (const { company, accounts } of companies) {
      const ids = accounts.map((one) => one.id);
      // A company takes its accounts with it, both ways; an account brings its company.
      if (now.has(company.id) && !chosen.has(company.id) && !ids.some((id) => now.has(id))) ids.forEach((id) => now.add(id));
      else if (!now.has(company.id) && chosen.has(company.id)) ids.forEach((id) => now.delete(id));
      else if (ids.some((id) => now.has(id))) now.add(company.id);
    }
    const has = (list: { id: string }[]) => list.map((one) => one.id).filter((id) => now.has(id));
    set({ companies: has(catalogue.companies), accounts: has(catalogue.accounts) });
  };
  if (catalogue.companies.length === 0) return <p>{t("newUser.noAccounts")}</p>;
  return (
    <>
      {catalogue.accounts.length > many && <SearchField label={t("newUser.searchAccounts")} value={typed} onChange={setTyped} />}
      <Many name="accounts" label={t("newUser.accounts")} hint={t(limited ? "newUser.accountsLimited" : "newUser.accountsHint")} value={[...chosen]} onChange={change}>
        <div className="user-companies">
          {companies
            .map(({ company, accounts }) => ({ company, accounts: words && !company.name.toLocaleLowerCase().includes(words) ? accounts.filter((one) => one.name.toLocaleLowerCase().includes(words)) : accounts }))
            .filter(({ company, accounts }) => accounts.length > 0 || (!words && given(company.id, me.user.companies, draft.companies)))
            .map(({ company, accounts }) => (
              <div key={company.id} role="group" aria-label={company.name} className="company">
                <Tick id={company.id} name={company.name} />
                <div className="choices">
                  {accounts.map((account) => (
                    <Tick key={account.id} id={account.id} name={account.name} />
                  ))}
                </div>
              </div>
            ))}
        </div>
      </Many>
    </>
  );
}

/** What cannot be given where only the platform's staff makes admins: to administer (1.4). */
const administrative = ["users:create", "users:update", "users:deactivate", "users:remove", "changes:approve", "roles:manage"];

/** What the user may do (2.1), and from where. */
export function Rights({ draft, set, me, catalogue }: Props & { catalogue: Catalogue }) {
  const { t, name } = useLanguage();
  const settings = me.organisation.settings;
  const operator = me.user.kind === "operator";
  const limited = settings.grantLimit === "own" && !operator;
  const roles = catalogue.roles
    .filter((role) => !role.pending && (!limited || me.user.roles.includes(role.id) || draft.roles.includes(role.id)))
    .map(({ id, name, description, permissions }) => ({ id, name, text: description, gives: Object.keys(permissions).length > 0 }));
  const idle = roles.filter((role) => !role.gives);
  const permissions = catalogue.permissions
    .filter(({ id }) => draft.permissions.includes(id) || ((!limited || me.permissions[id] === "all") && (operator || settings.adminsManageAdmins || !administrative.includes(id))))
    .map(({ id, description }) => ({ id, name: description, text: id }));
  const [more, setMore] = useState(draft.permissions.length > 0);
  const initiates = draft.permissions.includes("payments:initiate");
  const links = catalogue.permissions.some(({ id }) => id === "payment-links:create");
  const extra = settings.roleCount !== "none";
  return (
    <>
      {settings.roleCount === "exactlyOne" && (
        <One name="roles" label={t("user.roles")} value={draft.roles[0]} onChange={(role) => set({ roles: [role] })} options={roles} />
      )}
      {settings.roleCount === "many" && (
        <Many name="roles" label={t("newUser.roles")} hint={limited ? t("newUser.rolesLimited") : undefined} value={draft.roles} onChange={(roles) => set({ roles })}>
          <div className="choices">{roles.filter((role) => role.gives).map((role) => <Tick key={role.id} {...role} />)}</div>
          {idle.length > 0 && (
            <>
              <p className="hint">{t("roles.withoutText")}</p>
              <div className="choices">{idle.map((role) => <Tick key={role.id} {...role} />)}</div>
            </>
          )}
        </Many>
      )}
      {extra && !more ? (
        <div>
          <button type="button" className="button quiet disclose" aria-expanded="false" onClick={() => setMore(true)}>
            <Icon name="plus" size={16} />
            {t("newUser.extra")}
          </button>
        </div>
      ) : (
        <Many name="permissions" label={t(extra ? "newUser.extraPermissions" : "newUser.permissions")} value={draft.permissions} onChange={(permissions) => set({ permissions })}>
          <div className="choices">{permissions.map((permission) => <Tick key={permission.id} {...permission} />)}</div>
        </Many>
      )}
      {initiates && (
        <One
          name="paymentRule" label={t("user.paymentRule")} hint={t("newUser.paymentRuleHint")} value={draft.paymentRule} onChange={(paymentRule) => set({ paymentRule })}
          options={["needsApproval", "submit"].map((id) => ({ id, name: name("paymentRule", id) }))}
        />
      )}
      {(links || (settings.apiAccess && draft.kind !== "api")) && (
        <div className="switches">
          {settings.apiAccess && draft.kind !== "api" && (
            <Checkbox isSelected={draft.apiAccess} onChange={(apiAccess) => set({ apiAccess })}>
              {t("newUser.apiAccess")}
            </Checkbox>
          )}
          {links && (
            <Checkbox isSelected={draft.paymentLinks} onChange={(paymentLinks) => set({ paymentLinks })}>
              {t("newUser.paymentLinks")}
            </Checkbox>
          )}
        </div>
      )}
      <TextField rows={3} name="ipAllowList" label={t("user.ipAllowList")} hint={t("newUser.ipHint")} value={draft.ipAllowList} onChange={(ipAllowList) => set({ ipAllowList })} />
    </>
  );
}
