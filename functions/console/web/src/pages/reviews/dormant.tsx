import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keepPreviousData } from "../../api/queries";
import { useSearch } from "../../router";
import { useLanguage } from "../../texts";
import { Select } from "../../ui/controls";
import { Empty, Loaded, Time } from "../../ui/frame";
import { DataTable, Pager, type Column } from "../../ui/table";
import { Review, useUserColumns } from "./frame";

type Dormant = Schemas["DormantRow"];
const spans = ["7", "30", "60", "90", "180", "365"] as const;
const fields = { days: spans } as const;

/** Users who have not signed in for some days (7.4). */
export default function DormantUsers() {
  const { t } = useLanguage();
  const [search, change] = useSearch(fields);
  const [cursors, setCursors] = useState<string[]>([]);
  const users = useUserColumns<Dormant>();
  const days = Number(search.days ?? "90");
  const list = useQuery({
    queryKey: ["reviews", "dormant", days, cursors],
    queryFn: () => answer(api.GET("/v1/reviews/dormant", { params: { query: { days, limit: 50, cursor: cursors.at(-1) } } })),
    placeholderData: keepPreviousData,
  });
  const columns: Column<Dormant>[] = [
    ...users,
    { id: "last", name: t("user.lastSignInAt"), numeric: true, cell: (row) => (row.lastSignInAt ? <Time at={row.lastSignInAt} style="date" /> : <span className="faint">{t("user.never")}</span>) },
    { id: "created", name: t("user.createdAt"), numeric: true, cell: (row) => <Time at={row.createdAt} style="date" /> },
  ];
  return (
    <Review report="dormant" days={days}>
      <div className="toolbar">
        <div className="review-days">
          <Select
            label={t("reviews.notSeen")}
            options={spans.map((id) => ({ id, name: t("reviews.days", { count: Number(id) }) }))}
            value={String(days)}
            onChange={(value) => {
              setCursors([]);
              change({ days: spans.find((one) => one === value) });
            }}
          />
        </div>
      </div>
      <Loaded query={list}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={t("reviews.noDormant", { count: days })} />
          ) : (
            <DataTable label={t("reviews.dormant")} columns={columns} rows={page.items} rowKey={(row) => row.user.id} busy={list.isPlaceholderData} />
          )
        }
      </Loaded>
      <Pager
        page={cursors.length + 1}
        onPrevious={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
        onNext={list.data?.next ? () => setCursors([...cursors, list.data!.next!]) : undefined}
      />
    </Review>
  );
}
