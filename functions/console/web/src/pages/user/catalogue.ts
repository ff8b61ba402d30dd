import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas, type User } from "../../api/client";
import { useAccounts, useCompanies } from "../../api/lists";
import { may, type Me } from "../../api/queries";
import { nameOf, useLanguage } from "../../texts";

/** What can be given in the organisation. A list that its person may not see is empty. */
export interface Catalogue {
  companies: Schemas["Company"][];
  accounts: Schemas["BankAccount"][];
  roles: Schemas["Role"][];
  permissions: Schemas["Permission"][];
}

const minutes = 60_000;

/** The organisation's companies, accounts, roles and permissions; undefined until all are there, or one is refused. */
export function useCatalogue(me: Me): { data: Catalogue | undefined; error: Error | null; refetch: () => void } {
  const lists = [
    useCompanies(),
    useAccounts(),
    useQuery({ queryKey: ["roles"], queryFn: () => answer(api.GET("/v1/roles")), enabled: me.organisation.settings.roleCount !== "none", staleTime: 5 * minutes }),
    useQuery({ queryKey: ["permissions"], queryFn: () => answer(api.GET("/v1/permissions")), staleTime: 5 * minutes }),
  ] as const;
  const [companies, accounts, roles, permissions] = lists;
  const waiting = lists.some((list) => list.isLoading);
  const error = lists.find((list) => list.error)?.error ?? null;
  return {
    data: waiting || error ? undefined : {
      companies: companies.data ?? [], accounts: accounts.data ?? [], roles: roles.data?.items ?? [], permissions: permissions.data?.items ?? [],
    },
    error,
    refetch: () => lists.forEach((list) => list.isError && void list.refetch()),
  };
}

export const fullName = (name: Schemas["Name"]) => `${name.first} ${name.last ?? ""}`.trim();

/** What the fields of a user that have ids are lists of. */
const listed: Record<string, keyof Catalogue> = { companies: "companies", accounts: "accounts", roles: "roles", formerOwnerRole: "roles", permissions: "permissions" };
/** What the fields that have codes are called by. */
const words: Record<string, string> = { status: "status", kind: "kind", paymentRule: "paymentRule", type: "type" };

/** Says the value of a field as people call it: the API's differences and lists have ids and codes. */
export function useSaid(catalogue: Catalogue | undefined): (field: string, value: string) => string {
  const { t, name, moment } = useLanguage();
  return (field, value) => {
    if (value === "") return "";
    const list = listed[field];
    if (list) {
      const known = new Map((catalogue?.[list] ?? []).map((one) => [one.id, "name" in one ? one.name : one.description]));
      return value.split(", ").map((id) => known.get(id) ?? id).join(", ");
    }
    if (words[field]) return name(words[field], value);
    if (field === "language") return nameOf(value);
    if (value === "true") return t("yes");
    if (value === "false") return t("no");
    if (field === "validUntil") return moment(value);
    return value;
  };
}

/** What a person may do to a user, as far as the console can tell: what is offered. The API decides. */
export function rights(me: Me, user: User) {
  const settings = me.organisation.settings;
  const operator = me.user.kind === "operator";
  const self = me.user.id === user.id;
  const manages = operator || user.kind !== "admin" || settings.adminsManageAdmins;
  const switches = manages && (operator || user.kind !== "api" || settings.adminsManageApi);
  const free = !user.openChange && user.status !== "pending";
  const inactive = user.status === "inactive";
  const leaves = !self && (operator || !user.owner);
  return {
    free,
    edit: may(me, "users:update") && manages && free,
    duplicate: may(me, "users:create") && switches && user.status !== "pending" && user.kind !== "operator",
    deactivate: may(me, "users:deactivate") && switches && leaves && !inactive && user.status !== "pending",
    reactivate: may(me, "users:deactivate") && switches && free && inactive,
    remove: may(me, "users:remove") && settings.removal && switches && leaves && free,
    verification: may(me, "users:update") && user.status === "emailNotVerified",
    passwordReset: may(me, "users:update") && user.kind !== "api" && user.password !== "none" && !inactive,
    setPassword: may(me, "users:update") && settings.setPasswords && operator && user.kind !== "api" && !inactive && user.status !== "pending",
    secondFactor: may(me, "users:update") && manages && free && user.secondFactor,
    owner: operator && may(me, "users:update") && Boolean(me.organisation.owner) && !user.owner && user.kind === "admin" && user.status === "active" && free,
    sessions: may(me, "users:update") && manages,
    credentials: may(me, "users:update") && manages && free,
    secrets: may(me, "users:update") && !operator,
    certificates: may(me, "users:update") && manages && free && (operator || settings.adminsCertificates),
    explain: may(me, "access:evaluate") || self,
    operations: may(me, "operations:view"),
    kyc: may(me, "kyc:view") && settings.onboarding.includes("kycNotVerified") && user.kind === "regular",
    decideKyc: may(me, "kyc:decide") && operator,
  };
}

/** Whether a user calls the API: an API user, or one who may do so besides. */
export const callsApi = (user: User) => user.kind === "api" || user.apiAccess;

/** The kinds of user that a person may make. */
export function kinds(me: Me): Schemas["NewUser"]["kind"][] {
  const settings = me.organisation.settings;
  const operator = me.user.kind === "operator";
  return ["regular", ...(operator || settings.adminsManageAdmins ? (["admin"] as const) : []), ...(operator || settings.adminsManageApi ? (["api"] as const) : [])];
}
