import type { Schemas, User } from "../../api/client";
import type { Me } from "../../api/queries";
import { current } from "../../texts";
import { businessNames } from "../../ui/kyc";
import { fieldOf } from "../../ui/problem";

/** A user as a form has it: every field there, lists as they are chosen, the allow-list as it is typed. */
export interface Draft {
  kind: string;
  first: string;
  last: string;
  email: string;
  username: string;
  phone: string;
  language: string;
  companies: string[];
  accounts: string[];
  roles: string[];
  permissions: string[];
  paymentRule: string | undefined;
  type: string | undefined;
  /** Of a client, as far as whoever creates it knows (1.12). */
  business: Schemas["Business"];
  contact: boolean;
  apiAccess: boolean;
  paymentLinks: boolean;
  ipAllowList: string;
  secondFactorRequired: boolean;
}

/** The fields of each step, as the request's body names them: by them a complaint finds its step. */
export const steps = {
  basics: ["kind", "name.first", "name.last", "email", "username", "phone", "language", "type", ...businessNames, "contact", "secondFactorRequired"],
  accounts: ["companies", "accounts"],
  rights: ["roles", "permissions", "paymentRule", "apiAccess", "paymentLinks", "ipAllowList"],
} as const;

export type Step = keyof typeof steps;
export const stepNames = Object.keys(steps) as Step[];

/** What a step is called: where there are no roles, permissions alone are given. */
export const stepTitle = (step: Step | "review", me: Me) => (step === "rights" && me.organisation.settings.roleCount === "none" ? "user.permissions" : (`newUser.step.${step}` as const));

export const stepOf = (path: string): Step | undefined => stepNames.find((step) => fieldOf(path, steps[step]) !== undefined);

/** The language of its mails, of those that the organisation has: the one that its maker reads, who knows whom they are for. */
const languageOf = ([first = "en", ...others]: readonly string[]) => others.find((one) => one === current.tag) ?? first;

export const newDraft = (me: Me): Draft => ({
  kind: "regular", first: "", last: "", email: "", username: "", phone: "", language: languageOf(me.organisation.settings.languages),
  companies: [], accounts: [], roles: [], permissions: [], paymentRule: undefined,
  type: me.organisation.settings.onboarding.includes("kycNotVerified") ? "enterprise" : undefined,
  business: {}, contact: false, apiAccess: false, paymentLinks: false, ipAllowList: "", secondFactorRequired: false,
});

export const draftOf = (user: User): Draft => ({
  kind: user.kind, first: user.name.first, last: user.name.last ?? "", email: user.email, username: user.username ?? "", phone: user.phone ?? "",
  language: user.language, companies: user.companies, accounts: user.accounts, roles: user.roles, permissions: user.permissions,
  paymentRule: user.paymentRule, type: user.type, business: {}, contact: user.contact, apiAccess: user.apiAccess, paymentLinks: user.paymentLinks,
  ipAllowList: user.ipAllowList.join("\n"), secondFactorRequired: user.secondFactorRequired,
});

const addresses = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

/** What an admin has every account of is not given one by one (1.9). */
export const hasEveryAccount = (draft: Draft) => draft.kind === "admin";

/** The body of createUser: what is empty is left out. */
export function body(draft: Draft): Schemas["NewUser"] {
  const every = hasEveryAccount(draft);
  const made = {
    kind: draft.kind, name: { first: draft.first, last: draft.last || undefined }, email: draft.email, username: draft.username || undefined,
    phone: draft.phone || undefined, language: draft.language, companies: every ? [] : draft.companies, accounts: every ? [] : draft.accounts,
    roles: draft.roles, permissions: draft.permissions, paymentRule: draft.paymentRule, type: draft.kind === "regular" ? draft.type : undefined,
    business: draft.kind === "regular" && Object.values(draft.business).some(Boolean) ? draft.business : undefined,
    contact: draft.contact || undefined, apiAccess: draft.apiAccess || undefined, paymentLinks: draft.paymentLinks || undefined,
    ipAllowList: addresses(draft.ipAllowList), secondFactorRequired: draft.secondFactorRequired || undefined,
  };
  return made as Schemas["NewUser"];
}

/** The body of updateUser: what differs from what there is. */
export function patch(before: Draft, after: Draft): Schemas["UserPatch"] {
  const all = (draft: Draft) => ({
    name: { first: draft.first, last: draft.last }, email: draft.email, username: draft.username, phone: draft.phone, language: draft.language,
    companies: draft.companies, accounts: draft.accounts, roles: draft.roles, permissions: draft.permissions, paymentRule: draft.paymentRule,
    type: draft.type, contact: draft.contact, apiAccess: draft.apiAccess, paymentLinks: draft.paymentLinks, ipAllowList: addresses(draft.ipAllowList),
    secondFactorRequired: draft.secondFactorRequired,
  });
  const sorted = (value: unknown) => JSON.stringify(Array.isArray(value) ? [...value].sort() : value);
  const was = all(before) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(all(after)).filter(([name, value]) => sorted(value) !== sorted(was[name]))) as Schemas["UserPatch"];
}
