// What the browser tests share: one browser, the demo's people, and how a page is looked at. All test files run in one
// process (run.mjs), against one service that runs (infra/local/browser starts it and sets the variables).
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdirSync } from "node:fs";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { holding } from "./schedule.mjs";

const { CONSOLE_URL, MAILBOX_URL, CHROMIUM, ARTEFACTS } = process.env;
export const site = CONSOLE_URL;

/** The organisations of the demo by their presets, each with its users: two admins, a regular user, an API user. */
const demo = await (await fetch(`${site}/local/demo`)).json();
export const operator = demo.operator;
export function organisation(preset) {
  holding(preset);
  return demo.organisations.find((one) => one.preset === preset);
}
export const admin = (preset, number = 0) => organisation(preset).users[number];

let browser;
async function started() {
  browser ??= chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  return browser;
}
after(async () => (await browser)?.close());

const steps = new Map();
const period = 30_000;
let ahead = 0;
/** The service's time, in milliseconds. */
const clock = () => Date.now() + ahead;

/** Sets the service's clock ahead, by so many minutes. Sessions have ended by then: everybody signs in again. */
export async function pass(minutes) {
  const answer = await fetch(`${site}/local/clock`, { method: "POST", body: JSON.stringify({ advance: `${minutes}m` }) });
  assert.equal(answer.status, 200, await answer.text());
  ahead += minutes * 60_000;
  for (const context of contexts.values()) await (await context).close();
  contexts.clear();
  cookies.clear();
}

/** The person's next one-time code: none twice. The service takes the one before and the one after this moment's as well. */
export async function code(user) {
  const now = () => Math.floor(clock() / period);
  // Late in a period the one before it would be too old by the time that it is looked at.
  const oldest = Math.floor((clock() + 12_000) / period) - 1;
  const step = Math.max(oldest, (steps.get(user.totpSecret + user.identifier) ?? 0) + 1);
  steps.set(user.totpSecret + user.identifier, step);
  while (step > now() + 1) await new Promise((resolve) => setTimeout(resolve, (step - 1) * period - clock()));
  return totp(user.totpSecret, step);
}

/** RFC 6238, with the parameters that every app takes. */
function totp(secret, step) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac("sha1", key).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const meanwhile = 5 * 60_000;
/** A session ends a quarter of an hour after its last use (5.3), which may be long before the next test's. */
setInterval(async () => {
  for (const cookie of cookies.values()) {
    const { name, value } = await cookie;
    await fetch(`${site}/v1/me`, { headers: { Cookie: `${name}=${value}`, "Sec-Fetch-Site": "same-origin" } });
  }
}, meanwhile).unref();

const nameOf = (user) => `${user.identifier} ${user.organisation ?? ""} ${user.apart ?? ""}`;
const cookies = new Map();

/**
 * The person's session, as the console has it: signed in once, whoever needs it. A person with an organisation begins in it,
 * and who leaves for another on a page comes with the name of a session apart: the shared one would end.
 */
async function session(user) {
  const where = nameOf(user);
  if (!cookies.has(where)) cookies.set(where, signIn(user));
  return cookies.get(where);
}

async function signIn(user) {
  const post = (path, body) =>
    fetch(site + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Mandate-Session": "cookie", "Sec-Fetch-Site": "same-origin" },
      body: JSON.stringify(body),
    });
  let answer = await post("/v1/sign-in", { identifier: user.identifier, password: user.password, organisation: user.organisation });
  const { challenge } = await answer.clone().json();
  if (challenge) answer = await post("/v1/sign-in/challenge", { challengeId: challenge.id, method: "totp", code: await code(user) });
  assert.equal(answer.status, 200, await answer.clone().text());
  const [name, value] = answer.headers.get("set-cookie").split(";")[0].split("=");
  return { name, value, domain: new URL(site).hostname, path: "/", httpOnly: true, secure: true, sameSite: "Strict" };
}

const desk = { width: 1280, height: 800 };
const contexts = new Map();

/** A browser's context, which has its own cookies, storage and cache: what a person in a language finds is kept, as at a desk. */
async function contextOf({ user, language, fresh, host, scale }) {
  if (user === operator) holding("staff");
  const make = async () => {
    const context = await (await started()).newContext({
      baseURL: host ? site.replace("127.0.0.1", host) : site, deviceScaleFactor: scale, locale: language, reducedMotion: "reduce", timezoneId: "Europe/Paris", acceptDownloads: true,
    });
    context.setDefaultTimeout(120_000); // ends what hangs
    if (user) await context.addCookies([await session(user)]);
    return context;
  };
  if (!user || fresh) return make();
  const whose = `${nameOf(user)} ${language}`;
  if (!contexts.has(whose)) contexts.set(whose, make());
  return contexts.get(whose);
}

/**
 * A window: of whom is signed in (nobody), in which language, theme and size. A person's windows share what the browser keeps,
 * but a fresh one, which is for who changes that. What the page itself complains of, and what the policy stops, fails the test.
 */
export async function open(t, { user, language = "en", theme = "light", width = desk.width, height = desk.height, host, scale, fresh = !user || scale !== undefined } = {}) {
  const context = await contextOf({ user, language, fresh, host, scale });
  const page = await context.newPage();
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: theme });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // The browser's own line for an answer of 4xx is no complaint: refusals are part of the service.
    if (["error", "warning"].includes(message.type()) && !message.text().startsWith("Failed to load resource")) complaints.push(message.text());
  });
  t.after(async () => {
    await (fresh ? context : page).close();
    assert.deepEqual(complaints, [], "the page complains");
  });
  return page;
}

mkdirSync(ARTEFACTS, { recursive: true });

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const contrast = "color-contrast";

/** What axe looks for: everything; what depends on the theme; the rest. */
const axes = {
  all: (axe) => axe.withTags(standards),
  theme: (axe) => axe.withRules([contrast]),
  structure: (axe) => axe.withTags(standards).disableRules([contrast]),
  nothing: undefined, // of what it has looked at in the same layout
};

/** Waits for the focus to be in what a selector finds: a key that comes earlier goes to the page behind it. */
export const focusIn = (page, selector) => page.waitForFunction((where) => document.activeElement.closest(where), selector);

/** Waits for the focus to be on an element, and says where it is if it does not come. */
export async function focusOn(page, element, what = "") {
  for (let left = 600; left > 0; left--) {
    if (await element.evaluate((one) => one === document.activeElement)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`${what}the focus is on ${await page.evaluate(() => document.activeElement.outerHTML.slice(0, 100))}`);
}

/** Leaves a dialog by Escape once the focus is in it. */
export async function leave(page) {
  await focusIn(page, "[role=dialog]");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !document.querySelector("[role=dialog]"));
}

/** Looks at a page as it is: axe finds nothing (WCAG 2.2 A and AA), nothing is wider than the window, no table than its place, and a picture is kept. */
export async function look(page, name, what = "all") {
  // Lists and dialogs come in: what is half there is not what a person sees.
  await page.waitForFunction(() => !document.querySelector(".loading, [aria-busy=true]"));
  await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity).map((one) => one.finished.catch(() => {})))); // one that was broken off has ended, too
  await page.evaluate(() => scrollTo(0, 0)); // what sticks to the window's top would stand in the middle of the picture
  await page.screenshot({ path: `${ARTEFACTS}/${name}.png`, fullPage: true });
  if (axes[what]) {
    // There are no frames: the mode that puts their results together, in a page of its own for each look, takes as long again.
    // The library's announcer goes on for some seconds to name a button whose dialog has closed: nobody comes upon it.
    const { violations } = await axes[what](new AxeBuilder({ page }).setLegacyMode().exclude("[data-live-announcer]")).analyze();
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), [], `axe on ${name}`);
  }
  const [wide, window, tables] = await page.evaluate(() => [
    document.documentElement.scrollWidth, innerWidth, [...document.querySelectorAll(".table-scroll")].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.ariaLabel),
  ]);
  assert.ok(wide <= window, `${name} is ${wide} wide in a window of ${window}`);
  assert.deepEqual(tables, [], `${name}: tables are scrolled sideways`);
}

/**
 * Looks at a page in both languages, both themes, at a desk and on a phone. `see` waits for what the page has to show. Axe
 * looks for each thing where it may differ: contrast by the theme, the rest by the language and the width. The window may be
 * one that is there, of somebody who reads English.
 */
export async function lookAll(t, name, { user, path, see, window }) {
  const page = window ?? (await open(t, { user }));
  await page.goto(path);
  await see(page);
  await look(page, `${name}-desk`);
  await page.evaluate(() => localStorage.setItem("language", "fr"));
  try {
    await page.emulateMedia({ colorScheme: "dark" });
    await page.reload();
    await see(page);
    await look(page, `${name}-dark`, "theme");
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 360, height: 740 });
    await see(page);
    await look(page, `${name}-phone`, "structure");
  } finally {
    await page.evaluate(() => localStorage.removeItem("language"));
    await page.setViewportSize(desk);
  }
}

/** Does something through the API as a person: what a page's story begins with, and is not about. */
export async function as(user, method, path, body, language = "en") {
  const { name, value } = await session(user);
  const answer = await fetch(site + path, {
    method,
    headers: { ...(body && { "Content-Type": "application/json" }), "Accept-Language": language, Cookie: `${name}=${value}`, "Sec-Fetch-Site": "same-origin" },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** The newest mail to an address whose text fits, waited for until there are so many. */
export async function mail(to, fits, number = 1) {
  for (let left = 360; left > 0; left--) {
    const { emails } = await (await fetch(`${MAILBOX_URL}/store`)).json();
    const found = emails.filter((one) => JSON.stringify(one.destination).includes(to)).map((one) => JSON.stringify(one)).filter((one) => fits.test(one));
    if (found.length >= number) return found.at(-1);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`no mail to ${to}`);
}
