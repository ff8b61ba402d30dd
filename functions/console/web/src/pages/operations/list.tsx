import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, answered, api, type Schemas } from "../../api/client";
import { keepPreviousData, may, useMe } from "../../api/queries";
import { Link, useSearch, type Search } from "../../router";
import { useLanguage } from "../../texts";
import { Button, Select, TextField } from "../../ui/controls";
import { dayBegins, dayEnds } from "../../ui/days";
import { nextCursor, useExports } from "../../ui/exports";
import { Badge, Empty, Loaded, PageFrame, Time } from "../../ui/frame";
import { Problem } from "../../ui/problem";
import { CursorPager, DataTable, type Column } from "../../ui/table";
import { acts } from "./acts";
import { EntryDialog } from "./entry";
import { PersonField } from "./person";
import { Verification } from "./verification";
import "./operations.css";

type LogEntry = Schemas["LogEntry"];

/** What the address keeps of the log: its filters, days as the viewer has them. */
const fields = { user: "text", actor: "text", act: acts, outcome: ["done", "refused"], from: "text", to: "text", cursor: "text" } as const;

const asQuery = ({ from, to, ...rest }: Omit<Search<typeof fields>, "cursor">) => ({ ...rest, from: dayBegins(from), to: dayEnds(to) });

/** The organisation's operation log (7.3). */
export default function Operations() {
  const { t, name } = useLanguage();
  const [search, change] = useSearch(fields);
  const [looking, setLooking] = useState<LogEntry>();
  const [verifying, setVerifying] = useState(false);
  const { cursor, ...filter } = search;
  const query = asQuery(filter);
  const list = useQuery({
    queryKey: ["operations", search],
    queryFn: async () => {
      // A page of a filtered log may be empty, and others behind it are not.
      let page = await answer(api.GET("/v1/operations", { params: { query: { ...query, cursor, limit: 50 } } }));
      while (page.items.length === 0 && page.next) page = await answer(api.GET("/v1/operations", { params: { query: { ...query, cursor: page.next, limit: 50 } } }));
      return page;
    },
    placeholderData: keepPreviousData,
  });
  const narrow = (narrower: Search<typeof fields>) => change({ ...narrower, cursor: undefined });
  const exports = useExports();
  const download = () =>
    exports.begin("operations.csv", async (from, signal) => {
      const { body, response } = await answered(api.GET("/v1/operations", { params: { query: { ...query, cursor: from } }, headers: { Accept: "text/csv" }, parseAs: "text", signal }));
      return { text: String(body), next: nextCursor(response) };
    });
  const filtered = Object.keys(filter).length > 0;
  const columns = useColumns(setLooking);
  return (
    <PageFrame
      title={t("operations.title")}
      actions={
        <>
          <Button icon="shield" onPress={() => setVerifying(true)}>
            {t("operations.verify")}
          </Button>
          <Button icon="download" onPress={download} isDisabled={exports.job !== undefined}>
            {t("users.export")}
          </Button>
        </>
      }
    >
      <Problem error={exports.error} />
      <div className="log-filters" role="search">
        <PersonField label={t("operations.actor")} value={search.actor} onChange={(actor) => narrow({ actor })} />
        <PersonField label={t("operations.user")} value={search.user} onChange={(user) => narrow({ user })} />
        <Select
          label={t("operations.act")}
          options={acts.map((id) => ({ id, name: name("act", id) })).sort((a, b) => a.name.localeCompare(b.name))}
          value={search.act}
          onChange={(act) => narrow({ act: acts.find((one) => one === act) })}
          empty={t("filter.any")}
        />
        <Select
          label={t("operations.outcome")}
          options={fields.outcome.map((id) => ({ id, name: name("logged", id) }))}
          value={search.outcome}
          onChange={(outcome) => narrow({ outcome: fields.outcome.find((one) => one === outcome) })}
          empty={t("filter.any")}
        />
        <TextField type="date" label={t("operations.from")} value={search.from ?? ""} onChange={(from) => narrow({ from })} />
        <TextField type="date" label={t("operations.to")} value={search.to ?? ""} onChange={(to) => narrow({ to })} />
      </div>
      <Loaded query={list}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={t("operations.none")}>
              {filtered && (
                <Button look="plain" onPress={() => narrow(Object.fromEntries(Object.keys(fields).map((field) => [field, undefined])))}>
                  {t("users.reset")}
                </Button>
              )}
            </Empty>
          ) : (
            <DataTable label={t("operations.title")} columns={columns} rows={page.items} rowKey={(entry) => entry.id} busy={list.isPlaceholderData} />
          )
        }
      </Loaded>
      <CursorPager cursor={cursor} next={list.data?.next} go={(cursor) => change({ cursor })} />
      {looking && <EntryDialog entry={looking} onClose={() => setLooking(undefined)} />}
      {verifying && <Verification onClose={() => setVerifying(false)} />}
    </PageFrame>
  );
}

/** A person of the log, led to where the reader sees users. */
export function Named({ person }: { person: Schemas["Person"] | undefined }) {
  const { t, name } = useLanguage();
  const me = useMe();
  if (!person) return <span className="faint">{t("operations.nobody")}</span>;
  if (person.kind === "operator") {
    return (
      <>
        {person.name} <Badge>{name("kind", "operator")}</Badge>
      </>
    );
  }
  return person.id.startsWith("usr_") && may(me, "users:view") ? <Link href={`/users/${person.id}`}>{person.name}</Link> : person.name;
}

/** Says what a field of a difference is called: of a user, or a setting of the organisation. */
export function useField(): (code: string) => string {
  const { name } = useLanguage();
  return (code) => {
    const called = name("field", code);
    return called === code ? name("settings", code) : called;
  };
}

function useColumns(look: (entry: LogEntry) => void): Column<LogEntry>[] {
  const { t, name } = useLanguage();
  const field = useField();
  return [
    { id: "at", name: t("profile.when"), heads: true, cell: (entry) => <Time at={entry.at} /> },
    { id: "actor", name: t("operations.actor"), cell: (entry) => <Named person={entry.actor} /> },
    {
      id: "act", name: t("operations.act"),
      cell: (entry) => (
        <span className="log-act">
          <span>
            {name("act", entry.act)} {entry.outcome === "refused" && <Badge tone="bad">{name("logged", entry.outcome)}</Badge>}
          </span>
          {entry.diff.length > 0 && <span className="faint">{entry.diff.map((one) => field(one.field)).join(", ")}</span>}
          {entry.diff.length === 0 && entry.policy && <span className="faint">{entry.policy}</span>}
        </span>
      ),
    },
    { id: "user", name: t("operations.user"), cell: (entry) => entry.user && <Named person={entry.user} /> },
    {
      id: "from", name: t("profile.from"),
      cell: (entry) =>
        (entry.place || entry.address) && (
          <span className="log-act">
            {entry.place && <span>{entry.place}</span>}
            {entry.address && <span className={entry.place ? "faint" : undefined}>{entry.address}</span>}
          </span>
        ),
    },
    {
      id: "more", name: t("operations.details"), hidden: true, numeric: true,
      cell: (entry) => (
        <Button look="quiet" onPress={() => look(entry)}>
          {t("operations.details")}
        </Button>
      ),
    },
  ];
}
