// What people do on the pages, in whichever language they read them: the stories are told in these words.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { as, code, look, lookAll, mail, open, site } from "./harness.mjs";
import { test } from "./schedule.mjs";

const texts = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const catalogues = { en: texts("../src/texts/en.json"), fr: texts("../src/texts/fr.json") };
/** What the API says, by what it says in English. */
const words = texts("../../../../shared/words/texts/fr.json");

/**
 * One of the five systems' stories, told twice: each step of it is taken in both languages. The pages that it passes are looked
 * at when it is told first, in the languages given; then those who administer and those who are administered change theirs.
 */
export function story(title, holds, [staff, user], tell) {
  test(title, holds, (t) => tell(t, { staff, user, look, lookAll }));
  const passBy = { look: async () => {}, lookAll: (_, __, { window, path, see }) => window.goto(path).then(() => see(window)) };
  test(`${title} (languages exchanged)`, holds, (t) => tell(t, { staff: user, user: staff, ...passBy }));
}

let people = 0;
/** A person whom no other test knows. */
export function person(first) {
  const number = String(Date.now()).slice(-5) + String(people++).padStart(2, "0");
  const email = `${first.toLowerCase()}.${number}@example.com`;
  return { first, last: `Test ${number}`, name: `${first} Test ${number}`, email, identifier: email, username: `${first.toLowerCase()}${number}`, phone: `+45 2${number}` };
}

/** Whom a link, a sign-in and the demo's people have. */
export const password = "a quiet harbour at dawn";

/** A window, read in a language by who does something there. */
export class Reader {
  static async at(t, { language = "en", ...options } = {}) {
    return new Reader(await open(t, { language, ...options }), language);
  }
  constructor(page, language) {
    Object.assign(this, { page, language });
  }
  /** What the console says for a key. */
  say(key, values = {}) {
    return catalogues[this.language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }
  /** What the console says for a key, whatever the organisation calls its accounts. */
  wordings(key) {
    return Object.entries(catalogues[this.language]).flatMap(([name, text]) => (name.split("@")[0] === key ? text : []));
  }
  /** What the API says in English, in the reader's language. */
  hears(text) {
    return this.sees(this.language === "en" ? text : words.texts[text]);
  }
  get dialog() {
    return this.page.getByRole("dialog");
  }
  get rows() {
    return this.page.getByRole("table").locator("tbody tr");
  }
  goto(path) {
    return this.page.goto(path);
  }
  sees(text) {
    return this.page.getByText(text).first().waitFor();
  }
  reads(key, values) {
    return this.sees(this.say(key, values));
  }
  heading(key, values) {
    return this.page.getByRole("heading", { name: this.say(key, values), exact: true }).waitFor();
  }
  /** What is announced. */
  told(key, values) {
    return this.page.getByRole("status").getByText(this.say(key, values)).first().waitFor();
  }
  press(key, where = this.page, values) {
    return where.getByRole("button", { name: this.say(key, values), exact: true }).click();
  }
  follow(key) {
    return this.page.getByRole("link", { name: this.say(key), exact: true }).click();
  }
  fill(key, text, where = this.page) {
    return where.getByLabel(this.say(key), { exact: true }).fill(text);
  }
  /** Ticks a box or a choice by its words, as one who looks does. */
  tick(text) {
    return this.page.locator("label.choice, label.checkbox").filter({ hasText: text }).first().click();
  }
  /** Chooses from a list by the words on its button. */
  async choose(label, option) {
    await this.page.getByRole("button", { name: new RegExp(`${this.say(label)}$`) }).click();
    await this.page.getByRole("option", { name: option, exact: true }).click();
  }
  /** Goes on with the keyboard until the focus is on what begins with these words. */
  async reaches(words) {
    const said = [];
    for (let i = 0; i < 60; i++) {
      await this.page.keyboard.press("Tab");
      said.push(await this.page.evaluate(() => (document.activeElement.closest("label") ?? document.activeElement).textContent));
      if (said.at(-1).startsWith(words)) return;
    }
    assert.fail(`nothing called ${words}, but ${said}`);
  }
  async act(key) {
    await this.press("userAct.more");
    await this.page.getByRole("menuitem", { name: this.say(key), exact: true }).click();
    await this.dialog.waitFor();
  }
  async tab(key) {
    const tab = this.page.getByRole("navigation", { name: this.say("details.tabs") }).getByRole("link", { name: this.say(key), exact: true });
    await tab.click();
    await tab.and(this.page.locator("[aria-current=page]")).waitFor();
  }

  /** From the list of users into the steps of a new one, and through the first. */
  async begins(who, { username, phone = true } = {}) {
    await this.goto("/users");
    await this.follow("users.new");
    await this.heading("newUser.step.basics");
    await this.basics(who, { username, phone });
  }
  async basics(who, { username, phone = true } = {}) {
    await this.fill("user.firstName", who.first);
    await this.fill("user.lastName", who.last);
    await this.fill("user.email", who.email);
    if (username) await this.fill("user.username", who.username);
    if (phone) await this.fill("user.phone", who.phone);
    await this.press("newUser.next");
    await this.page.getByRole("heading", { name: new RegExp(`^(${this.wordings("newUser.step.accounts").join("|")})$`) }).waitFor();
  }
  /** Chooses companies and rights by their names, on to the review. */
  async given(companies, rights) {
    for (const company of companies) await this.tick(company);
    await this.press("newUser.next");
    await this.page.getByRole("heading", { name: new RegExp(`^(${this.say("newUser.step.rights")}|${this.say("user.permissions")})$`) }).waitFor();
    for (const right of rights) await this.tick(right);
    await this.press("newUser.next");
    await this.heading("newUser.step.review");
  }
  /** Creates what was reviewed, where that takes effect at once, and goes to its page; answers its path. */
  async creates() {
    await this.press("newUser.create");
    await this.told("newUser.done");
    await this.press("outcome.close");
    return this.onUser();
  }
  async onUser() {
    await this.page.getByRole("navigation", { name: this.say("details.tabs") }).waitFor();
    return new URL(this.page.url()).pathname;
  }
  /** Says yes in the dialog of an act on a user, and sees what came of it. */
  async confirms(act, done) {
    await this.press(act, this.dialog);
    await this.dialog.getByText(this.say(done)).waitFor();
    await this.press("outcome.close", this.dialog);
  }
  /** As the signing-in page asks for it. */
  async signsIn(who) {
    await this.heading("signIn.title");
    await this.fill("signIn.identifier", who.identifier);
    await this.fill("signIn.password", who.password);
    await this.press("signIn.act");
    if (!who.totpSecret) return;
    await this.heading("signIn.factor");
    await this.fill("factor.totp", await code(who));
    await this.press("signIn.act");
  }
  async signsOut() {
    await this.page.getByRole("button", { name: new RegExp(`^${this.say("shell.own")}`) }).click();
    await this.page.getByRole("menuitem", { name: this.say("shell.signOut") }).click();
    await this.heading("signIn.title");
  }
  /** Sets an authenticator app up, which the person has from then on. */
  async enrols(who, seen = async () => {}) {
    await this.heading("enrol.title");
    await this.page.getByRole("img", { name: /QR/ }).waitFor();
    await seen(this.page);
    who.totpSecret = await this.page.locator(".copyable code").textContent();
    await this.fill("enrol.code", await code(who));
    await this.press("enrol.act");
    await this.heading("codes.title");
  }
  /** Approves what waits for it, with the second factor, for a user of a name; sees it take effect. */
  async approves(user, act, who) {
    await this.goto("/changes?state=awaitingApproval");
    await this.rows.filter({ hasText: who.name }).getByRole("link", { name: this.say(`changes.act.${act}`) }).click();
    await this.page.getByRole("heading", { name: this.say("changes.heading", { act: this.say(`changes.act.${act}`), target: who.name }) }).waitFor();
    await this.press("changes.approve");
    await this.fill("factor.totp", await code(user));
    await this.press("changes.approve", this.dialog);
    await this.page.locator(".standing").getByText(this.say("changes.standing.effective"), { exact: true }).waitFor();
  }
}

/** The way that the newest of so many mails to a person leads: its link's path, token included. */
export async function linkFor(who, number = 1) {
  return `/link#token=${/link#token=([\w-]+)/.exec(await mail(who.email, /link#token/, number))[1]}`;
}

/** A person opens the link of a mail and chooses a password: at a window of their own, which is answered. */
export async function comes(t, who, { language, number } = {}) {
  const reader = await Reader.at(t, { language });
  await reader.goto(await linkFor(who, number));
  await reader.page.getByRole("heading", { level: 1 }).waitFor();
  who.password ??= password;
  await reader.fill("link.password", who.password);
  await reader.press("link.act");
  return reader;
}

/** What the organisation's roles are called in a language. */
export async function rolesOf(user, language) {
  const { items } = await as(user, "GET", "/v1/roles", undefined, language);
  return Object.fromEntries(items.map((role) => [role.id, role.name]));
}

/** The code that was texted to a number last, waited for. */
export async function texted(to) {
  for (let left = 360; left > 0; left--) {
    const { items } = await (await fetch(`${site}/local/messages`)).json();
    const found = items.findLast((one) => JSON.stringify(one).includes(to));
    if (found) return /\b\d{6}\b/.exec(found.text)[0];
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  assert.fail(`no text to ${to}`);
}
