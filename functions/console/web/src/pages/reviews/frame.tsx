import type { ReactNode } from "react";
import { answered, api, type Schemas } from "../../api/client";
import { may, useMe } from "../../api/queries";
import { Link } from "../../router";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { nextCursor, useExports } from "../../ui/exports";
import { Badge, PageFrame } from "../../ui/frame";
import { PageTabs } from "../../ui/panel";
import { Problem } from "../../ui/problem";
import { Address, type Column } from "../../ui/table";
import "./reviews.css";

const paths = { access: "/v1/reviews/access", "segregation-of-duties": "/v1/reviews/segregation-of-duties", dormant: "/v1/reviews/dormant" } as const;

/** The frame of the reviews of access (7.4), each with its export. */
export function Review({ report, days, children }: { report: keyof typeof paths; days?: number; children: ReactNode }) {
  const { t } = useLanguage();
  const exports = useExports();
  const download = () =>
    exports.begin(`${report}.csv`, async (cursor, signal) => {
      const { body, response } = await answered(api.GET(paths[report], { params: { query: { cursor, days } }, headers: { Accept: "text/csv" }, parseAs: "text", signal }));
      return { text: String(body), next: nextCursor(response) };
    });
  return (
    <PageFrame
      title={t("reviews.title")}
      actions={
        <Button icon="download" onPress={download} isDisabled={exports.job !== undefined}>
          {t("users.export")}
        </Button>
      }
    >
      <PageTabs
        label={t("reviews.title")}
        tabs={[
          { href: "/reviews", name: t("reviews.access") },
          { href: "/reviews/segregation", name: t("reviews.conflicts") },
          { href: "/reviews/dormant", name: t("reviews.dormant") },
        ]}
      />
      <Problem error={exports.error} />
      {children}
    </PageFrame>
  );
}

/** Every page of a list. How far it is, is told after each. */
export async function everyPage<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; next?: string }>, told?: (count: number) => void): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const some = await page(cursor);
    items.push(...some.items);
    told?.(items.length);
    cursor = some.next;
  } while (cursor);
  return items;
}

/** The columns that the lines of each review begin with. */
export function useUserColumns<Row extends { user: Schemas["Person"]; email: string; status: string }>(): Column<Row>[] {
  const { t, name } = useLanguage();
  const sees = may(useMe(), "users:view");
  return [
    { id: "user", name: t("user.name"), heads: true, cell: ({ user }) => (sees ? <Link href={`/users/${user.id}`}>{user.name}</Link> : user.name) },
    { id: "email", name: t("user.email"), long: true, cell: ({ email }) => <Address of={email} /> },
    { id: "kind", name: t("user.kind"), cell: ({ user }) => name("kind", user.kind ?? "") },
    { id: "status", name: t("user.status"), cell: ({ status }) => <Badge tone={status === "active" ? "good" : "neutral"}>{name("status", status)}</Badge> },
  ];
}
