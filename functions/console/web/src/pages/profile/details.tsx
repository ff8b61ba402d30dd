import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { queries, useMe, useWrite } from "../../api/queries";
import { Link } from "../../router";
import { languages, nameOf, useLanguage } from "../../texts";
import { Select } from "../../ui/controls";
import { Badge, Loaded, Time, useTell } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { Facts, Panel } from "../../ui/panel";
import { Problem } from "../../ui/problem";
import { Profile } from "./frame";

/** Who one is, in which language one is written to, and what one may do where. */
export default function Details() {
  return (
    <Profile>
      <Pending />
      <Person />
      <Preferences />
      <Access />
    </Profile>
  );
}

/** The change that is open for oneself. */
function Pending() {
  const { t } = useLanguage();
  const { user } = useMe();
  if (!user.openChange) return null;
  return (
    <div className="notice profile-pending">
      <Icon name="pending" />
      <div>
        <strong>{t("profile.pending")}</strong>
        <p>{user.effectiveAt ? t("profile.pendingEffective", { at: new Date(user.effectiveAt) }) : t("profile.pendingWaits")}</p>
        <p>
          <Link href={`/changes/${user.openChange}`}>{t("profile.pendingSee")}</Link>
        </p>
      </div>
    </div>
  );
}

function Person() {
  const { t, name } = useLanguage();
  const { user, organisation } = useMe();
  return (
    <Panel title={t("profile.person")}>
      <Facts
        facts={[
          { name: t("user.email"), value: user.email },
          { name: t("user.username"), value: user.username },
          { name: t("profile.phone"), value: user.phone },
          { name: t("user.kind"), value: user.owner ? `${name("kind", user.kind)}, ${t("user.owner")}` : name("kind", user.kind) },
          { name: t("user.status"), value: <Badge tone={user.status === "active" ? "good" : "warn"}>{name("status", user.status)}</Badge> },
          { name: t("shell.organisation"), value: organisation.name },
          { name: t("user.createdAt"), value: <Time at={user.createdAt} style="date" /> },
          { name: t("user.lastSignInAt"), value: user.lastSignInAt && <Time at={user.lastSignInAt} /> },
          user.ipAllowList.length > 0 && { name: t("profile.allowList"), value: user.ipAllowList.join(", ") },
        ]}
      />
      <p className="hint">{t("profile.administered")}</p>
    </Panel>
  );
}

/** The zone that times are shown in, by its name and its place. */
function zone(locale: string): string {
  const { timeZone } = new Intl.DateTimeFormat(locale).resolvedOptions();
  const name = new Intl.DateTimeFormat(locale, { timeZoneName: "long" }).formatToParts(new Date()).find((part) => part.type === "timeZoneName")?.value;
  return name ? `${timeZone} (${name})` : timeZone;
}

function Preferences() {
  const { t, locale, choose } = useLanguage();
  const tell = useTell();
  const { user } = useMe();
  const change = useWrite((language: string) => answer(api.PATCH("/v1/me", { body: { language } })), {
    onSuccess(_, language) {
      choose(language);
      void queries.invalidateQueries({ queryKey: ["me"] });
      tell(t("profile.languageSaved"));
    },
  });
  return (
    <Panel title={t("profile.preferences")}>
      <Problem error={change.error} />
      <div className="profile-preferences">
        <Select
          label={t("shell.language")}
          hint={t("profile.languageHint")}
          options={languages.map((tag) => ({ id: tag, name: nameOf(tag) }))}
          value={change.variables ?? user.language}
          onChange={(tag) => tag && change.mutate(tag)}
        />
        <Facts facts={[{ name: t("profile.zone"), value: zone(locale) }]} />
      </div>
    </Panel>
  );
}

function Access() {
  const { t, name } = useLanguage();
  const { user } = useMe();
  const access = useQuery({ queryKey: ["me-access"], queryFn: () => answer(api.GET("/v1/me/access")), staleTime: 60_000 });
  return (
    <Panel title={t("profile.access")}>
      <Loaded query={access}>
        {({ roles, permissions, accounts, allAccounts }) => (
          <>
            {roles.length > 0 && (
              <div className="profile-list">
                <h3>{t(roles.length > 1 ? "newUser.roles" : "user.roles")}</h3>
                <dl className="profile-roles">
                  {roles.map((role) => (
                    <div key={role.id}>
                      <dt>{role.name}</dt>
                      <dd>{role.description}</dd>
                    </div>
                  ))}
                </dl>
              </div>
            )}
            <div className="profile-list">
              <h3>{t("profile.accounts")}</h3>
              {allAccounts ? (
                <p>{t("profile.allAccounts")}</p>
              ) : accounts.length === 0 ? (
                <p className="faint">{t("profile.noAccounts")}</p>
              ) : (
                <ul>
                  {accounts.map((account) => (
                    <li key={account.id}>
                      {account.name} <span className="faint">{account.company}</span>
                    </li>
                  ))}
                </ul>
              )}
            </div>
            <div className="profile-list">
              <h3>{t("profile.permissions")}</h3>
              {permissions.length === 0 ? (
                <p className="faint">{t("profile.noPermissions")}</p>
              ) : (
                <ul className="profile-permissions">
                  {permissions.map((permission) => (
                    <li key={permission.id}>
                      {permission.description || permission.id}
                      {permission.scope === "own" && <Badge>{name("scope", "own")}</Badge>}
                    </li>
                  ))}
                </ul>
              )}
              {user.paymentRule === "needsApproval" && permissions.some((permission) => permission.id === "payments:initiate") && <p className="hint">{t("profile.needsApproval")}</p>}
            </div>
          </>
        )}
      </Loaded>
    </Panel>
  );
}
