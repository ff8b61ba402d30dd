import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas, type User } from "../../api/client";
import { all, usePermissions } from "../../api/lists";
import { Link } from "../../router";
import { useLanguage } from "../../texts";
import { Badge } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { fullName } from "../changes/parts";

export type Role = Schemas["Role"];
export type Scope = "all" | "own";
export type Permissions = Record<string, string>;

/** Permissions by their resource, as the catalogue has them in order; then those that it does not tell of. */
export function useGroups(roles: Role[]): { resource: string; permissions: { id: string; description: string }[] }[] {
  const catalogue = usePermissions();
  const known = catalogue.data ?? [];
  const ids = new Set(known.map((one) => one.id));
  const others = [...new Set(roles.flatMap((role) => Object.keys(role.permissions)))].filter((id) => !ids.has(id)).sort();
  const groups = new Map<string, { id: string; description: string }[]>();
  for (const permission of [...known, ...others.map((id) => ({ id, description: "" }))]) {
    const resource = permission.id.slice(0, permission.id.indexOf(":"));
    groups.set(resource, [...(groups.get(resource) ?? []), permission]);
  }
  return [...groups].map(([resource, permissions]) => ({ resource, permissions }));
}

/** Whether a role has a permission, and on what: a sign and a word, not a colour. */
export function ScopeMark({ scope }: { scope: string | undefined }) {
  const { t } = useLanguage();
  if (scope === "all") {
    return (
      <span className="scope all" role="img" aria-label={t("roles.scope.all")} title={t("roles.scope.all")}>
        <Icon name="changes" size={16} />
      </span>
    );
  }
  if (scope === "own") return <span className="scope own">{t("roles.ownShort")}</span>;
  return <span className="only-heard">{t("roles.scope.none")}</span>;
}

/** What sets a role apart in lists. */
export function RoleMarks({ role }: { role: Role }) {
  const { t } = useLanguage();
  return (
    <>
      {role.own && <Badge tone="accent">{t("roles.ownRole")}</Badge>}
      {role.openChange && (
        <Link href={`/changes/${role.openChange}`} className="mark" aria-label={t("user.pending")} title={t("user.pending")}>
          <Icon name="pending" size={16} />
        </Link>
      )}
    </>
  );
}

/** The users who have a role. */
export const useHolders = (role: string) =>
  useQuery({
    queryKey: ["users", "of role", role],
    queryFn: () => all<User>((cursor) => answer(api.GET("/v1/users", { params: { query: { role, limit: 200, cursor } } }))),
  });

/** How many are named before the rest is counted. */
const named = 12;

export function Holders({ users }: { users: User[] }) {
  const { t } = useLanguage();
  return (
    <ul className="holders">
      {users.slice(0, named).map((user) => (
        <li key={user.id}>
          <Link href={`/users/${user.id}`}>{fullName(user)}</Link>
        </li>
      ))}
      {users.length > named && <li className="faint">{t("roles.more", { count: users.length - named })}</li>}
    </ul>
  );
}
