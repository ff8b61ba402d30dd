import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { answered, answer, api, type User } from "../../api/client";
import { polling, useMe, type Me } from "../../api/queries";
import { Link, useParams } from "../../router";
import { useLanguage, type Key } from "../../texts";
import { Button } from "../../ui/controls";
import { Dialog } from "../../ui/dialog";
import { Badge, Countdown, Empty, Loaded, PageFrame, Time } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { intoSight } from "../../ui/panel";
import { Problem } from "../../ui/problem";
import { Address } from "../../ui/table";
import { Actions } from "./actions";
import { callsApi, fullName, rights } from "./catalogue";
import { Confirm } from "./outcome";
import { AccessTab } from "./tabs/access";
import { ApiTab } from "./tabs/api";
import { FactorTab } from "./tabs/factor";
import { AdditionalTab, InfoTab } from "./tabs/info";
import { KycTab } from "./tabs/kyc";
import { OperationsTab, SessionsTab, TokensTab } from "./tabs/history";
import "./user.css";

export interface TabProps {
  user: User;
  me: Me;
  /** The version that is seen, for writes. */
  etag: string | undefined;
}

interface Tab {
  id: string;
  title: Key;
  shown: (me: Me, user: User) => boolean;
  Content: (props: TabProps) => ReactNode;
}

const always = () => true;

/** The tabs of 7.2, each an address of its own; the first is the user's. */
const tabs: Tab[] = [
  { id: "", title: "details.info", shown: always, Content: InfoTab },
  { id: "access", title: "details.access", shown: (me, user) => rights(me, user).explain, Content: AccessTab },
  { id: "second-factor", title: "details.secondFactor", shown: (_, user) => user.kind !== "api", Content: FactorTab },
  { id: "additional", title: "details.additional", shown: always, Content: AdditionalTab },
  { id: "sessions", title: "details.sessions", shown: always, Content: SessionsTab },
  { id: "tokens", title: "details.tokens", shown: (_, user) => user.kind !== "api", Content: TokensTab },
  { id: "operations", title: "details.operations", shown: (me, user) => rights(me, user).operations, Content: OperationsTab },
  { id: "kyc", title: "details.kyc", shown: (me, user) => rights(me, user).kyc, Content: KycTab },
  { id: "api", title: "details.api", shown: (_, user) => callsApi(user), Content: ApiTab },
];

/** A user (7.2). */
export default function Details() {
  const { t, name } = useLanguage();
  const me = useMe();
  const { id = "", tab = "" } = useParams();
  const seen = useQuery({
    queryKey: ["user", id],
    queryFn: () => answered(api.GET("/v1/users/{userId}", { params: { path: { userId: id } } })),
    refetchInterval: polling(({ body }) => Boolean(body.user.openChange)),
  });
  const user = seen.data?.body.user;
  const trail = [{ href: "/users", name: t("users.title") }];
  if (!user) {
    return (
      <PageFrame title={t("details.title")} trail={trail}>
        <Loaded query={seen}>{() => null}</Loaded>
      </PageFrame>
    );
  }
  const shown = tabs.filter((one) => one.shown(me, user));
  const current = shown.find((one) => one.id === tab);
  const etag = seen.data?.etag;
  return (
    <PageFrame key={user.id} title={fullName(user.name)} trail={trail} actions={<Actions user={user} me={me} etag={etag} />}>
      <p className="under">
        <Badge tone={user.status === "active" ? "good" : user.status === "inactive" ? "neutral" : "warn"}>{name("status", user.status)}</Badge>
        <Badge tone={user.owner ? "accent" : "neutral"}>{user.owner ? t("user.owner") : name("kind", user.kind)}</Badge>
        <Address of={user.email} />
      </p>
      <Problem error={seen.error} />
      {user.emailProblem && (
        <div className="notice warn">
          <Icon name="warning" />
          <div>
            <strong>{name("emailProblem", user.emailProblem.kind)}</strong>
            <p>{t("details.emailProblem", { address: user.emailProblem.address, at: new Date(user.emailProblem.at) })}</p>
          </div>
        </div>
      )}
      {user.openChange && <OpenChange id={user.openChange} me={me} />}
      <nav className="tabs" aria-label={t("details.tabs")}>
        <ul>
          {shown.map((one) => (
            <li key={one.id}>
              <Link href={`/users/${user.id}${one.id && `/${one.id}`}`} aria-current={one === current ? "page" : undefined} ref={one === current ? intoSight : undefined}>
                {t(one.title)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div>
        {current ? <current.Content user={user} me={me} etag={etag} /> : <Empty title={t("nowhere.text")} />}
      </div>
    </PageFrame>
  );
}

/** The change that is open for the user (3.5, 3.6): what, by whom, what it waits for, and when it takes effect. */
function OpenChange({ id, me }: { id: string; me: Me }) {
  const { t, name } = useLanguage();
  const [confirming, setConfirming] = useState(false);
  const change = useQuery({
    queryKey: ["change", id],
    queryFn: () => answer(api.GET("/v1/changes/{changeId}", { params: { path: { changeId: id } } })),
    refetchInterval: polling((data) => ["awaitingStepUp", "awaitingApproval", "propagating"].includes(data.state)),
  });
  const data = change.data;
  if (!data) return <Problem error={change.error} />;
  const own = data.requester.id === me.user.id;
  return (
    <div className="notice warn open-change" role="status">
      <Icon name="pending" />
      <div>
        <strong>{name("act", data.act)}</strong>
        <p>
          {t("openChange.by", { name: data.requester.name })} <Time at={data.createdAt} />
        </p>
        {data.state === "propagating" && data.effectiveAt ? (
          <p>
            {t("openChange.effective")} <Countdown to={data.effectiveAt} />
          </p>
        ) : (
          <p>{data.state === "awaitingStepUp" ? t(own ? "openChange.stepUpOwn" : "openChange.stepUp", { name: data.requester.name }) : t("openChange.approval")}</p>
        )}
        <p className="row">
          <Link href={`/changes/${id}`}>{t("outcome.change")}</Link>
          {own && data.state === "awaitingStepUp" && <Button onPress={() => setConfirming(true)}>{t("stepUp.act")}</Button>}
        </p>
      </div>
      <Dialog title={t("stepUp.title")} open={confirming} onClose={() => setConfirming(false)} wide>
        <Confirm change={data} onDone={() => setConfirming(false)} />
      </Dialog>
    </div>
  );
}
