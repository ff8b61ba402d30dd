import type { ReactNode } from "react";
import { useMe } from "../../api/queries";
import { useLanguage } from "../../texts";
import { PageFrame } from "../../ui/frame";
import { PageTabs } from "../../ui/panel";
import { hasChecks } from "./checks";
import "./profile.css";

/** The frame of the pages about oneself. */
export function Profile({ children }: { children: ReactNode }) {
  const { t } = useLanguage();
  const me = useMe();
  const { user } = me;
  return (
    <PageFrame title={`${user.name.first} ${user.name.last ?? ""}`.trim()}>
      <PageTabs
        label={t("profile.title")}
        tabs={[
          { href: "/profile", name: t("profile.details") },
          { href: "/profile/security", name: t("profile.security") },
          { href: "/profile/sessions", name: t("profile.sessions") },
          ...(hasChecks(me) ? [{ href: "/profile/identity", name: t("profile.identity") }] : []),
        ]}
      />
      {children}
    </PageFrame>
  );
}
