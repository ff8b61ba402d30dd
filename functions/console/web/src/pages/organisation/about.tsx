import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { answered, api } from "../../api/client";
import { may, useMe } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { Loaded, PageFrame, Time } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { Facts } from "../../ui/panel";
import { EditSettings } from "./edit";
import { SettingsView, usePresets } from "./view";

/** An organisation with its settings: read by who may see it, changed by operators (9.1). */
export function About({ id, trail, actions }: { id: string; trail?: { href: string; name: string }[]; actions?: ReactNode }) {
  const { t } = useLanguage();
  const me = useMe();
  const [editing, setEditing] = useState(false);
  const manages = may(me, "platform:manage");
  const presets = usePresets();
  const read = useQuery({
    queryKey: ["organisation", id],
    queryFn: () => answered(api.GET("/v1/organisations/{organisationId}", { params: { path: { organisationId: id } } })),
  });
  return (
    <PageFrame
      title={(trail && read.data?.body.name) ?? t("organisation.title")}
      trail={trail}
      actions={
        <>
          {actions}
          {manages && !editing && read.data && <Button onPress={() => setEditing(true)}>{t("settings.edit")}</Button>}
        </>
      }
    >
      <Loaded query={read}>
        {({ body: organisation, etag }) => {
          const preset = presets.data?.items.find((one) => one.name === organisation.preset);
          // The operators' own organisation has no admins.
          const few = preset !== undefined && organisation.activeAdmins < organisation.leastAdmins;
          if (editing) return <EditSettings organisation={organisation} etag={etag} onDone={() => setEditing(false)} />;
          return (
            <>
              {few && (
                <div className="notice warn organisation-few">
                  <Icon name="warning" />
                  <div>
                    <strong>{t("organisation.few", { count: organisation.activeAdmins, least: organisation.leastAdmins })}</strong>
                  </div>
                </div>
              )}
              <div className="organisation-facts">
                <Facts
                  facts={[
                    { name: t("organisations.preset"), value: preset?.title ?? organisation.preset },
                    { name: t("organisations.admins"), value: t("organisations.adminsOf", { count: organisation.activeAdmins, least: organisation.leastAdmins }) },
                    { name: t("organisations.since"), value: <Time at={organisation.createdAt} style="date" /> },
                    { name: t("user.id"), value: <code>{organisation.id}</code> },
                  ]}
                />
              </div>
              {!manages && <p className="faint organisation-note">{t("organisation.byOperators")}</p>}
              <SettingsView settings={organisation.settings} preset={preset?.settings} />
            </>
          );
        }}
      </Loaded>
    </PageFrame>
  );
}
