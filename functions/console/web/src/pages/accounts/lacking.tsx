import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ProgressBar } from "react-aria-components";
import { answer, api, type User } from "../../api/client";
import { useWrite } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Button, Checkbox, SearchField, Select } from "../../ui/controls";
import { ConfirmDialog } from "../../ui/dialog";
import { Empty, useTell } from "../../ui/frame";
import { DataTable, type Column } from "../../ui/table";
import { Outlook } from "../changes/outlook";
import { fullName, useOutcome, type Change } from "../changes/parts";
import type { Account } from "./parts";

/** How many users one assignment takes: more become several changes, one after another. */
const atMost = 80;

/** Whom an assignment takes: a user has one open change at a time (3.5), and exists. */
const takes = (user: User) => !user.openChange && user.status !== "pending";

/** Those who lack an account, chosen and given it: as many as one likes in one act (1.9). */
export function Lacking({ account, users, columns }: { account: Account; users: User[]; columns: Column<User>[] }) {
  const { t, name, locale } = useLanguage();
  const [q, setQ] = useState("");
  const [kind, setKind] = useState<string>();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState(false);
  const typed = q.trim().toLocaleLowerCase(locale);
  const shown = users.filter((user) => (!kind || user.kind === kind) && `${fullName(user)}\n${user.email}`.toLocaleLowerCase(locale).includes(typed));
  const open = shown.filter(takes);
  const selected = users.filter((user) => takes(user) && chosen.has(user.id));
  const every = open.length > 0 && open.every((user) => chosen.has(user.id));
  const choose = (some: User[], on: boolean) => {
    const next = new Set(chosen);
    for (const user of some) on ? next.add(user.id) : next.delete(user.id);
    setChosen(next);
  };
  const select: Column<User> = {
    id: "select", name: t("accounts.choose"), hidden: true,
    cell: (user) => (
      <Checkbox isSelected={chosen.has(user.id) && takes(user)} isDisabled={!takes(user)} onChange={(on) => choose([user], on)}>
        <span className="only-heard">{t("accounts.chooseOne", { name: fullName(user) })}</span>
      </Checkbox>
    ),
  };
  const kinds = [...new Set(users.map((user) => user.kind))];
  return (
    <>
      <p className="lead">{t("accounts.lackText")}</p>
      <div className="toolbar" role="search">
        <SearchField label={t("users.search")} value={q} onChange={setQ} />
        {kinds.length > 1 && (
          <div className="kind">
            <Select label={t("user.kind")} options={kinds.map((id) => ({ id, name: name("kind", id) }))} value={kind} onChange={setKind} empty={t("filter.any")} />
          </div>
        )}
      </div>
      <div className="choosing">
        <Checkbox isSelected={every} isDisabled={open.length === 0} onChange={(on) => choose(open, on)}>
          {t("accounts.chooseAll", { count: open.length })}
        </Checkbox>
        <span className="spacer" />
        <span role="status">{t("accounts.chosen", { count: selected.length })}</span>
        <Button look="primary" isDisabled={selected.length === 0} onPress={() => setAsking(true)}>
          {t("accounts.assign")}
        </Button>
      </div>
      {shown.length === 0 ? (
        <Empty title={t("users.noneFiltered")} />
      ) : (
        <DataTable label={t("accounts.lacks")} columns={[select, ...columns]} rows={shown} rowKey={(user) => user.id} />
      )}
      {asking && (
        <Assign
          account={account}
          users={selected}
          onDone={() => setChosen(new Set())}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** Says what the assignment would do, and does it; with many it goes on in parts, also where its page is left. */
function Assign({ account, users, onDone, onClose }: { account: Account; users: User[]; onDone: () => void; onClose: () => void }) {
  const { t } = useLanguage();
  const tell = useTell();
  const outcome = useOutcome();
  // What is assigned is what was chosen when the dialog opened: the list behind it moves on.
  const [ids] = useState(() => users.map((user) => user.id));
  const [done, setDone] = useState(0);
  const parts = Math.ceil(ids.length / atMost);
  const path = { accountId: account.id };
  const preview = useQuery({
    queryKey: ["once", "assign", account.id, ids],
    queryFn: () => answer(api.POST("/v1/accounts/{accountId}/assignments", { body: { users: ids.slice(0, atMost) }, params: { path, query: { preview: "true" } } })),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const assign = useWrite(
    async (_: undefined, key) => {
      const changes: (Change | undefined)[] = [];
      for (let from = done; from < ids.length; from += atMost) {
        const body = { users: ids.slice(from, from + atMost) };
        const { change } = await answer(api.POST("/v1/accounts/{accountId}/assignments", { body, params: { path, header: { "Idempotency-Key": `${key}-${from}` } } }));
        changes.push(change);
        setDone(from + body.users.length);
      }
      return changes;
    },
    {
      onSuccess(changes) {
        onDone();
        onClose();
        const said = t("accounts.assigned", { account: account.name, count: ids.length });
        if (changes.length === 1) outcome(changes[0], said);
        else tell(changes.some(Boolean) ? t("accounts.assignedParts", { count: ids.length, changes: changes.length }) : said);
      },
    },
  );
  return (
    <ConfirmDialog
      title={t("accounts.assignTitle", { account: account.name })}
      act={t("accounts.assign")}
      open
      onClose={onClose}
      onConfirm={() => assign.mutate(undefined)}
      pending={assign.isPending || preview.isPending}
      error={assign.error ?? preview.error}
    >
      <p>{t("accounts.assignText", { count: ids.length })}</p>
      {parts > 1 && <p>{t("accounts.inParts", { parts, atMost })}</p>}
      {preview.data?.preview && <Outlook outlook={preview.data.preview} diff={false} />}
      {assign.isPending && parts > 1 && (
        <>
          <ProgressBar aria-label={t("accounts.assign")} value={done} maxValue={ids.length} className="progress">
            {({ percentage }) => <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width={percentage} height="4" /></svg>}
          </ProgressBar>
          <p role="status">{t("accounts.progress", { done, count: ids.length })}</p>
        </>
      )}
    </ConfirmDialog>
  );
}
