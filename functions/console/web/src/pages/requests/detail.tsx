import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { may, polling, useMe, useWrite } from "../../api/queries";
import { useEnter } from "../../enter";
import { Link, useParams } from "../../router";
import { useLanguage } from "../../texts";
import { Button, TextField } from "../../ui/controls";
import { Dialog } from "../../ui/dialog";
import { Badge, Countdown, Loaded, PageFrame, Time, useTell } from "../../ui/frame";
import { Icon, type IconName } from "../../ui/icons";
import { Form, Problem } from "../../ui/problem";
import { Diff } from "../changes/diff";
import { StateBadge } from "../changes/parts";
import { tones, type ServiceRequest } from "./parts";
import "./requests.css";

const icons: Record<ServiceRequest["state"], IconName> = { open: "pending", accepted: "done", declined: "close", expired: "info" };

/** One service request: what is asked for, what was decided, and the change that it became (1.5). */
export default function ServiceRequestPage() {
  const { t, name } = useLanguage();
  const { id = "" } = useParams();
  const query = useQuery({
    queryKey: ["service-requests", id],
    queryFn: () => answer(api.GET("/v1/service-requests/{requestId}", { params: { path: { requestId: id } } })),
    refetchInterval: polling(({ request }) => request.state === "open", 10_000),
  });
  const request = query.data?.request;
  const target = request && (request.target?.name ?? request.diff.find((one) => one.field === "name")?.after ?? "");
  return (
    <PageFrame
      title={request ? t("changes.heading", { act: name("changes.act", request.act), target: target ?? "" }) : t("requests.one")}
      trail={[{ href: "/service-requests", name: t("requests.title") }]}
    >
      <Loaded query={query}>
        {({ request }) => (
          <>
            <Standing request={request} />
            <div className="change">
              <section className="stack">
                <h2>{t("requests.what")}</h2>
                <Diff label={t("requests.what")} diff={request.diff} created={request.diff.every((one) => !one.before)} />
                {request.note && (
                  <>
                    <h2>{t("requests.note")}</h2>
                    <blockquote className="quote">{request.note}</blockquote>
                  </>
                )}
              </section>
              <Facts request={request} />
            </div>
          </>
        )}
      </Loaded>
    </PageFrame>
  );
}

function Standing({ request }: { request: ServiceRequest }) {
  const { t } = useLanguage();
  const me = useMe();
  const deciding = request.state === "open" && may(me, "requests:decide") && me.user.kind === "operator";
  const [verdict, setVerdict] = useState<"accepted" | "declined">();
  const tone = tones[request.state];
  return (
    <div className={`notice standing ${tone === "neutral" ? "plain" : tone}`}>
      <Icon name={icons[request.state]} />
      <div>
        <div className="stack" role="status">
          <strong>{t(`requests.standing.${request.state}`)}</strong>
          {request.state === "open" && <p>{t(deciding ? "requests.decideText" : "requests.openText")}</p>}
          {request.decider && request.reason && <p>{t("changes.reasonGiven", { reason: request.reason, name: request.decider.name })}</p>}
          {request.state === "expired" && <p>{t("requests.expiredText")}</p>}
        </div>
        {request.state === "open" && (
          <p className="faint">
            {t("changes.expires")} <Countdown to={request.expiresAt} /> (<Time at={request.expiresAt} />)
          </p>
        )}
        {request.change && (request.organisation === me.organisation.id ? <Became id={request.change} /> : <Elsewhere id={request.change} organisation={request.organisation} />)}
        {deciding && (
          <div className="row">
            <Button look="primary" onPress={() => setVerdict("accepted")}>
              {t("requests.accept")}
            </Button>
            <Button onPress={() => setVerdict("declined")}>{t("requests.decline")}</Button>
          </div>
        )}
        {verdict && <Verdict request={request} outcome={verdict} onClose={() => setVerdict(undefined)} />}
      </div>
    </div>
  );
}

/** The change that an accepted request became, where it stands now. */
function Became({ id }: { id: string }) {
  const { t } = useLanguage();
  const change = useQuery({
    queryKey: ["changes", id],
    queryFn: () => answer(api.GET("/v1/changes/{changeId}", { params: { path: { changeId: id } } })),
  });
  return (
    <p className="row">
      <Link href={`/changes/${id}`}>{t("requests.seeChange")}</Link>
      {change.data && <StateBadge state={change.data.state} />}
    </p>
  );
}

/** The staff reads the change in the organisation that it is of. */
function Elsewhere({ id, organisation }: { id: string; organisation: string }) {
  const { t } = useLanguage();
  const enter = useEnter();
  return (
    <div className="stack">
      <p>{t("requests.becameElsewhere")}</p>
      <div className="row">
        <Button onPress={() => enter.mutate({ organisation, to: `/changes/${id}` })} isPending={enter.isPending}>
          {t("requests.enterChange")}
        </Button>
      </div>
      <Problem error={enter.error} />
    </div>
  );
}

/** The decision: accepting may have a reason, declining takes one. */
function Verdict({ request, outcome, onClose }: { request: ServiceRequest; outcome: "accepted" | "declined"; onClose: () => void }) {
  const { t } = useLanguage();
  const tell = useTell();
  const [reason, setReason] = useState("");
  const accepting = outcome === "accepted";
  const decide = useWrite(
    (_: undefined, key) =>
      answer(
        api.POST("/v1/service-requests/{requestId}/decision", {
          body: { outcome, reason: reason || undefined },
          params: { path: { requestId: request.id }, header: { "Idempotency-Key": key } },
        }),
      ),
    {
      onSuccess() {
        tell(t(accepting ? "requests.accepted" : "requests.declined"));
        onClose();
      },
    },
  );
  return (
    <Dialog title={t(accepting ? "requests.acceptTitle" : "requests.declineTitle")} open onClose={onClose}>
      <p>{t(accepting ? "requests.acceptText" : "requests.declineText")}</p>
      <Form error={decide.error} names={["reason"]} onSubmit={() => decide.mutate(undefined)}>
        <TextField rows={4} name="reason" label={t(accepting ? "changes.reasonOptional" : "changes.reason")} value={reason} onChange={setReason} isRequired={!accepting} maxLength={1000} autoFocus />
        <div className="row end">
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look={accepting ? "primary" : "danger"} type="submit" isPending={decide.isPending} isDisabled={!accepting && !reason.trim()}>
            {t(accepting ? "requests.accept" : "requests.decline")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function Facts({ request }: { request: ServiceRequest }) {
  const { t, name } = useLanguage();
  const elsewhere = request.organisation !== useMe().organisation.id;
  return (
    <aside className="sheet" aria-label={t("changes.facts")}>
      <dl className="aside-facts">
        <dt>{t("changes.stateName")}</dt>
        <dd>
          <Badge tone={tones[request.state]}>{name("requests.state", request.state)}</Badge>
        </dd>
        {elsewhere && (
          <>
            <dt>{t("shell.organisation")}</dt>
            <dd>{request.organisationName}</dd>
          </>
        )}
        <dt>{t("requests.filer")}</dt>
        <dd>{request.filer.name}</dd>
        <dt>{t("requests.createdAt")}</dt>
        <dd>
          <Time at={request.createdAt} />
        </dd>
        {request.decider && (
          <>
            <dt>{t("requests.decider")}</dt>
            <dd>{request.decider.name}</dd>
          </>
        )}
        {request.decidedAt && (
          <>
            <dt>{t("requests.decidedAt")}</dt>
            <dd>
              <Time at={request.decidedAt} />
            </dd>
          </>
        )}
        <dt>{t("changes.id")}</dt>
        <dd>
          <code>{request.id}</code>
        </dd>
      </dl>
    </aside>
  );
}
