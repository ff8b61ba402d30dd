import { useState } from "react";
import { useAccounts, useCompanies } from "../../api/lists";
import { may, useMe } from "../../api/queries";
import { Link, useSearch } from "../../router";
import { useLanguage } from "../../texts";
import { Button, SearchField } from "../../ui/controls";
import { Badge, Empty, Loaded, PageFrame, Time } from "../../ui/frame";
import { DataTable, type Column } from "../../ui/table";
import { isNew, type Account } from "./parts";
import { CompanyDialog, AccountDialog } from "./open";
import "./accounts.css";

const fields = { q: "text" } as const;
/** From how many accounts on one searches rather than looks. */
const many = 8;

/** The organisation's companies, each with its accounts (1.9). */
export default function Accounts() {
  const { t, locale } = useLanguage();
  const me = useMe();
  const [{ q = "" }, change] = useSearch(fields);
  const [opening, setOpening] = useState<"company" | "account">();
  const companies = useCompanies();
  const accounts = useAccounts();
  const opens = may(me, "platform:manage");
  const sees = may(me, "users:view");
  const columns: Column<Account>[] = [
    {
      id: "name", name: t("accounts.name"), heads: true,
      cell: (account) => (
        <>
          {sees ? <Link href={`/accounts/${account.id}`}>{account.name}</Link> : account.name}
          {isNew(account) && <Badge tone="accent">{t("accounts.new")}</Badge>}
        </>
      ),
    },
    { id: "createdAt", name: t("accounts.opened"), numeric: true, cell: (account) => <Time at={account.createdAt} style="date" /> },
  ];
  const fits = (name: string) => name.toLocaleLowerCase(locale).includes(q.trim().toLocaleLowerCase(locale));
  return (
    <PageFrame
      title={t("accounts.title")}
      actions={
        opens && (
          <>
            <Button icon="plus" onPress={() => setOpening("company")}>
              {t("accounts.createCompany")}
            </Button>
            <Button look="primary" icon="plus" onPress={() => setOpening("account")} isDisabled={!companies.data?.length}>
              {t("accounts.open")}
            </Button>
          </>
        )
      }
    >
      {opening === "company" && <CompanyDialog onClose={() => setOpening(undefined)} />}
      {opening === "account" && companies.data && <AccountDialog companies={companies.data} onClose={() => setOpening(undefined)} />}
      {(accounts.data?.length ?? 0) >= many && (
        <div className="toolbar" role="search">
          <SearchField label={t("accounts.search")} value={q} onChange={(value) => change({ q: value })} />
        </div>
      )}
      <Loaded query={companies}>
        {(companies) => (
          <Loaded query={accounts}>
            {(accounts) => {
              const shown = companies
                .map((company) => ({ company, of: accounts.filter((one) => one.company === company.id && (fits(one.name) || fits(company.name))) }))
                .filter(({ company, of }) => of.length > 0 || fits(company.name));
              if (shown.length === 0) return <Empty title={t(q ? "accounts.noneFound" : "accounts.none")}>{!opens && !q && <p>{t("accounts.noneText")}</p>}</Empty>;
              return (
                <div className="companies">
                  {shown.map(({ company, of }) => (
                    <section key={company.id} aria-labelledby={company.id}>
                      <h2 id={company.id}>
                        {company.name} <span className="faint count">{t("accounts.count", { count: of.length })}</span>
                      </h2>
                      {of.length > 0 && <DataTable label={t("accounts.of", { company: company.name })} columns={columns} rows={of} rowKey={(one) => one.id} />}
                    </section>
                  ))}
                </div>
              );
            }}
          </Loaded>
        )}
      </Loaded>
    </PageFrame>
  );
}
