import type { Schemas } from "../../api/client";
import { useLanguage } from "../../texts";
import { Icon } from "../../ui/icons";
import { Diff } from "./diff";

/** What a write would do, as the API foresees it (3.11): what differs, who has to agree, when, which mails, what to mind. */
export function Outlook({ outlook, created, diff = true }: { outlook: Schemas["Outlook"]; created?: boolean; diff?: boolean }) {
  const { t, name, moment } = useLanguage();
  const when =
    outlook.control === "second_admin" ? t("changes.needsApproval")
    : outlook.control === "step_up" ? t("changes.needsStepUp")
    : outlook.effectiveAt && Date.parse(outlook.effectiveAt) > Date.now() + 60_000 ? t("changes.effectiveFrom", { at: moment(outlook.effectiveAt) })
    : t("changes.effectiveAtOnce");
  return (
    <div className="stack">
      {diff && <Diff label={t("changes.whatChanges")} diff={outlook.diff} created={created} />}
      <Warnings warnings={outlook.warnings} />
      <ul className="facts-list">
        <li>{when}</li>
        {outlook.mails.length > 0 && <li>{t("changes.mails", { mails: outlook.mails.map((kind) => name("changes.mail", kind)).join(", ") })}</li>}
      </ul>
    </div>
  );
}

/** What to mind: told, not refused (2.6). */
export function Warnings({ warnings }: { warnings: Schemas["Warning"][] | undefined }) {
  if (!warnings?.length) return null;
  return (
    <div className="notice warn">
      <Icon name="warning" />
      <ul>
        {warnings.map((warning) => (
          <li key={warning.code}>{warning.detail}</li>
        ))}
      </ul>
    </div>
  );
}
