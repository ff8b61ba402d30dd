import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keepPreviousData, useWrite } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { ConfirmDialog } from "../../ui/dialog";
import { Badge, Empty, Loaded, Time, useTell } from "../../ui/frame";
import { Panel } from "../../ui/panel";
import { Problem } from "../../ui/problem";
import { DataTable, Pager, type Column } from "../../ui/table";
import { Profile } from "./frame";

type SessionInfo = Schemas["SessionInfo"];
type Attempt = Schemas["SignInAttempt"];

/** Where one is signed in, and who has tried to be (5.3, 5.5). */
export default function Sessions() {
  return (
    <Profile>
      <Open />
      <History />
    </Profile>
  );
}

const end = (session: SessionInfo) => answer(api.DELETE("/v1/me/sessions/{sessionId}", { params: { path: { sessionId: session.id } } }));

function Open() {
  const { t, name } = useLanguage();
  const tell = useTell();
  const [asking, setAsking] = useState(false);
  const list = useQuery({
    queryKey: ["sessions", "mine"],
    queryFn: async () => {
      const items: SessionInfo[] = [];
      let cursor: string | undefined;
      do {
        const page = await answer(api.GET("/v1/me/sessions", { params: { query: { limit: 200, cursor } } }));
        items.push(...page.items);
        cursor = page.next;
      } while (cursor);
      return items.sort((a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt.localeCompare(a.lastSeenAt));
    },
  });
  const one = useWrite(end, { onSuccess: () => tell(t("profile.sessionEnded")) });
  const others = list.data?.filter((session) => !session.current) ?? [];
  const all = useWrite(
    async () => {
      for (const session of others) await end(session);
    },
    {
      onSuccess() {
        setAsking(false);
        tell(t("profile.sessionsEnded"));
      },
    },
  );
  const columns: Column<SessionInfo>[] = [
    {
      id: "device", name: t("profile.device"), heads: true,
      cell: (session) => (
        <span title={session.userAgent}>
          {name("device", session.device)}
          {session.current && <Badge tone="accent">{t("profile.thisOne")}</Badge>}
        </span>
      ),
    },
    { id: "from", name: t("profile.from"), cell: (session) => <From {...session} /> },
    { id: "began", name: t("profile.began"), numeric: true, cell: (session) => <Time at={session.createdAt} /> },
    { id: "seen", name: t("profile.seen"), numeric: true, cell: (session) => <Time at={session.lastSeenAt} /> },
    {
      id: "end", name: t("profile.sessionEnd"), hidden: true, numeric: true,
      cell: (session) =>
        !session.current && (
          <Button look="quiet" onPress={() => one.mutate(session)} isDisabled={one.isPending}>
            {t("profile.sessionEnd")}
          </Button>
        ),
    },
  ];
  return (
    <Panel title={t("profile.openSessions")} actions={others.length > 0 && <Button onPress={() => setAsking(true)}>{t("profile.endOthers")}</Button>}>
      <Problem error={one.error} />
      <Loaded query={list}>{(sessions) => <DataTable label={t("profile.openSessions")} columns={columns} rows={sessions} rowKey={(session) => session.id} />}</Loaded>
      <ConfirmDialog
        title={t("profile.endOthers")}
        act={t("profile.endOthers")}
        danger
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => all.mutate(undefined)}
        pending={all.isPending}
        error={all.error}
      >
        <p>{t("profile.endOthersText", { count: others.length })}</p>
      </ConfirmDialog>
    </Panel>
  );
}

/** From where a request came. */
function From({ address, place }: { address?: string; place?: string }) {
  return (
    <>
      {place} {address && <span className={place ? "faint" : undefined}>{address}</span>}
    </>
  );
}

function History() {
  const { t, name } = useLanguage();
  const [cursors, setCursors] = useState<string[]>([]);
  const list = useQuery({
    queryKey: ["sign-ins", "mine", cursors],
    queryFn: () => answer(api.GET("/v1/me/sign-ins", { params: { query: { limit: 20, cursor: cursors.at(-1) } } })),
    placeholderData: keepPreviousData,
  });
  const columns: Column<Attempt>[] = [
    { id: "at", name: t("profile.when"), heads: true, cell: (attempt) => <Time at={attempt.at} /> },
    {
      id: "result", name: t("profile.result"),
      cell: (attempt) => (
        <>
          <Badge tone={attempt.result === "signedIn" ? "good" : "bad"}>{name("signInResult", attempt.result)}</Badge>
          {attempt.reason && <span className="faint"> {name("logDetail", attempt.reason)}</span>}
        </>
      ),
    },
    { id: "from", name: t("profile.from"), cell: (attempt) => <From {...attempt} /> },
    { id: "device", name: t("profile.device"), cell: (attempt) => <span title={attempt.userAgent}>{name("device", attempt.device)}</span> },
  ];
  return (
    <Panel title={t("profile.history")}>
      <p className="faint">{t("profile.historyText")}</p>
      <Loaded query={list}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={t("profile.historyNone")} />
          ) : (
            <DataTable label={t("profile.history")} columns={columns} rows={page.items} rowKey={(attempt) => attempt.at + attempt.result} busy={list.isPlaceholderData} />
          )
        }
      </Loaded>
      <Pager
        page={cursors.length + 1}
        onPrevious={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
        onNext={list.data?.next ? () => setCursors([...cursors, list.data!.next!]) : undefined}
      />
    </Panel>
  );
}
