import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { may, polling, useMe } from "../../api/queries";
import { Link, useParams } from "../../router";
import { useLanguage } from "../../texts";
import { Countdown, Loaded, PageFrame, Time } from "../../ui/frame";
import { Icon, type IconName } from "../../ui/icons";
import { Decision } from "./decision";
import { Diff } from "./diff";
import { Ago, decides, fullName, isOpen, StateBadge, useApprovers, waits, type Change } from "./parts";
import "./changes.css";

/** One change: what it does, where it stands, and what the person has to do with it (3.1–3.12). */
export default function ChangePage() {
  const { t, name } = useLanguage();
  const me = useMe();
  const { id = "" } = useParams();
  const query = useQuery({
    queryKey: ["changes", id],
    queryFn: () => answer(api.GET("/v1/changes/{changeId}", { params: { path: { changeId: id } } })),
    refetchInterval: polling(isOpen),
  });
  const trail = may(me, "users:view") ? [{ href: "/changes", name: t("changes.title") }] : [];
  const change = query.data;
  return (
    <PageFrame title={change ? t("changes.heading", { act: name("changes.act", change.act), target: change.target.name }) : t("changes.one")} trail={trail}>
      <Loaded query={query}>
        {(change) => (
          <>
            <Standing change={change} onDue={() => void query.refetch()} />
            <div className="change">
              <section className="stack">
                <h2>{t("changes.whatChanges")}</h2>
                <Diff label={t("changes.whatChanges")} diff={change.diff} created={change.diff.every((one) => !one.before)} />
              </section>
              <Facts change={change} />
              <section className="stack" aria-labelledby="timeline">
                <h2 id="timeline">{t("changes.timeline")}</h2>
                <Timeline change={change} />
              </section>
            </div>
          </>
        )}
      </Loaded>
    </PageFrame>
  );
}

const looks: Record<Change["state"], { tone: string; icon: IconName }> = {
  awaitingStepUp: { tone: "warn", icon: "pending" },
  awaitingApproval: { tone: "warn", icon: "pending" },
  propagating: { tone: "accent", icon: "pending" },
  effective: { tone: "good", icon: "done" },
  rejected: { tone: "bad", icon: "close" },
  failed: { tone: "bad", icon: "warning" },
  cancelled: { tone: "plain", icon: "info" },
  expired: { tone: "plain", icon: "info" },
};

/** Where the change stands, why, and what comes next; said again whenever it moves on. */
function Standing({ change, onDue }: { change: Change; onDue: () => void }) {
  const { t, name } = useLanguage();
  const me = useMe();
  const { tone, icon } = looks[change.state];
  const mine = change.requester.id === me.user.id;
  const ended = change.timeline.at(-1);
  const approvers = useApprovers(change);
  return (
    <div className={`notice standing ${tone}`}>
      <Icon name={icon} />
      <div>
        <div className="stack" role="status">
          <strong>{t(`changes.standing.${change.state}`)}</strong>
          {change.state === "awaitingApproval" && (
            <p>
              {decides(me, change)
                ? t("changes.decideText", { name: change.requester.name })
                : change.target.id === me.user.id
                  ? t("changes.aboutYou")
                  : approvers?.length
                    ? t("changes.waitedFor", { names: approvers.map(fullName).join(", ") })
                    : approvers && !mine
                      ? t("changes.forApproval")
                      : t("changes.waitedForAnother")}
            </p>
          )}
          {change.state === "awaitingStepUp" && <p>{mine ? t("changes.confirmText") : t("changes.forStepUp", { name: change.requester.name })}</p>}
          {change.state === "effective" && change.effectiveAt && <p>{t("changes.since", { at: new Date(change.effectiveAt) })}</p>}
          {change.reason && <p>{t("changes.reasonGiven", { reason: change.reason, name: ended?.by?.name ?? "" })}</p>}
          {change.cause && <p>{name("changes.cause", change.cause)}</p>}
          {change.state === "expired" && <p>{t("changes.expiredText")}</p>}
        </div>
        {change.state === "propagating" && change.effectiveAt && (
          <p>
            {t("changes.takesEffect")} <Countdown to={change.effectiveAt} onEnd={onDue} /> (<Time at={change.effectiveAt} />). {t("changes.untilThen")}
          </p>
        )}
        {waits(change) && (
          <p className="faint">
            {t("changes.expires")} <Countdown to={change.expiresAt} onEnd={onDue} /> (<Time at={change.expiresAt} />)
          </p>
        )}
        <Decision change={change} />
      </div>
    </div>
  );
}

function Facts({ change }: { change: Change }) {
  const { t } = useLanguage();
  const me = useMe();
  const seesUsers = may(me, "users:view");
  const target = change.target.id.startsWith("usr_") && seesUsers ? <Link href={`/users/${change.target.id}`}>{change.target.name}</Link> : change.target.name;
  return (
    <aside className="sheet" aria-label={t("changes.facts")}>
      <dl className="aside-facts">
        <dt>{t("changes.stateName")}</dt>
        <dd>
          <StateBadge state={change.state} />
        </dd>
        <dt>{t("changes.target")}</dt>
        <dd>{target}</dd>
        <dt>{t("changes.requester")}</dt>
        <dd>{change.requester.name}</dd>
        <dt>{t("changes.createdAt")}</dt>
        <dd>
          <Time at={change.createdAt} />, <Ago at={change.createdAt} />
        </dd>
        {change.approver && (
          <>
            <dt>{t("changes.approver")}</dt>
            <dd>{change.approver.name}</dd>
          </>
        )}
        {change.effectiveAt && (
          <>
            <dt>{t("changes.effectiveAt")}</dt>
            <dd>
              <Time at={change.effectiveAt} />
            </dd>
          </>
        )}
        {change.request && (
          <>
            <dt>{t("changes.request")}</dt>
            <dd>
              <Link href={`/service-requests/${change.request}`}>{t("changes.requestSee")}</Link>
            </dd>
          </>
        )}
        <dt>{t("changes.id")}</dt>
        <dd>
          <code>{change.id}</code>
        </dd>
        <dt>{t("changes.digest")}</dt>
        <dd>
          <code>{change.digest}</code>
        </dd>
      </dl>
    </aside>
  );
}

function Timeline({ change }: { change: Change }) {
  const { name } = useLanguage();
  return (
    <ol className="timeline">
      {change.timeline.map((event, i) => (
        <li key={i}>
          <span>
            <strong>{name("changes.event", event.what)}</strong>
            {event.by && <> – {event.by.name}</>}
          </span>
          <span className="faint">
            <Time at={event.at} />
          </span>
          {event.reason && event.reason !== change.cause && <q>{event.reason}</q>}
        </li>
      ))}
    </ol>
  );
}
