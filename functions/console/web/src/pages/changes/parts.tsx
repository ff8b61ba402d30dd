import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas, type User } from "../../api/client";
import { all } from "../../api/lists";
import { may, useMe, type Me } from "../../api/queries";
import { useLocation } from "../../router";
import { useLanguage } from "../../texts";
import { Badge, useTell } from "../../ui/frame";

export type Change = Schemas["Change"];

/** Until when something may still come of a change. */
export const isOpen = (change: Change) => change.state === "awaitingStepUp" || change.state === "awaitingApproval" || change.state === "propagating";
export const waits = (change: Change) => change.state === "awaitingStepUp" || change.state === "awaitingApproval";

const tones = {
  awaitingStepUp: "warn", awaitingApproval: "warn", propagating: "accent", effective: "good", rejected: "bad", failed: "bad", cancelled: "neutral", expired: "neutral",
} as const;

export function StateBadge({ state }: { state: Change["state"] }) {
  const { name } = useLanguage();
  return <Badge tone={tones[state]}>{name("changes.state", state)}</Badge>;
}

/** Whether the person decides about a change: another admin of the organisation, whom it is not about (3.4). */
export const decides = (me: Me, change: Change) =>
  change.state === "awaitingApproval" &&
  may(me, "changes:approve") &&
  (me.user.kind === "admin" || me.user.kind === "operator") &&
  me.user.organisation === change.organisation &&
  me.user.id !== change.requester.id &&
  me.user.id !== change.target.id;

/** Who else can decide about a change that waits for it. */
export function useApprovers(change: Change) {
  const me = useMe();
  const admins = useQuery({
    queryKey: ["users", "approvers"],
    queryFn: () => all<User>((cursor) => answer(api.GET("/v1/users", { params: { query: { kind: "admin", status: "active", limit: 200, cursor } } }))),
    enabled: change.state === "awaitingApproval" && may(me, "users:view"),
    staleTime: 60_000,
  });
  return admins.data?.filter((admin) => admin.id !== change.requester.id && admin.id !== change.target.id);
}

export const fullName = (user: { name: { first: string; last?: string } }) => `${user.name.first} ${user.name.last ?? ""}`.trim();

/** How long ago something was, in the largest unit that fits. */
export function Ago({ at }: { at: string }) {
  const { t, locale, moment } = useLanguage();
  const seconds = (Date.parse(at) - Date.now()) / 1000;
  const [unit, size]: ["day" | "hour" | "minute", number] = seconds <= -172_800 ? ["day", 86_400] : seconds <= -7200 ? ["hour", 3600] : ["minute", 60];
  return (
    <time dateTime={at} title={moment(at)}>
      {seconds > -60 ? t("justNow") : new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit)}
    </time>
  );
}

/** After a write: says that it is done or, where it waits, leads to the change that it became. */
export function useOutcome(): (change: Change | undefined, done: string) => void {
  const tell = useTell();
  const { t } = useLanguage();
  const [, navigate] = useLocation();
  return (change, done) => {
    if (!change || change.state === "effective") return tell(done);
    tell(t(change.state === "awaitingStepUp" ? "changes.askedStepUp" : change.state === "awaitingApproval" ? "changes.askedApproval" : "changes.askedLater"));
    navigate(`/changes/${change.id}`);
  };
}
