import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keepPreviousData, useMe } from "../../api/queries";
import { useEnter } from "../../enter";
import { useLocation } from "../../router";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { Empty, Loaded, PageFrame, Time } from "../../ui/frame";
import { KycState } from "../../ui/kyc";
import { Problem } from "../../ui/problem";
import { DataTable, Pager, type Column } from "../../ui/table";

type Waiting = Schemas["KYCWaiting"];

/** The identity checks that wait for compliance staff, the longest first (1.12). */
export default function KycCases() {
  const { t } = useLanguage();
  const me = useMe();
  const enter = useEnter();
  const [, navigate] = useLocation();
  const [cursors, setCursors] = useState<string[]>([]);
  const list = useQuery({
    queryKey: ["kyc-cases", cursors],
    queryFn: () => answer(api.GET("/v1/kyc-cases", { params: { query: { limit: 50, cursor: cursors.at(-1) } } })),
    placeholderData: keepPreviousData,
  });
  const open = (one: Waiting) => {
    const to = `/users/${one.user}/kyc`;
    if (one.organisation === me.organisation.id) navigate(to);
    else enter.mutate({ organisation: one.organisation, to });
  };
  const columns: Column<Waiting>[] = [
    { id: "user", name: t("kycCases.user"), heads: true, cell: (one) => one.submittedBy.name },
    { id: "organisation", name: t("shell.organisation"), cell: (one) => one.organisationName },
    { id: "level", name: t("kycCases.level"), numeric: true, cell: (one) => one.level },
    { id: "state", name: t("user.status"), cell: (one) => <KycState state={one.state} /> },
    { id: "since", name: t("kycCases.since"), numeric: true, cell: (one) => <Time at={one.submittedAt} /> },
    { id: "reviewer", name: t("kycCases.reviewer"), cell: (one) => one.reviewer?.name },
    {
      id: "open", name: t("kycCases.open"), hidden: true, numeric: true,
      cell: (one) => (
        <Button look="quiet" onPress={() => open(one)} isDisabled={enter.isPending}>
          {t("kycCases.open")}
        </Button>
      ),
    },
  ];
  return (
    <PageFrame title={t("kycCases.title")}>
      <Problem error={enter.error} />
      <Loaded query={list}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={t("kycCases.none")}>
              <p>{t("kycCases.noneText")}</p>
            </Empty>
          ) : (
            <DataTable label={t("kycCases.title")} columns={columns} rows={page.items} rowKey={(one) => `${one.user} ${one.level}`} busy={list.isPlaceholderData} />
          )
        }
      </Loaded>
      <Pager
        page={cursors.length + 1}
        onPrevious={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
        onNext={list.data?.next ? () => setCursors([...cursors, list.data!.next!]) : undefined}
      />
    </PageFrame>
  );
}
