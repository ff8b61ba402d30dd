import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type User } from "../../api/client";
import { all, useAccounts, useCompanies } from "../../api/lists";
import { may, polling, useMe } from "../../api/queries";
import { Link, useParams, useSearch } from "../../router";
import { useLanguage } from "../../texts";
import { Chips } from "../../ui/chips";
import { Badge, Empty, Loaded, Loading, PageFrame, Time } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { Address, DataTable, type Column } from "../../ui/table";
import { fullName } from "../changes/parts";
import { Lacking } from "./lacking";
import { isNew, type Account } from "./parts";
import "./accounts.css";

const shows = ["lacking"] as const;
const fields = { show: shows } as const;

/** One account: who has it, and who lacks it and can be given it (1.9). */
export default function AccountPage() {
  const { t } = useLanguage();
  const { id = "" } = useParams();
  const accounts = useAccounts();
  const companies = useCompanies();
  const account = accounts.data?.find((one) => one.id === id);
  const company = companies.data?.find((one) => one.id === account?.company);
  return (
    <PageFrame title={account?.name ?? t("accounts.one")} trail={[{ href: "/accounts", name: t("accounts.title") }]}>
      <Loaded query={accounts}>
        {() =>
          account ? (
            <>
              <p className="account-facts">
                {company && <span>{company.name}</span>}
                <span>
                  {t("accounts.opened")} <Time at={account.createdAt} style="date" />
                </span>
                {isNew(account) && <Badge tone="accent">{t("accounts.new")}</Badge>}
                <code className="faint">{account.id}</code>
              </p>
              <People account={account} />
            </>
          ) : (
            <Empty title={t("accounts.unknown")}>
              <Link href="/accounts">{t("accounts.toAll")}</Link>
            </Empty>
          )
        }
      </Loaded>
    </PageFrame>
  );
}

function People({ account }: { account: Account }) {
  const { t } = useLanguage();
  const me = useMe();
  const [{ show }] = useSearch(fields);
  const [count, setCount] = useState(0);
  const lacking = show === "lacking";
  const users = useQuery({
    queryKey: ["accounts", account.id, lacking],
    queryFn: ({ signal }) => {
      setCount(0);
      return all<User>(
        (cursor) => answer(api.GET("/v1/accounts/{accountId}/users", { params: { path: { accountId: account.id }, query: { lacking: lacking ? "true" : undefined, limit: 200, cursor } }, signal })),
        setCount,
      );
    },
    refetchInterval: polling((all: User[]) => all.length < 400 && all.some((user) => user.openChange)),
  });
  const columns = useUserColumns();
  return (
    <>
      <Chips
        label={t("accounts.who")}
        field="show"
        value={show}
        choices={[
          { id: undefined, name: t("accounts.has") },
          { id: "lacking", name: t("accounts.lacks") },
        ]}
      />
      {users.data === undefined && !users.error && (
        <>
          <Loading />
          {count > 0 && (
            <p className="faint" role="status">
              {t("accounts.soFar", { count })}
            </p>
          )}
        </>
      )}
      {(users.data || users.error) && (
        <Loaded query={users}>
          {(users) => {
            if (users.length === 0) return <Empty title={t(lacking ? "accounts.nobodyLacks" : "accounts.nobodyHas")}>{lacking && <p>{t("accounts.nobodyLacksText")}</p>}</Empty>;
            if (lacking && may(me, "users:update")) return <Lacking key={account.id} account={account} users={users} columns={columns} />;
            return (
              <>
                <p className="lead">{t(lacking ? "accounts.lackText" : "accounts.haveText")}</p>
                <DataTable label={t(lacking ? "accounts.lacks" : "accounts.has")} columns={columns} rows={users} rowKey={(user) => user.id} />
              </>
            );
          }}
        </Loaded>
      )}
    </>
  );
}

function useUserColumns(): Column<User>[] {
  const { t, name } = useLanguage();
  return [
    { id: "name", name: t("user.name"), heads: true, cell: (user) => <Link href={`/users/${user.id}`}>{fullName(user)}</Link> },
    { id: "email", name: t("user.email"), long: true, cell: (user) => <Address of={user.email} /> },
    { id: "kind", name: t("user.kind"), cell: (user) => name("kind", user.kind) },
    {
      id: "status", name: t("user.status"),
      cell: (user) => (
        <>
          <Badge tone={user.status === "active" ? "good" : user.status === "inactive" ? "neutral" : "warn"}>{name("status", user.status)}</Badge>
          {user.openChange && (
            <Link href={`/changes/${user.openChange}`} className="mark" aria-label={t("user.pending")} title={t("user.pending")}>
              <Icon name="pending" size={16} />
            </Link>
          )}
        </>
      ),
    },
  ];
}
