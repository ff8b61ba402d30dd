import type { ReactNode } from "react";
import type { TabProps } from "../details";
import { Loaded, Time } from "../../../ui/frame";
import { Address } from "../../../ui/table";
import { nameOf, useLanguage } from "../../../texts";
import { fullName, useCatalogue, useSaid, type Catalogue } from "../catalogue";

/** What is known, name by name. What there is nothing of is left out. */
export function Facts({ title, facts }: { title?: string; facts: (readonly [string, ReactNode] | false | undefined)[] }) {
  const told = facts.filter((fact): fact is readonly [string, ReactNode] => Boolean(fact) && (fact as readonly [string, ReactNode])[1] !== undefined && (fact as readonly [string, ReactNode])[1] !== "");
  return (
    <section className="card">
      {title && <h2>{title}</h2>}
      <dl className="fact-lines">
        {told.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function InfoTab({ user, me }: TabProps) {
  const { t, name } = useLanguage();
  const settings = me.organisation.settings;
  return (
    <div className="cards">
      <Facts
        title={t("newUser.step.basics")}
        facts={[
          [t("user.name"), fullName(user.name)],
          [t("user.email"), <Address key="email" of={user.email} />],
          [t("user.username"), user.username],
          [t("user.phone"), user.phone],
          [t("user.language"), nameOf(user.language)],
          [t("user.kind"), name("kind", user.kind)],
          settings.onboarding.includes("kycNotVerified") && [t("user.type"), user.type && name("type", user.type)],
          settings.contacts && [t("user.contact"), t(user.contact ? "yes" : "no")],
          [t("user.status"), name("status", user.status)],
          [t("user.createdAt"), <Time key="at" at={user.createdAt} />],
        ]}
      />
      <Access user={user} me={me} />
    </div>
  );
}

function Access({ user, me }: Pick<TabProps, "user" | "me">) {
  const { t, name } = useLanguage();
  const catalogue = useCatalogue(me);
  const said = useSaid(catalogue.data);
  const settings = me.organisation.settings;
  const list = (field: string, ids: string[]) =>
    ids.length > 0 && (
      <ul>
        {ids.map((id) => (
          <li key={id}>{said(field, id)}</li>
        ))}
      </ul>
    );
  const none = <span className="faint">{t("details.none")}</span>;
  return (
    <Loaded query={catalogue}>
      {(catalogue) => (
        <Facts
          title={t("details.access")}
          facts={[
            [t("user.accounts"), user.allAccounts ? t("details.everyAccount") : <Held key="held" user={user} catalogue={catalogue} />],
            settings.roleCount !== "none" && [t("user.roles"), list("roles", user.roles.filter((id) => catalogue.roles.some((role) => role.id === id))) || none],
            [t(settings.roleCount === "none" ? "user.permissions" : "newUser.extraPermissions"), list("permissions", user.permissions) || none],
            [t("user.paymentRule"), user.paymentRule && name("paymentRule", user.paymentRule)],
            settings.apiAccess && [t("user.apiAccess"), t(user.apiAccess ? "yes" : "no")],
            catalogue.permissions.some(({ id }) => id === "payment-links:create") && [t("user.paymentLinks"), t(user.paymentLinks ? "yes" : "no")],
            [t("user.ipAllowList"), user.ipAllowList.length > 0 ? <code key="ip">{user.ipAllowList.join(", ")}</code> : <span className="faint">{t("details.anyAddress")}</span>],
          ]}
        />
      )}
    </Loaded>
  );
}

/** The user's accounts, under their companies. */
function Held({ user, catalogue }: Pick<TabProps, "user"> & { catalogue: Catalogue }) {
  const { t } = useLanguage();
  const accounts = catalogue.accounts.filter((one) => user.accounts.includes(one.id));
  const companies = catalogue.companies.filter((one) => user.companies.includes(one.id) || accounts.some((account) => account.company === one.id));
  if (companies.length === 0) return <span className="faint">{t("details.none")}</span>;
  return (
    <ul className="held">
      {companies.map((company) => (
        <li key={company.id}>
          {company.name}
          <ul>
            {accounts
              .filter((one) => one.company === company.id)
              .map((one) => (
                <li key={one.id}>{one.name}</li>
              ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

export function AdditionalTab({ user, me }: TabProps) {
  const { t, name } = useLanguage();
  const said = useSaid(useCatalogue(me).data);
  const clients = me.organisation.settings.onboarding.includes("kycNotVerified");
  return (
    <div className="cards">
      <Facts
        title={t("details.additional")}
        facts={[
          [t("user.id"), <code key="id">{user.id}</code>],
          [t("user.secondFactorShort"), t(user.secondFactor ? "yes" : "no")],
          [t("user.lastSignInAt"), user.lastSignInAt ? <Time key="at" at={user.lastSignInAt} /> : <span className="faint">{t("user.never")}</span>],
          user.kind !== "api" && [t("user.password"), name("password", user.password)],
          [t("user.ownerLong"), t(user.owner ? "yes" : "no")],
          [t("user.company"), user.companies.map((id) => said("companies", id)).join(", ")],
          clients && [t("user.companyUser"), t(user.companyUser ? "yes" : "no")],
          clients && [t("user.type"), user.type && name("type", user.type)],
          clients && [t("user.staff"), t(user.staff ? "yes" : "no")],
          [t("user.createdAt"), <Time key="created" at={user.createdAt} />],
          [t("user.updatedAt"), <Time key="updated" at={user.updatedAt} />],
          [t("user.version"), String(user.version)],
        ]}
      />
    </div>
  );
}
