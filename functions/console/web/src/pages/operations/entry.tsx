import type { Schemas } from "../../api/client";
import { Link } from "../../router";
import { useLanguage } from "../../texts";
import { Dialog } from "../../ui/dialog";
import { Badge, Time } from "../../ui/frame";
import { Facts } from "../../ui/panel";
import { Named, useField } from "./list";

/** A line of the log, whole: who, what, before and after, from where, under which change. */
export function EntryDialog({ entry, onClose }: { entry: Schemas["LogEntry"]; onClose: () => void }) {
  const { t, name } = useLanguage();
  const field = useField();
  return (
    <Dialog title={name("act", entry.act)} open onClose={onClose} wide>
      <Facts
        facts={[
          { name: t("profile.when"), value: <Time at={entry.at} /> },
          { name: t("operations.outcome"), value: <Badge tone={entry.outcome === "done" ? "good" : "bad"}>{name("logged", entry.outcome)}</Badge> },
          { name: t("operations.actor"), value: <Named person={entry.actor} /> },
          entry.user && { name: t("operations.user"), value: <Named person={entry.user} /> },
          entry.change !== undefined && { name: t("operations.change"), value: <Link href={`/changes/${entry.change}`}>{t("operations.seeChange")}</Link> },
          entry.policy !== undefined && { name: t("operations.policy"), value: <code>{entry.policy}</code> },
          entry.detail !== undefined && { name: t("operations.detail"), value: name("logDetail", entry.detail) },
          entry.place !== undefined && { name: t("operations.place"), value: entry.place },
          entry.address !== undefined && { name: t("operations.address"), value: <code>{entry.address}</code> },
          { name: t("profile.device"), value: name("device", entry.device) },
          entry.userAgent !== undefined && { name: t("operations.userAgent"), value: entry.userAgent },
          { name: t("user.id"), value: <code>{entry.id}</code> },
        ]}
      />
      {entry.diff.length > 0 && (
        <table className="log-diff">
          <caption className="only-heard">{t("operations.diff")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("operations.field")}</th>
              <th scope="col">{t("operations.before")}</th>
              <th scope="col">{t("operations.after")}</th>
            </tr>
          </thead>
          <tbody>
            {entry.diff.map((one) => (
              <tr key={one.field}>
                <th scope="row">{field(one.field)}</th>
                <td>{one.before ? <del>{one.before}</del> : <span className="faint">{t("operations.nothing")}</span>}</td>
                <td>{one.after ? <ins>{one.after}</ins> : <span className="faint">{t("operations.nothing")}</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  );
}
