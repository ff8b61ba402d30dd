import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { may, useMe } from "../../api/queries";
import { useSearch } from "../../router";
import { useLanguage } from "../../texts";
import { SearchField, Select } from "../../ui/controls";
import { Empty, Loading } from "../../ui/frame";
import { Problem } from "../../ui/problem";
import { Pager } from "../../ui/table";
import { CellDialog } from "./cell";
import { everyPage, Review } from "./frame";
import { Matrix, type Column, type Spot } from "./matrix";

export type AccessRow = Schemas["AccessRow"];
const fields = { q: "text", permission: "text" } as const;
const perPage = 40;
const limit = { limit: 200 };

/** Who can do what on which account (7.4): a picture of it all, to be looked into. */
export default function Access() {
  const { t } = useLanguage();
  const me = useMe();
  const [search, change] = useSearch(fields);
  const [page, setPage] = useState(0);
  const [spot, setSpot] = useState<Spot>();
  const [counted, setCounted] = useState(0);
  const sees = may(me, "organisation:view");
  const users = useQuery({
    queryKey: ["reviews", "access"],
    queryFn: () => everyPage((cursor) => answer(api.GET("/v1/reviews/access", { params: { query: { ...limit, cursor } } })), setCounted),
    staleTime: 60_000,
  });
  const accounts = useQuery({
    queryKey: ["reviews", "accounts", sees],
    queryFn: async (): Promise<Column[]> => {
      if (!sees) return [];
      const companies = await everyPage((cursor) => answer(api.GET("/v1/companies", { params: { query: { ...limit, cursor } } })));
      const all = await everyPage((cursor) => answer(api.GET("/v1/accounts", { params: { query: { ...limit, cursor } } })));
      return all
        .map((account) => ({ id: account.id, name: account.name, group: companies.find((company) => company.id === account.company)?.name ?? "" }))
        .sort((a, b) => a.group.localeCompare(b.group) || a.name.localeCompare(b.name));
    },
    staleTime: 60_000,
  });
  const permissions = useQuery({
    queryKey: ["permissions"],
    queryFn: () => answer(api.GET("/v1/permissions")),
    enabled: may(me, "users:view"),
    staleTime: 5 * 60_000,
  });
  const described = new Map(permissions.data?.items.map((one) => [one.id, one.description]));
  const error = users.error ?? accounts.error;
  if (error) {
    return (
      <Review report="access">
        <Problem error={error} />
      </Review>
    );
  }
  if (!users.data || !accounts.data) {
    return (
      <Review report="access">
        <Loading />
        <p role="status">{t("reviews.reading", { count: counted })}</p>
      </Review>
    );
  }
  const wanted = (search.q ?? "").toLocaleLowerCase();
  const rows = users.data
    .filter((row) => `${row.user.name}\n${row.email}`.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => a.user.name.localeCompare(b.user.name));
  const shown = rows.slice(page * perPage, (page + 1) * perPage);
  // Accounts that the reader may not name are named by their ids, as the users' rows have them.
  const columns = accounts.data.length > 0 ? accounts.data : [...new Set(users.data.flatMap((row) => row.accounts))].sort().map((id) => ({ id, name: id, group: "" }));
  const held = [...new Set(users.data.flatMap((row) => row.permissions.map((one) => one.permission)))].sort();
  const narrow = (narrower: Partial<Record<keyof typeof fields, string | undefined>>) => {
    setPage(0);
    change(narrower);
  };
  return (
    <Review report="access">
      <div className="toolbar" role="search">
        <SearchField label={t("reviews.find")} value={search.q ?? ""} onChange={(q) => narrow({ q })} />
        <div className="review-permission">
          <Select
            label={t("reviews.permission")}
            options={held.map((id) => ({ id, name: described.get(id) ?? id }))}
            value={search.permission}
            onChange={(permission) => narrow({ permission })}
            empty={t("reviews.allPermissions")}
          />
        </div>
      </div>
      {shown.length === 0 ? (
        <Empty title={t("users.none")}>{wanted && <p>{t("users.noneFiltered")}</p>}</Empty>
      ) : (
        <Matrix rows={shown} columns={columns} permission={search.permission} most={held.length} onOpen={setSpot} />
      )}
      <Pager page={page + 1} onPrevious={page > 0 ? () => setPage(page - 1) : undefined} onNext={(page + 1) * perPage < rows.length ? () => setPage(page + 1) : undefined} />
      {spot && <CellDialog {...spot} described={described} onClose={() => setSpot(undefined)} />}
    </Review>
  );
}
