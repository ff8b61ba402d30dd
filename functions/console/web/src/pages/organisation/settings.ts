import type { Schemas } from "../../api/client";
import { languages, type Key } from "../../texts";

export type Settings = Schemas["Settings"];
export type Patch = Schemas["SettingsPatch"];

/** How a setting is read and changed. */
type Kind = { kind: "yesNo" } | { kind: "choice"; options: readonly string[] } | { kind: "number"; unit: Key } | { kind: "many"; options: readonly string[]; words: string };

/** A setting; one without a patch is decided when the organisation is made. */
export type Setting = Kind & { id: keyof Settings; fixed?: boolean };

const yesNo = (id: keyof Settings): Setting => ({ id, kind: "yesNo" });
const choice = (id: keyof Settings, ...options: string[]): Setting => ({ id, kind: "choice", options });

/** What a preset decides, in the parts that people look for it in. */
export const parts: { title: Key; settings: Setting[] }[] = [
  {
    title: "settings.changes",
    settings: [
      choice("changeControl", "none", "step_up", "second_admin"),
      { id: "propagationSeconds", kind: "number", unit: "settings.seconds" },
      { id: "approvalHours", kind: "number", unit: "settings.hours" },
      choice("grantLimit", "any", "own"),
    ],
  },
  {
    title: "settings.signingIn",
    settings: [
      { ...choice("signInName", "email", "username"), fixed: true },
      choice("secondFactor", "required", "optional"),
      choice("phone", "required", "optional"),
      { id: "onboarding", kind: "many", options: ["emailNotVerified", "phoneNotVerified", "kycNotVerified"], words: "stage" },
      yesNo("sharedIdentities"),
      yesNo("setPasswords"),
    ],
  },
  {
    title: "settings.administering",
    settings: [
      choice("roleCount", "none", "exactlyOne", "many"), yesNo("adminsManageAdmins"), yesNo("adminsManageApi"), yesNo("adminsCertificates"), yesNo("removal"), yesNo("contacts"),
      choice("accountsAre", "accounts", "bankAccounts", "merchantProfiles", "wallets"),
      { id: "languages", kind: "many", options: languages, words: "language" },
    ],
  },
  {
    title: "settings.api",
    settings: [choice("secretsShown", "once", "always"), yesNo("apiAccess"), yesNo("apiNamesAccount")],
  },
];

export const all: Setting[] = parts.flatMap((part) => part.settings);

/** Whether two values of a setting are the same; the order of several says nothing. */
export const same = (a: unknown, b: unknown) =>
  Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((one) => b.includes(one)) : a === b;

/** What is to differ, as the API takes it. */
export const patchOf = (before: Settings, after: Settings): Patch =>
  Object.fromEntries(all.filter(({ id, fixed }) => !fixed && !same(before[id], after[id])).map(({ id }) => [id, after[id]]));
