import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";
import { may, queries, useMe } from "./queries";

/** Every page of a list, one after another. `told` hears how many items there are so far. */
export async function all<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; next?: string }>, told?: (count: number) => void): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const { items: more, next } = await page(cursor);
    items.push(...more);
    told?.(items.length);
    cursor = next;
  } while (cursor);
  return items;
}

/** The API lists by id, which says nothing to people. */
const byName = <T extends { name: string }>(items: T[]) => items.sort((a, b) => a.name.localeCompare(b.name));

const limit = 200;
const rarely = 60_000;

/** The organisation's companies, in full. Nobody asks for them who may not see them. */
export const useCompanies = () =>
  useQuery({
    queryKey: ["companies", "all"],
    queryFn: async () => byName(await all((cursor) => answer(api.GET("/v1/companies", { params: { query: { limit, cursor } } })))),
    enabled: may(useMe(), "organisation:view"),
    staleTime: rarely,
  });

/** The organisation's accounts, in full. */
export const useAccounts = () =>
  useQuery({
    queryKey: ["accounts", "all"],
    queryFn: async () => byName(await all((cursor) => answer(api.GET("/v1/accounts", { params: { query: { limit, cursor } } })))),
    enabled: may(useMe(), "organisation:view"),
    staleTime: rarely,
  });

/** The roles that users of the organisation may have. */
export const useRoles = () =>
  useQuery({
    queryKey: ["roles", "all"],
    queryFn: async () => (await answer(api.GET("/v1/roles"))).items,
    enabled: may(useMe(), "users:view"),
    staleTime: rarely,
  });

/** Has a role stand in the list as a write answered it: whoever acts on it at once acts on that version, or finds it at all. */
export const knowRole = (role: Schemas["Role"]) =>
  queries.setQueryData<Schemas["Role"][]>(["roles", "all"], (roles) => roles && [...roles.filter((one) => one.id !== role.id), role]);

/** The permissions that users of the organisation may have. */
export const usePermissions = () =>
  useQuery({
    queryKey: ["permissions", "all"],
    queryFn: async () => (await answer(api.GET("/v1/permissions"))).items,
    enabled: may(useMe(), "users:view"),
    staleTime: rarely,
  });

/** What the ids of an account, a company, a role or a permission stand for; the id itself where it is not known, or not to be seen. */
export function useNames(): (id: string) => string {
  const names = new Map([useAccounts(), useCompanies(), useRoles()].flatMap((list) => (list.data ?? []).map((one) => [one.id, one.name] as const)));
  for (const { id, description } of usePermissions().data ?? []) names.set(id, description);
  return (id) => names.get(id) ?? id;
}
