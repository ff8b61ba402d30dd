import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { keepPreviousData, polling, useMe, type Me } from "../../api/queries";
import { Link, useSearch } from "../../router";
import { useLanguage } from "../../texts";
import { Chips } from "../../ui/chips";
import { Badge, Countdown, Empty, Loaded, PageFrame } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { CursorPager, DataTable, type Column } from "../../ui/table";
import { Ago, decides, isOpen, StateBadge, type Change } from "./parts";
import "./changes.css";

const states = ["awaitingApproval", "awaitingStepUp", "propagating", "effective", "rejected", "cancelled", "expired", "failed"] as const;
const fields = { state: states, cursor: "text" } as const;

/** The states that changes of the organisation come to. */
function statesOf({ organisation: { settings } }: Me) {
  const absent = new Set<string>();
  if (settings.changeControl !== "second_admin") ["awaitingApproval", "rejected"].forEach((state) => absent.add(state));
  if (settings.changeControl !== "step_up") absent.add("awaitingStepUp");
  if (settings.propagationSeconds === 0) absent.add("propagating");
  if (settings.changeControl === "none") absent.add("expired");
  return states.filter((state) => !absent.has(state));
}

/** The organisation's changes, newest first (3.1). */
export default function Changes() {
  const { t, name } = useLanguage();
  const me = useMe();
  const [search, change] = useSearch(fields);
  const controlled = me.organisation.settings.changeControl === "second_admin";
  const list = useQuery({
    queryKey: ["changes", search],
    queryFn: () => answer(api.GET("/v1/changes", { params: { query: { ...search, limit: 50 } } })),
    placeholderData: keepPreviousData,
    refetchInterval: polling((page) => page.items.some(isOpen)),
  });
  const awaiting = useQuery({
    queryKey: ["changes", { state: "awaitingApproval" }],
    queryFn: () => answer(api.GET("/v1/changes", { params: { query: { state: "awaitingApproval", limit: 50 } } })),
    enabled: controlled,
    refetchInterval: polling(() => true, 15_000),
  });
  const mine = awaiting.data?.items.filter((one) => decides(me, one)).length ?? 0;
  const columns = useColumns(me);
  return (
    <PageFrame title={t("changes.title")}>
      {mine > 0 && search.state !== "awaitingApproval" && (
        <div className="notice warn changes-mine">
          <Icon name="pending" />
          <div>
            <strong>{t("changes.mine", { count: mine })}</strong>
            <p>
              <Link href="/changes?state=awaitingApproval">{t("changes.mineSee")}</Link>
            </p>
          </div>
        </div>
      )}
      <Chips
        label={t("changes.byState")}
        field="state"
        value={search.state}
        choices={[{ id: undefined, name: t("changes.all") }, ...statesOf(me).map((id) => ({ id, name: name("changes.state", id) }))]}
      />
      <Loaded query={list}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={t(search.state ? "changes.noneInState" : "changes.none")}>{!search.state && <p>{t("changes.noneText")}</p>}</Empty>
          ) : (
            <DataTable label={t("changes.title")} columns={columns} rows={page.items} rowKey={(one) => one.id} busy={list.isPlaceholderData} />
          )
        }
      </Loaded>
      <CursorPager cursor={search.cursor} next={list.data?.next} go={(cursor) => change({ cursor })} />
    </PageFrame>
  );
}

function useColumns(me: Me): Column<Change>[] {
  const { t, name } = useLanguage();
  return [
    { id: "act", name: t("changes.act"), heads: true, cell: (one) => <Link href={`/changes/${one.id}`}>{name("changes.act", one.act)}</Link> },
    { id: "target", name: t("changes.target"), cell: (one) => one.target.name },
    { id: "requester", name: t("changes.requester"), cell: (one) => (one.requester.id === me.user.id ? t("changes.you") : one.requester.name) },
    { id: "createdAt", name: t("changes.createdAt"), cell: (one) => <Ago at={one.createdAt} /> },
    { id: "state", name: t("changes.stateName"), cell: (one) => <StateBadge state={one.state} /> },
    { id: "waits", name: t("changes.waitsFor"), cell: (one) => <WaitsFor change={one} me={me} /> },
  ];
}

function WaitsFor({ change, me }: { change: Change; me: Me }) {
  const { t, name } = useLanguage();
  switch (change.state) {
    case "awaitingApproval":
      return decides(me, change) ? <Badge tone="accent">{t("changes.forYou")}</Badge> : t("changes.forApproval");
    case "awaitingStepUp":
      return change.requester.id === me.user.id ? <Badge tone="accent">{t("changes.forYou")}</Badge> : t("changes.forStepUp", { name: change.requester.name });
    case "propagating":
      return (
        <span>
          {t("changes.takesEffect")} {change.effectiveAt && <Countdown to={change.effectiveAt} />}
        </span>
      );
    default:
      return change.cause ? <span className="faint">{name("changes.causeShort", change.cause)}</span> : null;
  }
}
