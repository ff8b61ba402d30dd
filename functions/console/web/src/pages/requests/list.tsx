import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { keepPreviousData, may, polling, useMe } from "../../api/queries";
import { Link, useSearch } from "../../router";
import { useLanguage } from "../../texts";
import { Chips } from "../../ui/chips";
import { Badge, Empty, Loaded, PageFrame } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { CursorPager, DataTable, type Column } from "../../ui/table";
import { Ago } from "../changes/parts";
import { files, tones, type ServiceRequest } from "./parts";

const states = ["open", "accepted", "declined", "expired"] as const;
const fields = { state: states, cursor: "text" } as const;

/** The organisation's service requests; for the platform's staff at home, the queue of all organisations' (1.5). */
export default function ServiceRequests() {
  const { t, name } = useLanguage();
  const me = useMe();
  const [search, change] = useSearch(fields);
  // On the platform itself there is a queue of each state, and open is what it begins with.
  const queue = may(me, "requests:decide") && me.organisation.id === me.user.organisation;
  const list = useQuery({
    queryKey: ["service-requests", search],
    queryFn: () => answer(api.GET("/v1/service-requests", { params: { query: { ...search, limit: 50 } } })),
    placeholderData: keepPreviousData,
    refetchInterval: polling((page) => page.items.some((one) => one.state === "open"), 15_000),
  });
  const columns: Column<ServiceRequest>[] = [
    { id: "act", name: t("requests.act"), heads: true, cell: (one) => <Link href={`/service-requests/${one.id}`}>{name("changes.act", one.act)}</Link> },
    { id: "target", name: t("changes.target"), cell: (one) => one.target?.name ?? one.diff.find((part) => part.field === "name")?.after },
    ...(queue ? [{ id: "organisation", name: t("shell.organisation"), cell: (one: ServiceRequest) => one.organisationName }] : []),
    { id: "filer", name: t("requests.filer"), cell: (one) => (one.filer.id === me.user.id ? t("changes.you") : one.filer.name) },
    { id: "createdAt", name: t("requests.createdAt"), cell: (one) => <Ago at={one.createdAt} /> },
    { id: "state", name: t("changes.stateName"), cell: (one) => <Badge tone={tones[one.state]}>{name("requests.state", one.state)}</Badge> },
    { id: "decider", name: t("requests.decider"), cell: (one) => one.decider?.name },
  ];
  const choices = states.map((id) => ({ id: queue && id === "open" ? undefined : id, name: name("requests.state", id) }));
  return (
    <PageFrame
      title={t(queue ? "requests.queue" : "requests.title")}
      actions={
        files(me) && (
          <Link href="/service-requests/new" className="button primary">
            <Icon name="plus" />
            {t("requests.new")}
          </Link>
        )
      }
    >
      <Chips label={t("changes.byState")} field="state" value={search.state} choices={queue ? choices : [{ id: undefined, name: t("changes.all") }, ...choices]} />
      <Loaded query={list}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={t("requests.none")}>{!search.state && <p>{t(queue ? "requests.queueEmpty" : "requests.noneText")}</p>}</Empty>
          ) : (
            <DataTable label={t("requests.title")} columns={columns} rows={page.items} rowKey={(one) => one.id} busy={list.isPlaceholderData} />
          )
        }
      </Loaded>
      <CursorPager cursor={search.cursor} next={list.data?.next} go={(cursor) => change({ cursor })} />
    </PageFrame>
  );
}
