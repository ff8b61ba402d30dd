import assert from "node:assert/strict";
import test from "node:test";
import { admin, code, look, lookAll, mail, open, operator, organisation, site } from "./harness.mjs";

/** A person whom no other test knows. */
let people = 0;
const person = (first) => {
  const number = String(Date.now()).slice(-5) + String(people++).padStart(2, "0");
  return { first, last: `Test ${number}`, name: `${first} Test ${number}`, email: `${first.toLowerCase()}.${number}@example.com`, username: `${first.toLowerCase()}${number}`, phone: `+45 2${number}` };
};

const heading = (page, name) => page.getByRole("heading", { name, exact: true });
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const dialog = (page) => page.getByRole("dialog");
/** Ticks a box or a choice by its words, as one who looks does. */
const tick = (page, text) => page.locator("label.choice, label.checkbox").filter({ hasText: text }).first().click();

async function basics(page, who, { username } = {}) {
  await page.getByLabel("First name").fill(who.first);
  await page.getByLabel("Last name").fill(who.last);
  await page.getByLabel("E-mail").fill(who.email);
  if (username) await page.getByLabel("Username").fill(who.username);
  await page.getByLabel("Phone").fill(who.phone);
  await press(page, "Next");
  await heading(page, "Companies and accounts").waitFor();
}

/** Creates a user of one role, where that takes effect at once, and is on its page afterwards. */
async function created(page, who, role, options) {
  await page.goto("/users/new");
  await basics(page, who, options);
  await tick(page, "North Trading");
  await press(page, "Next");
  await heading(page, "Roles and permissions").waitFor();
  await tick(page, role);
  await press(page, "Next");
  await press(page, "Create the user");
  await page.getByRole("status").getByText("The user was created").waitFor();
  await press(page, "Done");
  await page.getByRole("navigation", { name: "About the user" }).waitFor();
}

async function act(page, name) {
  await press(page, "Actions");
  await page.getByRole("menuitem", { name, exact: true }).click();
  await dialog(page).waitFor();
}

const tab = async (page, name) => {
  await page.getByRole("navigation", { name: "About the user" }).getByRole("link", { name, exact: true }).click();
  await page.getByRole("link", { name, exact: true, current: "page" }).waitFor();
};

test("the pages of a user, looked at", async (t) => {
  const level1 = (page) => page.getByRole("heading", { level: 2 }).first().waitFor();
  await lookAll(t, "user-new", { user: admin("adyen"), path: "/users/new", see: level1 });
  await lookAll(t, "user-info", { user: admin("bc-connect"), path: `/users/${admin("bc-connect", 2).id}`, see: level1 });
  await lookAll(t, "user-edit", { user: admin("bc-connect"), path: `/users/${admin("bc-connect", 2).id}/edit`, see: level1 });
  const page = await open(t, { user: admin("leaseweb"), language: "fr", theme: "dark", width: 360, height: 740 });
  for (const name of ["access", "second-factor", "additional", "sessions", "tokens", "operations"]) {
    await page.goto(`/users/${admin("leaseweb").id}/${name}`);
    await level1(page);
    await look(page, `user-${name}-phone`);
  }
  await lookAll(t, "user-api", { user: admin("billpro"), path: `/users/${admin("billpro", 3).id}/api`, see: (page) => page.getByRole("table").waitFor() });
});

test("a user is created with the keyboard alone", async (t) => {
  const who = person("Kaya");
  const page = await open(t, { user: admin("billpro") });
  const type = async (text) => {
    await page.keyboard.press("Tab");
    await page.keyboard.type(text);
  };
  /** Goes on until the focus is on what has this name. */
  const to = async (name) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      const said = await page.evaluate(() => document.activeElement.closest("label")?.textContent ?? document.activeElement.textContent);
      if (said.startsWith(name)) return;
    }
    assert.fail(`nothing called ${name}`);
  };
  await page.goto("/users");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await to("New user");
  await page.keyboard.press("Enter");
  await heading(page, "Basics").waitFor();
  await to("Cancel"); // to the end of the form, once around, to see that nothing holds the focus
  await page.getByLabel("First name").focus();
  await page.keyboard.type(who.first);
  await type(who.last);
  await type(who.email);
  await page.keyboard.press("Enter");
  await heading(page, "Companies and accounts").waitFor();
  await to("North Trading");
  await page.keyboard.press("Space");
  await to("Next");
  await page.keyboard.press("Enter");
  await heading(page, "Roles and permissions").waitFor();
  await to("Admin user");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await to("Next");
  await page.keyboard.press("Enter");
  await heading(page, "Review").waitFor();
  await page.getByText("Accountant user").waitFor();
  await to("Create the user");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("The user was created").waitFor();
  await look(page, "user-created");
});

test("what is wrong stands at its field, in its step; what a change takes is told before, and stands on its user afterwards", async (t) => {
  const who = person("Nora");
  const page = await open(t, { user: admin("bc-connect") });
  await page.goto("/users/new");
  await press(page, "Next");
  await page.getByText("An e-mail address is needed.").waitFor();
  await look(page, "user-new-wrong");
  await basics(page, who);
  await tick(page, "South Trading");
  await press(page, "Next");
  await tick(page, "payments:initiate");
  await tick(page, "payments:approve");
  await press(page, "Next");
  await page.getByText("Say whether payments that the user initiates").waitFor();
  await tick(page, "Need another user’s approval");
  await press(page, "Next");
  await page.getByText("The user may both initiate and approve payments.").waitFor();
  await page.getByText("Another admin has to approve it.").waitFor();
  await look(page, "user-new-review");
  await press(page, "Send for approval");
  await page.getByRole("status").getByText("Sent for approval").waitFor();
  await press(page, "Done");
  await heading(page, who.name).waitFor();
  await page.getByText("Waits for another admin’s approval.").waitFor();
  assert.equal(await page.getByRole("link", { name: "Edit", exact: true }).count(), 0, "a user takes one change at a time");
  await look(page, "user-open-change");
});

test("a user is changed, its difference seen before", async (t) => {
  const who = person("Edda");
  const page = await open(t, { user: admin("billpro") });
  await created(page, who, "Normal user");
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await heading(page, "Edit the user").waitFor();
  await page.getByLabel("IP allow-list").fill("192.0.2.0/24\nnowhere");
  await tick(page, "Accountant user");
  await press(page, "Review");
  await page.getByText("Write an address or a range").waitFor();
  await page.getByLabel("IP allow-list").fill("192.0.2.0/24");
  await press(page, "Review");
  await dialog(page).getByRole("cell", { name: "Accountant user" }).waitFor();
  await look(page, "user-edit-review");
  await press(page, "Save the changes");
  await page.getByText("The changes took effect").waitFor();
  await press(page, "Done");
  await page.getByText("192.0.2.0/24").waitFor();
  await tab(page, "Operation log");
  await page.getByRole("rowheader", { name: "Change the user" }).waitFor();
  await look(page, "user-operations-told");
});

test("an API user’s secret is shown once; credentials are made, rotated and revoked", async (t) => {
  const page = await open(t, { user: admin("adyen") });
  const { email } = person("Feed");
  await page.goto("/users/new");
  await tick(page, "API user");
  await page.getByLabel("Name", { exact: true }).fill("Feed");
  await page.getByLabel("E-mail").fill(email);
  await press(page, "Next");
  await tick(page, "North Trading");
  await press(page, "Next");
  await heading(page, "Roles and permissions").waitFor();
  await press(page, "Next");
  await press(page, "Create the user");
  await page.getByText("Keep the secret now").waitFor();
  await look(page, "user-secret");
  const secret = await page.locator("code").nth(1).textContent();
  await press(page, "I have kept it");
  await tab(page, "API");
  await page.getByRole("table").waitFor();
  assert.equal((await page.content()).includes(secret), false, "shown once");
  await press(page, "Rotate");
  await dialog(page).getByLabel("Hours of overlap").fill("200");
  await dialog(page).getByRole("button", { name: "Review" }).click();
  await dialog(page).getByText("168").last().waitFor();
  await dialog(page).getByLabel("Hours of overlap").fill("48");
  await dialog(page).getByRole("button", { name: "Review" }).click();
  await dialog(page).getByRole("button", { name: "Rotate", exact: true }).click();
  await dialog(page).getByText("Keep the secret now").waitFor();
  await press(page, "I have kept it");
  await page.getByText("The one before holds until").waitFor();
  await press(page, "Add a certificate");
  await dialog(page).getByLabel("Certificate (PEM)").fill("no certificate");
  await dialog(page).getByRole("button", { name: "Review" }).click();
  await dialog(page).locator(".error").waitFor();
  await look(page, "user-certificate-wrong");
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  await press(page, "Revoke");
  await dialog(page).getByRole("button", { name: "Revoke", exact: true }).click();
  await dialog(page).getByText("The credential was revoked").waitFor();
  await press(page, "Done");
  await page.getByText("No credentials").waitFor();
});

test("a secret is shown again after the second factor, where the organisation has it so", async (t) => {
  const ada = admin("billpro");
  const page = await open(t, { user: ada });
  await page.goto(`/users/${admin("billpro", 3).id}/api`);
  await press(page, "Show the secret");
  await dialog(page).waitFor();
  await look(page, "user-reveal");
  if (!ada.totpSecret) return;
  await dialog(page).getByLabel(/Code from/).fill(await code(ada));
  await press(page, "Show it");
  await dialog(page).getByText(admin("billpro", 3).clientSecret).waitFor();
});

test("a user is duplicated, deactivated, reactivated, and removed once its name is typed", async (t) => {
  const who = person("Dora");
  const copy = person("Cora");
  const page = await open(t, { user: admin("leaseweb") });
  await created(page, who, "Billing");
  await act(page, "Send the verification again");
  await press(page, "Send");
  await page.getByRole("status").getByText("The link is on its way").waitFor();
  await tab(page, "Sent tokens");
  await page.getByText("Replaced").waitFor();

  await act(page, "Duplicate");
  await dialog(page).getByLabel("First name").fill(copy.first);
  await dialog(page).getByLabel("Last name").fill(copy.last);
  await dialog(page).getByLabel("E-mail").fill(who.email);
  await press(page, "Review");
  await dialog(page).locator(".error").waitFor();
  await dialog(page).getByLabel("E-mail").fill(copy.email);
  await press(page, "Review");
  await dialog(page).getByRole("cell", { name: copy.email }).waitFor();
  await look(page, "user-duplicate");
  await press(page, "Create the duplicate");
  await dialog(page).getByText("The user was created").waitFor();
  await press(page, "Done");
  await heading(page, copy.name).waitFor();

  await act(page, "Deactivate");
  await dialog(page).getByRole("button", { name: "Deactivate" }).click();
  await dialog(page).getByText("The user was deactivated").waitFor();
  await press(page, "Done");
  await page.getByText("Inactive", { exact: true }).first().waitFor();
  await act(page, "Reactivate");
  await dialog(page).getByRole("button", { name: "Reactivate" }).click();
  await dialog(page).getByText("The user was reactivated").waitFor();
  await press(page, "Done");

  await act(page, "Remove");
  const remove = dialog(page).getByRole("button", { name: "Remove" });
  await dialog(page).getByLabel(`Type “${copy.name}” to go on`).fill(copy.first);
  assert.equal(await remove.isDisabled(), true, "not before the name is there");
  await look(page, "user-remove");
  await dialog(page).getByLabel(`Type “${copy.name}” to go on`).fill(copy.name);
  await remove.click();
  await dialog(page).getByText("The user was removed").waitFor();
  await press(page, "Done");
  await heading(page, "Users").waitFor();
});

test("why a user may, or may not, is explained", async (t) => {
  const page = await open(t, { user: admin("bc-connect") });
  await page.goto(`/users/${admin("bc-connect", 2).id}/access`);
  await press(page, "Explain");
  await page.getByText("What it depends on").waitFor();
  await look(page, "user-explained");
});

/** Asks the API, as one who is signed in. */
async function ask(user, method, path, body) {
  const answer = await fetch(site + path, {
    method,
    headers: { "Content-Type": "application/json", ...(user ? { Authorization: `Bearer ${user}` } : {}) },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 204 || answer.headers.get("content-length") === "0" ? {} : answer.json().catch(() => ({}));
}

async function token(user) {
  const { challenge, session } = await ask(undefined, "POST", "/v1/sign-in", { identifier: user.identifier, password: user.password, organisation: user.organisation });
  if (session) return session.token;
  const answered = await ask(undefined, "POST", "/v1/sign-in/challenge", { challengeId: challenge.id, method: "totp", code: await code(user) });
  return answered.session.token;
}

const staff = (preset) => ({ ...operator, organisation: organisation(preset).id });

test("where the organisation has it so, one confirms one’s own change with the second factor", async (t) => {
  const ada = admin("adyen");
  const staffs = await token(staff("adyen"));
  const control = (changeControl) => ask(staffs, "PATCH", `/v1/organisations/${organisation("adyen").id}`, { settings: { changeControl } });
  await control("step_up");
  t.after(() => control("none"));
  const who = person("Sune");
  const page = await open(t, { user: ada });
  await page.goto("/users/new");
  await basics(page, who, { username: true });
  await tick(page, "North Trading");
  await press(page, "Next");
  await tick(page, "View reports");
  await press(page, "Next");
  await page.getByText("You confirm it with your second factor.").waitFor();
  await press(page, "Create the user");
  await page.getByText("Prove that it is you").waitFor();
  await look(page, "user-step-up");
  await page.getByLabel(/Code from/).fill(await code(ada));
  await press(page, "Confirm");
  await page.getByRole("status").getByText("The user was created").waitFor();
  await press(page, "Done");
  await page.getByText("E-mail not verified").first().waitFor();
});

test("compliance staff see a client’s case and decide about it", async (t) => {
  const client = person("Mira");
  const staffs = await token(staff("b2binpay"));
  const { accounts } = organisation("b2binpay");
  const { user } = await ask(staffs, "POST", "/v1/users", {
    kind: "regular", name: { first: client.first, last: client.last }, email: client.email, phone: client.phone, type: "merchant", accounts: accounts.slice(0, 1), roles: [],
  });
  const link = /token=([\w.~-]+)/.exec(await mail(client.email, /token=/))[1];
  const { session } = await ask(undefined, "POST", "/v1/links/redeem", { token: link, password: "seven lanterns over Aarhus" });
  await ask(session.token, "POST", "/v1/me/phone/verify", { code: await texted(user.phone) });
  await ask(session.token, "POST", "/v1/me/kyc", { level: 1, documents: [{ kind: "passport", reference: "vault/4711" }], business: { name: "Mira’s Kiosk" } });

  const page = await open(t, { user: staff("b2binpay") });
  await page.goto(`/users/${user.id}/kyc`);
  await page.getByText("vault/4711").waitFor();
  await press(page, "Take it up");
  await page.getByText("Under review").first().waitFor();
  await press(page, "Ask for more");
  await page.getByText("Say what else is needed.").waitFor();
  await look(page, "user-kyc");
  await press(page, "Pass");
  await page.getByText("Active", { exact: true }).first().waitFor();
});

/** The code that was texted to a number last, waited for. */
async function texted(to) {
  for (let left = 60; left > 0; left--) {
    const { items } = await ask(undefined, "GET", "/local/messages");
    const found = items.findLast((one) => JSON.stringify(one).includes(to));
    if (found) return /\b\d{6}\b/.exec(found.text)[0];
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`no text to ${to}`);
}
