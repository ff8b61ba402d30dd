import type { Schemas } from "../../api/client";

export type Account = Schemas["BankAccount"];
export type Company = Schemas["Company"];

/** How long an account counts as newly opened: its users have to be given it by hand (1.9). */
const fresh = 30 * 24 * 3_600_000;

export const isNew = (account: Account) => Date.now() - Date.parse(account.createdAt) < fresh;
