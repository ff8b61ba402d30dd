import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../api/client";
import { useLanguage } from "../../texts";
import { Empty, Loaded } from "../../ui/frame";
import { DataTable, type Column } from "../../ui/table";
import { everyPage, Review, useUserColumns } from "./frame";

type Conflict = Schemas["ConflictRow"];

/** Users whose access breaks a segregation of duties (2.6). */
export default function Conflicts() {
  const { t } = useLanguage();
  const users = useUserColumns<Conflict>();
  const list = useQuery({
    queryKey: ["reviews", "conflicts"],
    queryFn: () => everyPage((cursor) => answer(api.GET("/v1/reviews/segregation-of-duties", { params: { query: { limit: 200, cursor } } }))),
  });
  const columns: Column<Conflict>[] = [...users, { id: "conflict", name: t("reviews.conflict"), cell: (row) => row.detail }];
  return (
    <Review report="segregation-of-duties">
      <p className="review-about">{t("reviews.conflictsText")}</p>
      <Loaded query={list}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t("reviews.noConflicts")}>
              <p>{t("reviews.noConflictsText")}</p>
            </Empty>
          ) : (
            <DataTable label={t("reviews.conflicts")} columns={columns} rows={rows} rowKey={(row) => `${row.user.id} ${row.conflict}`} />
          )
        }
      </Loaded>
    </Review>
  );
}
