import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { useWrite } from "../../../api/queries";
import { Link } from "../../../router";
import { useLanguage } from "../../../texts";
import { Button } from "../../../ui/controls";
import { ConfirmDialog } from "../../../ui/dialog";
import { Badge, Empty, Loaded, Time, useTell } from "../../../ui/frame";
import { DataTable, Pager, type Column } from "../../../ui/table";
import { fullName, rights, useCatalogue, useSaid } from "../catalogue";
import type { TabProps } from "../details";

interface List<Row> {
  items: Row[];
  next?: string;
}

/** A list of the user's, newest first, a page at a time. */
function Listed<Row>({ title, about, queryKey, page, columns, rowKey, none, actions }: {
  title: string;
  about?: string;
  queryKey: string[];
  page: (cursor: string | undefined) => Promise<List<Row>>;
  columns: Column<Row>[];
  rowKey: (row: Row, i: number) => string;
  none: string;
  actions?: (rows: Row[]) => ReactNode;
}) {
  const [cursors, setCursors] = useState<string[]>([]);
  const cursor = cursors.at(-1);
  const list = useQuery({
    queryKey: [...queryKey, cursor],
    queryFn: async () => {
      // A page of a filtered list may be empty, and others behind it are not.
      let some = await page(cursor);
      while (some.items.length === 0 && some.next) some = await page(some.next);
      return some;
    },
    placeholderData: keepPreviousData,
  });
  const next = list.data?.next;
  return (
    <section className="listed">
      <header className="list-head">
        <div>
          <h2>{title}</h2>
          {about && <p className="hint">{about}</p>}
        </div>
        {list.data && actions?.(list.data.items)}
      </header>
      <Loaded query={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={none} />
          ) : (
            <DataTable label={title} columns={columns} rows={items} rowKey={(row) => rowKey(row, items.indexOf(row))} busy={list.isPlaceholderData} />
          )
        }
      </Loaded>
      <Pager
        page={cursors.length + 1}
        onPrevious={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
        onNext={next ? () => setCursors([...cursors, next]) : undefined}
      />
    </section>
  );
}

/** Sessions (5.3), and attempts to sign in (5.5). */
export function SessionsTab({ user, me }: TabProps) {
  const { t, name } = useLanguage();
  const tell = useTell();
  const [ending, setEnding] = useState<"all" | Schemas["SessionInfo"]>();
  const path = { userId: user.id };
  const may = rights(me, user).sessions;
  const end = useWrite(
    (which: "all" | Schemas["SessionInfo"]) =>
      which === "all"
        ? answer(api.DELETE("/v1/users/{userId}/sessions", { params: { path } }))
        : answer(api.DELETE("/v1/users/{userId}/sessions/{sessionId}", { params: { path: { ...path, sessionId: which.id } } })),
    {
      onSuccess() {
        setEnding(undefined);
        tell(t("sessions.ended"));
      },
    },
  );
  const where = [
    { id: "address", name: t("sessions.address"), cell: (row: { address?: string }) => row.address && <code>{row.address}</code> },
    { id: "place", name: t("sessions.place"), cell: (row: { place?: string }) => row.place },
  ];
  const sessions: Column<Schemas["SessionInfo"]>[] = [
    {
      id: "device", name: t("sessions.device"), heads: true,
      cell: (row) => (
        <>
          <span title={row.userAgent}>{name("device", row.device)}</span>
          {row.current && <Badge tone="accent">{t("sessions.current")}</Badge>}
        </>
      ),
    },
    ...where,
    { id: "createdAt", name: t("sessions.createdAt"), cell: (row) => <Time at={row.createdAt} /> },
    { id: "lastSeenAt", name: t("sessions.lastSeenAt"), cell: (row) => <Time at={row.lastSeenAt} /> },
    { id: "expiresAt", name: t("sessions.expiresAt"), cell: (row) => <Time at={row.expiresAt} /> },
    ...(may ? [{ id: "end", name: t("sessions.endOne"), hidden: true, cell: (row: Schemas["SessionInfo"]) => <Button look="quiet" onPress={() => setEnding(row)}>{t("sessions.endOne")}</Button> }] : []),
  ];
  const signIns: Column<Schemas["SignInAttempt"]>[] = [
    { id: "at", name: t("sessions.at"), heads: true, cell: (row) => <Time at={row.at} /> },
    { id: "result", name: t("sessions.result"), cell: (row) => <Badge tone={row.result === "signedIn" ? "good" : "bad"}>{name("result", row.result)}</Badge> },
    { id: "reason", name: t("sessions.reason"), cell: (row) => row.reason && name("logDetail", row.reason) },
    { id: "device", name: t("sessions.device"), cell: (row) => <span title={row.userAgent}>{name("device", row.device)}</span> },
    ...where,
  ];
  return (
    <>
      <Listed
        title={t("details.sessions")} queryKey={["user", user.id, "sessions"]} columns={sessions} rowKey={(row) => row.id} none={t("sessions.none")}
        page={(cursor) => answer(api.GET("/v1/users/{userId}/sessions", { params: { path, query: { cursor } } }))}
        actions={(rows) => may && rows.length > 0 && <Button onPress={() => setEnding("all")}>{t("sessions.endAll")}</Button>}
      />
      <Listed
        title={t("sessions.signIns")} queryKey={["user", user.id, "signIns"]} columns={signIns} rowKey={(row, i) => `${row.at}${i}`} none={t("sessions.noSignIns")}
        page={(cursor) => answer(api.GET("/v1/users/{userId}/sign-ins", { params: { path, query: { cursor } } })) as Promise<List<Schemas["SignInAttempt"]>>}
      />
      {ending && (
        <ConfirmDialog
          title={t(ending === "all" ? "sessions.endAll" : "sessions.endOne")} act={t(ending === "all" ? "sessions.endAll" : "sessions.endOne")} danger open
          onClose={() => setEnding(undefined)} onConfirm={() => end.mutate(ending)} pending={end.isPending} error={end.error}
        >
          <p>{t(ending === "all" ? "sessions.endAllText" : "sessions.endOneText", { name: fullName(user.name) })}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

const tokenTones: Record<string, "good" | "bad" | "accent"> = { used: "good", delivered: "accent", bounced: "bad" };

/** Links and codes that were sent (4.5). */
export function TokensTab({ user }: TabProps) {
  const { t, name } = useLanguage();
  const columns: Column<Schemas["SentToken"]>[] = [
    { id: "kind", name: t("tokens.kind"), heads: true, cell: (row) => name("tokenKind", row.kind) },
    {
      id: "status", name: t("user.status"),
      cell: (row) => (
        <span title={row.delivery?.detail}>
          <Badge tone={tokenTones[row.status] ?? "neutral"}>{name("tokenStatus", row.status)}</Badge>
        </span>
      ),
    },
    { id: "to", name: t("tokens.to"), cell: (row) => row.to },
    { id: "sentAt", name: t("tokens.sentAt"), cell: (row) => <Time at={row.sentAt} /> },
    { id: "expiresAt", name: t("tokens.expiresAt"), cell: (row) => <Time at={row.expiresAt} /> },
    { id: "endedAt", name: t("tokens.endedAt"), cell: (row) => <Time at={row.endedAt} /> },
  ];
  return (
    <Listed
      title={t("details.tokens")} about={t("tokens.about")} queryKey={["user", user.id, "tokens"]} columns={columns} rowKey={(row) => row.id} none={t("tokens.none")}
      page={(cursor) => answer(api.GET("/v1/users/{userId}/tokens", { params: { path: { userId: user.id }, query: { cursor } } }))}
    />
  );
}

/** What was done to the user, and what was refused (7.3). */
export function OperationsTab({ user, me }: TabProps) {
  const { t, name } = useLanguage();
  const said = useSaid(useCatalogue(me).data);
  const columns: Column<Schemas["LogEntry"]>[] = [
    {
      id: "act", name: t("userLog.act"), heads: true,
      cell: (row) => (
        <>
          {row.change ? <Link href={`/changes/${row.change}`}>{name("act", row.act)}</Link> : name("act", row.act)}
          {row.outcome === "refused" && <Badge tone="bad">{t("userLog.refused")}</Badge>}
        </>
      ),
    },
    { id: "at", name: t("userLog.at"), cell: (row) => <Time at={row.at} /> },
    { id: "actor", name: t("userLog.actor"), cell: (row) => row.actor?.name ?? <span className="faint">{t("userLog.service")}</span> },
    {
      id: "what", name: t("userLog.what"),
      cell: (row) =>
        (row.diff.length > 0 || row.policy || row.detail) && (
          <ul className="differences">
            {row.diff.map((one) => (
              <li key={one.field}>
                <span className="faint">{t("named", { name: name("field", one.field) })}</span> {one.before && <><del>{said(one.field, one.before)}</del>{" "}</>}
                {said(one.field, one.after) || "–"}
              </li>
            ))}
            {row.detail && <li>{name("logDetail", row.detail)}</li>}
            {row.policy && <li className="faint">{t("problem.policy", { policy: row.policy })}</li>}
          </ul>
        ),
    },
    { id: "address", name: t("sessions.address"), cell: (row) => row.address && <code>{row.address}</code> },
  ];
  return (
    <Listed
      title={t("details.operations")} queryKey={["user", user.id, "operations"]} columns={columns} rowKey={(row) => row.id} none={t("userLog.none")}
      page={(cursor) => answer(api.GET("/v1/users/{userId}/operations", { params: { path: { userId: user.id }, query: { cursor } } })) as Promise<List<Schemas["LogEntry"]>>}
    />
  );
}
