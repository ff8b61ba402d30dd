import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useOrganisations } from "../../api/lists";
import { may, useMe } from "../../api/queries";
import { useEnter } from "../../enter";
import { Link, useLocation, useSearch } from "../../router";
import { useLanguage } from "../../texts";
import { Button, SearchField } from "../../ui/controls";
import { Badge, Empty, Loaded, PageFrame, Time } from "../../ui/frame";
import { Problem } from "../../ui/problem";
import { DataTable, Pager, type Column } from "../../ui/table";
import { usePresets } from "../organisation/view";

type Organisation = Schemas["Organisation"];
const fields = { q: "text" } as const;
const perPage = 50;

/** Every organisation, for operators (9.1). */
export default function Organisations() {
  const { t, number } = useLanguage();
  const me = useMe();
  const [search, change] = useSearch(fields);
  const [, navigate] = useLocation();
  const [page, setPage] = useState(0);
  const list = useOrganisations();
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
  const wanted = (search.q ?? "").toLocaleLowerCase();
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
        <SearchField
          label={t("organisations.search")}
          value={search.q ?? ""}
          onChange={(q) => {
            setPage(0);
            change({ q });
          }}
        />
      </div>
      <Loaded query={list}>
        {(all) => {
          const found = all.filter((one) => `${one.name}\n${one.id}\n${titles.get(one.preset) ?? ""}`.toLocaleLowerCase().includes(wanted));
          return found.length === 0 ? (
            <Empty title={t("organisations.none")}>{wanted && <p>{t("organisations.noneFound")}</p>}</Empty>
          ) : (
            <>
              <DataTable label={t("organisations.title")} columns={columns} rows={found.slice(page * perPage, (page + 1) * perPage)} rowKey={(one) => one.id} />
              <Pager page={page + 1} onPrevious={page > 0 ? () => setPage(page - 1) : undefined} onNext={(page + 1) * perPage < found.length ? () => setPage(page + 1) : undefined} />
            </>
          );
        }}
      </Loaded>
    </PageFrame>
  );
}
