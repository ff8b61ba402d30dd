import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../api/client";
import { keepPreviousData, may, useMe } from "../../api/queries";
import { useEnter } from "../../enter";
import { Link, useLocation, useSearch } from "../../router";
import { useLanguage } from "../../texts";
import { Button, TypedSearch } from "../../ui/controls";
import { Badge, Empty, Loaded, PageFrame, Time } from "../../ui/frame";
import { Problem } from "../../ui/problem";
import { CursorPager, DataTable, type Column } from "../../ui/table";
import { usePresets } from "../organisation/view";

type Organisation = Schemas["Organisation"];
const fields = { q: "text", cursor: "text" } as const;

/** The organisations by name, for operators (9.1). */
export default function Organisations() {
  const { t, number } = useLanguage();
  const me = useMe();
  const [search, change] = useSearch(fields);
  const [, navigate] = useLocation();
  const list = useQuery({
    queryKey: ["organisations", search],
    queryFn: () => answer(api.GET("/v1/organisations", { params: { query: { ...search, limit: 50 } } })),
    placeholderData: keepPreviousData,
  });
  const presets = usePresets();
  const titles = new Map(presets.data?.items.map((preset) => [preset.name, preset.title]));
  const enter = useEnter();
  const columns: Column<Organisation>[] = [
    {
      id: "name", name: t("organisations.name"), heads: true,
      cell: (one) => (
        <>
          <Link href={`/organisations/${one.id}`}>{one.name}</Link>
          {one.id === me.organisation.id && <Badge tone="accent">{t("organisations.here")}</Badge>}
        </>
      ),
    },
    { id: "preset", name: t("organisations.preset"), cell: (one) => titles.get(one.preset) },
    {
      id: "admins", name: t("organisations.admins"), numeric: true,
      cell: (one) => titles.has(one.preset) && (one.activeAdmins < one.leastAdmins ? <Badge tone="warn">{t("organisations.adminsOf", { count: one.activeAdmins, least: one.leastAdmins })}</Badge> : number(one.activeAdmins)),
    },
    { id: "since", name: t("organisations.since"), numeric: true, cell: (one) => <Time at={one.createdAt} style="date" /> },
    {
      id: "enter", name: t("organisations.enter"), hidden: true, numeric: true,
      cell: (one) =>
        one.id !== me.organisation.id && (
          <Button look="quiet" onPress={() => enter.mutate({ organisation: one.id })} isDisabled={enter.isPending} aria-label={t("organisations.enterNamed", { name: one.name })}>
            {t("organisations.enter")}
          </Button>
        ),
    },
  ];
  return (
    <PageFrame
      title={t("organisations.title")}
      actions={
        may(me, "platform:manage") && (
          <Button look="primary" icon="plus" onPress={() => navigate("/organisations/new")}>
            {t("organisations.new")}
          </Button>
        )
      }
    >
      <Problem error={enter.error} />
      <div className="toolbar" role="search">
        <TypedSearch label={t("organisations.search")} value={search.q ?? ""} onChange={(q) => change({ q, cursor: undefined })} />
      </div>
      <Loaded query={list}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={t("organisations.none")}>{search.q && <p>{t("organisations.noneFound")}</p>}</Empty>
          ) : (
            <DataTable label={t("organisations.title")} columns={columns} rows={page.items} rowKey={(one) => one.id} busy={list.isPlaceholderData} />
          )
        }
      </Loaded>
      <CursorPager cursor={search.cursor} next={list.data?.next} go={(cursor) => change({ cursor })} />
    </PageFrame>
  );
}
