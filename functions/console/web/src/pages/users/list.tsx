import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { answer, answered, api, part, type User } from "../../api/client";
import { keepPreviousData, may, polling, useMe, type Me } from "../../api/queries";
import { Link, useSearch, type Search } from "../../router";
import { useLanguage } from "../../texts";
import { Button, TypedSearch } from "../../ui/controls";
import { dayBegins, dayEnds } from "../../ui/days";
import { nextCursor, useExports } from "../../ui/exports";
import { Badge, Empty, Loaded, PageFrame, Time } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { Problem } from "../../ui/problem";
import { Address, CursorPager, DataTable, type Column } from "../../ui/table";
import { fullName, rights } from "../user/catalogue";
import type { Acted } from "../user/acting";
import { Acts } from "./acts";
import { Filters } from "./filters";
import "./users.css";

const Acting = lazy(part(() => import("../user/acting")));

const yesNo = ["true", "false"] as const;
export const sorts = ["createdAt", "-createdAt", "name", "email"] as const;

/** What the address keeps of the list: the filters of 7.1 as the API names them. */
export const fields = {
  q: "text", id: "text", email: "text", firstName: "text", lastName: "text", role: "text", company: "text", account: "text",
  kind: ["regular", "admin", "api", "operator"],
  status: ["pending", "emailNotVerified", "phoneNotVerified", "kycNotVerified", "active", "inactive"],
  type: ["enterprise", "merchant"],
  staff: yesNo, companyUser: yesNo, secondFactor: yesNo, pending: yesNo, contact: yesNo,
  createdFrom: "text", createdTo: "text",
  sort: sorts, cursor: "text",
} as const;

export type UserSearch = Search<typeof fields>;

/** The organisation's users (7.1). */
export default function Users() {
  const { t } = useLanguage();
  const me = useMe();
  const [search, change] = useSearch(fields);
  const [filtering, setFiltering] = useState(false);
  const [acted, act] = useState<Acted>();
  const { cursor, ...filter } = search;
  const query = { ...filter, createdFrom: dayBegins(filter.createdFrom), createdTo: dayEnds(filter.createdTo) };
  const list = useQuery({
    queryKey: ["users", search],
    queryFn: async () => {
      // A page of a filtered list may be empty, and others behind it are not.
      let page = await answer(api.GET("/v1/users", { params: { query: { ...query, cursor, limit: 50 } } }));
      while (page.items.length === 0 && page.next) page = await answer(api.GET("/v1/users", { params: { query: { ...query, cursor: page.next, limit: 50 } } }));
      return page;
    },
    placeholderData: keepPreviousData,
    refetchInterval: polling((page) => page.items.some((user) => user.openChange)),
  });
  const roles = useQuery({
    queryKey: ["roles"],
    queryFn: () => answer(api.GET("/v1/roles")),
    enabled: me.organisation.settings.roleCount !== "none",
    staleTime: 5 * 60_000,
  });
  const columns = useColumns(me, new Map(roles.data?.items.map((role) => [role.id, role.name])), act);
  const narrow = (narrower: UserSearch) => change({ ...narrower, cursor: undefined });
  const active = Object.keys(filter).filter((name) => name !== "q" && name !== "sort").length;
  const exports = useExports();
  const download = () =>
    exports.begin("users.csv", async (from, signal) => {
      const { body, response } = await answered(api.GET("/v1/users.csv", { params: { query: { ...query, cursor: from } }, parseAs: "text", signal }));
      return { text: String(body), next: nextCursor(response) };
    });
  return (
    <PageFrame
      title={t("users.title")}
      actions={
        <>
          <Button icon="download" onPress={download} isDisabled={exports.job !== undefined}>
            {t("users.export")}
          </Button>
          {may(me, "users:create") && (
            <Link href="/users/new" className="button primary">
              <Icon name="plus" />
              {t("users.new")}
            </Link>
          )}
        </>
      }
    >
      <Problem error={exports.error} />
      <div className="toolbar" role="search">
        <TypedSearch label={t("users.search")} value={search.q ?? ""} onChange={(q) => narrow({ q })} />
        <Button icon="filter" onPress={() => setFiltering(!filtering)} aria-expanded={filtering} aria-controls="filters">
          {t("users.filters", { count: active })}
        </Button>
        {active > 0 && (
          <Button look="quiet" onPress={() => narrow(Object.fromEntries(Object.keys(fields).map((name) => [name, undefined])))}>
            {t("users.reset")}
          </Button>
        )}
      </div>
      <div id="filters" hidden={!filtering}>
        {filtering && <Filters search={search} narrow={narrow} me={me} roles={roles.data?.items ?? []} />}
      </div>
      <Loaded query={list}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={t("users.none")}>{(active > 0 || search.q) && <p>{t("users.noneFiltered")}</p>}</Empty>
          ) : (
            <DataTable
              label={t("users.title")}
              columns={columns}
              rows={page.items}
              rowKey={(user) => user.id}
              sort={search.sort ?? "createdAt"}
              sorts={sorts}
              onSort={(sort) => narrow({ sort: sorts.find((one) => one === sort) })}
              busy={list.isPlaceholderData}
            />
          )
        }
      </Loaded>
      <CursorPager cursor={cursor} next={list.data?.next} go={(cursor) => change({ cursor })} />
      {acted && (
        <Suspense>
          <Acting {...acted} me={me} onClose={() => act(undefined)} />
        </Suspense>
      )}
    </PageFrame>
  );
}

/** How many roles a row names before it counts the others. */
const named = 3;

function Roles({ names }: { names: string[] }) {
  const { t } = useLanguage();
  if (names.length <= named) return names.join(", ");
  return <span title={names.join(", ")}>{t("users.roles", { roles: names.slice(0, named - 1).join(", "), more: names.length - named + 1 })}</span>;
}

const tones = { active: "good", inactive: "neutral" } as const;

/** The columns that the organisation's users have something to say in. */
function useColumns(me: Me, roles: Map<string, string>, act: (what: Acted) => void): Column<User>[] {
  const { t, name } = useLanguage();
  const settings = me.organisation.settings;
  const columns: (Column<User> | false)[] = [
    {
      id: "name", name: t("user.name"), sort: "name", heads: true,
      cell: (user) => (
        <>
          <Link href={`/users/${user.id}`}>{fullName(user.name)}</Link>
          {user.owner && <Badge tone="accent">{t("user.owner")}</Badge>}
          {settings.contacts && user.contact && (
            <span className="mark" role="img" aria-label={t("user.contact")} title={t("user.contact")}>
              <Icon name="contacts" size={16} />
            </span>
          )}
          <small>{[name("kind", user.kind), user.username].filter(Boolean).join(" · ")}</small>
        </>
      ),
    },
    {
      id: "email", name: t("user.email"), sort: "email", long: true,
      cell: (user) => (
        <>
          <Address of={user.email} />
          {user.emailProblem && <Badge tone="bad">{name("emailProblem", user.emailProblem.kind)}</Badge>}
          {rights(me, user).verification && (
            <Button look="quiet" onPress={() => act({ id: user.id, action: "verification" })}>
              {t("userAct.verification")}
            </Button>
          )}
        </>
      ),
    },
    settings.roleCount !== "none" && {
      id: "roles", name: t("user.roles"),
      cell: (user) => (
        <>
          <Roles names={user.roles.flatMap((role) => roles.get(role) ?? [])} />
          {user.type && <small>{name("type", user.type)}</small>}
        </>
      ),
    },
    {
      id: "status", name: t("user.status"),
      cell: (user) => (
        <>
          <Badge tone={tones[user.status as keyof typeof tones] ?? "warn"}>{name("status", user.status)}</Badge>
          {user.openChange && (
            <Link href={`/changes/${user.openChange}`} className="mark" aria-label={t("user.pending")} title={t("user.pending")}>
              <Icon name="pending" size={16} />
            </Link>
          )}
        </>
      ),
    },
    {
      id: "secondFactor", name: t("user.secondFactorShort"),
      cell: (user) =>
        user.secondFactor ? (
          <span className="mark good" role="img" aria-label={t("user.secondFactorOn")} title={t("user.secondFactorOn")}>
            <Icon name="shield" />
          </span>
        ) : (
          user.kind !== "api" && <span className="faint">{t("user.secondFactorOff")}</span>
        ),
    },
    { id: "createdAt", name: t("user.createdAt"), sort: "createdAt", numeric: true, cell: (user) => <Time at={user.createdAt} style="date" /> },
    { id: "lastSignInAt", name: t("user.lastSignInAt"), numeric: true, cell: (user) => (user.lastSignInAt ? <Time at={user.lastSignInAt} style="date" /> : <span className="faint">{t("user.never")}</span>) },
    { id: "acts", name: t("userAct.more"), hidden: true, acts: true, cell: (user) => <Acts user={user} me={me} act={(action) => act({ id: user.id, action })} /> },
  ];
  return columns.filter((column) => column !== false);
}
