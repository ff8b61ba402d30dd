import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { admin, as, code, focusOn, leave, look, lookAll, open, operator, organisation } from "./harness.mjs";
import { test } from "./schedule.mjs";

const rows = (page) => page.getByRole("table").locator("tbody tr");
const dialog = (page) => page.getByRole("dialog");

test("the profile, looked at", ["adyen"], async (t) => {
  for (const [name, path] of [["profile", "/profile"], ["profile-security", "/profile/security"], ["profile-sessions", "/profile/sessions"]]) {
    await lookAll(t, name, { user: admin("adyen"), path, see: (page) => page.getByRole("heading", { level: 2 }).first().waitFor() });
  }
});

test("who may see nothing else sees their own access, by its names", ["adyen"], async (t) => {
  const page = await open(t, { user: organisation("adyen").users[2] });
  await page.goto("/profile");
  await page.getByRole("heading", { name: "What you may do" }).waitFor();
  await page.getByText("Initiate transfers").first().waitFor();
  assert.equal(await page.getByText(/acc_/).count(), 0, "accounts have names");
});

test("new recovery codes, an app more, and the other sessions ended: each after a proof", ["billpro"], async (t) => {
  const ben = organisation("billpro").users[1];
  const page = await open(t, { user: ben });
  await page.goto("/profile/security");
  await page.getByRole("button", { name: "Get new codes" }).click();
  await dialog(page).getByLabel("Code from your authenticator app").fill("000000");
  await dialog(page).getByRole("button", { name: "Get new codes" }).click();
  await dialog(page).getByRole("alert").waitFor();
  await look(page, "profile-proof-refused");
  await dialog(page).getByLabel("Code from your authenticator app").fill(await code(ben));
  await dialog(page).getByRole("button", { name: "Get new codes" }).click();
  await dialog(page).getByRole("heading", { name: "Keep your recovery codes" }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".codes li").length === 10);
  // What was announced of the button that is gone with its dialog is still in the announcer for a moment, without its name.
  await page.waitForFunction(() => !document.querySelector('[data-live-announcer] [role="img"]'));
  await look(page, "profile-codes");
  const [file] = await Promise.all([page.waitForEvent("download"), dialog(page).getByRole("button", { name: "Save as a file" }).click()]);
  assert.equal(readFileSync(await file.path(), "utf8").trim().split("\n").length, 12);
  await dialog(page).getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("10 left").waitFor();

  await page.getByRole("button", { name: "Set up another app" }).click();
  await dialog(page).getByRole("img", { name: /QR code/ }).waitFor();
  await look(page, "profile-app");
  await leave(page);

  await page.getByLabel("Current password").fill("not this one");
  await page.getByLabel("New password").fill("a quiet walk by the river");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByRole("alert").waitFor();

  await page.goto("/profile/sessions");
  await page.getByText("This one").waitFor();
  await page.getByRole("heading", { name: "Sign-in history" }).waitFor();
});

test("the language one is written to is chosen, and the pages follow", ["billpro"], async (t) => {
  const rosa = organisation("billpro").users[2];
  const page = await open(t, { user: rosa, fresh: true });
  await page.goto("/profile");
  const choose = async (from, to) => {
    await page.getByRole("button", { name: from }).last().click();
    await page.getByRole("option", { name: to }).click();
  };
  await choose(/English Language/, "français");
  await page.getByRole("heading", { name: "Vos accès" }).waitFor();
  await choose(/français Langue/, "English");
  await page.getByRole("heading", { name: "What you may do" }).waitFor();
});

test("the operation log, looked at", ["leaseweb"], (t) => lookAll(t, "operations", { user: admin("leaseweb"), path: "/operations", see: (page) => rows(page).first().waitFor() }));

test("the log is filtered, looked into, exported and verified", ["leaseweb"], async (t) => {
  const ada = admin("leaseweb");
  const page = await open(t, { user: ada });
  await page.goto("/operations");
  await rows(page).first().waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export CSV" }).click()]);
  assert.match(readFileSync(await file.path(), "utf8"), /^id,at,actor/);
  await page.getByRole("button", { name: "Details" }).first().click();
  await dialog(page).getByText("Browser or program").waitFor();
  await look(page, "operations-line");
  await leave(page);
  await page.getByRole("combobox", { name: "By whom" }).fill("ada");
  await page.getByRole("option", { name: /Ada/ }).click();
  await page.waitForURL(/actor=usr_/);
  // Who has chosen goes on: the list stays closed, and what it covered is there again.
  await page.getByRole("listbox").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /Any Outcome/ }).click();
  await page.getByRole("option", { name: "Refused" }).click();
  await page.waitForURL(/outcome=refused/);
  await page.reload(); // the address keeps the filters
  await page.waitForFunction(() => document.querySelector("[role=combobox]")?.value === "Ada Dubois");
  await page.getByRole("button", { name: /Refused Outcome/ }).waitFor();
  await page.getByRole("button", { name: "Verify the log" }).click();
  await dialog(page).getByText("Nothing was tampered with").waitFor();
  await look(page, "operations-verified");
});

test("the reviews, looked at", ["bc-connect", "adyen"], async (t) => {
  const see = (page) => page.getByRole("grid").waitFor();
  await lookAll(t, "reviews-access", { user: admin("bc-connect"), path: "/reviews", see });
  const settled = (page) => page.locator(".empty, table").first().waitFor();
  await lookAll(t, "reviews-segregation", { user: admin("adyen"), path: "/reviews/segregation", see: settled });
  await lookAll(t, "reviews-dormant", { user: admin("adyen"), path: "/reviews/dormant?days=7", see: settled });
});

test("the matrix is gone through with the keyboard, and a cell says why", ["bc-connect"], async (t) => {
  const page = await open(t, { user: admin("bc-connect") });
  await page.goto("/reviews");
  const cell = (at) => page.locator(`[data-at="${at}"]`);
  await cell("0 0").waitFor();
  await cell("0 0").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await focusOn(page, cell("1 2"));
  await page.keyboard.press("Enter");
  await dialog(page).getByRole("heading", { level: 2 }).first().waitFor();
  await leave(page);
  await page.getByRole("button", { name: /^Rosa Lind/ }).first().click();
  await dialog(page).getByRole("button", { name: /^Why\?/ }).first().click();
  await dialog(page).locator(".why p").first().waitFor();
  await look(page, "reviews-why");
  await leave(page);
  await page.getByRole("button", { name: /Permission$/ }).click();
  await page.getByRole("option", { name: /Initiate payments/ }).click();
  await page.waitForURL(/permission=/);
  await page.getByRole("button", { name: /^Rosa Lind.*approval/ }).first().waitFor();
  await look(page, "reviews-permission");
});

test("the settings, looked at", ["bc-connect"], (t) =>
  lookAll(t, "organisation", { user: admin("bc-connect"), path: "/organisation", see: (page) => page.getByRole("heading", { level: 2 }).first().waitFor() }));

test("the operators' side, looked at", ["staff", "adyen"], async (t) => {
  await lookAll(t, "organisations", { user: operator, path: "/organisations", see: (page) => rows(page).first().waitFor() });
  await lookAll(t, "organisations-one", { user: operator, path: `/organisations/${organisation("adyen").id}`, see: (page) => page.getByRole("heading", { level: 2 }).first().waitFor() });
  await lookAll(t, "kyc-cases", { user: operator, path: "/kyc-cases", see: (page) => page.locator(".empty, table").first().waitFor() });
});

test("an operator makes an organisation, changes its settings after a look at what differs, enters it and comes back", ["staff"], async (t) => {
  const page = await open(t, { user: { ...operator, apart: "entering" } });
  await page.goto("/organisations");
  await page.getByRole("button", { name: "New organisation" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Example Ferries");
  await page.getByRole("button", { name: /Preset/ }).click();
  await page.getByRole("option", { name: "BC Connect" }).click();
  await page.getByRole("heading", { name: "Admin 2" }).waitFor();
  for (const [i, first] of ["Ines", "Ivo"].entries()) {
    const form = page.getByRole("group", { name: `Admin ${i + 1}` });
    await form.getByLabel("First name").fill(first);
    await form.getByLabel("Last name").fill("Ferry");
    await form.getByLabel("E-mail").fill(i === 0 ? "ines.ferry@example.com" : "no address");
    await form.getByLabel("Phone").fill(`+4470000001${20 + i}`);
  }
  await page.getByRole("button", { name: "Create the organisation" }).click();
  await page.locator('.error, [role="alert"]').first().waitFor();
  await look(page, "organisations-new-refused");
  await page.getByRole("group", { name: "Admin 2" }).getByLabel("E-mail").fill("ivo.ferry@example.com");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Example Ferries" }).waitFor();
  await page.getByText("No admin is active, of at least 2").waitFor();

  await page.getByRole("button", { name: "Change settings" }).click();
  await page.getByLabel("Time to approve").fill("24");
  await look(page, "organisations-edit");
  await page.getByRole("button", { name: "Review" }).click();
  await dialog(page).getByText("1 day").waitFor();
  await look(page, "organisations-edit-review");
  await dialog(page).getByRole("button", { name: "Change settings" }).click();
  await page.getByText("Preset: 7 days").waitFor();

  await page.getByRole("button", { name: "Admins", exact: true }).click();
  await page.waitForURL(/users\?kind=admin/);
  await page.getByText("Ines Ferry").waitFor();

  // Found by how its name begins, or by its id.
  const id = (await as(operator, "GET", "/v1/organisations?q=example%20ferr")).items[0].id;
  for (const text of ["example fer", id]) {
    await page.goto("/organisations");
    await rows(page).nth(1).waitFor();
    await page.getByRole("searchbox").fill(text);
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    await rows(page).getByRole("link", { name: "Example Ferries" }).waitFor();
  }
  await page.getByRole("button", { name: /^Organisation: Example Ferries/ }).click();
  await page.getByRole("menuitem", { name: "Platform" }).click();
  await page.getByRole("button", { name: /^Organisation: Example Ferries/ }).waitFor({ state: "detached" });
});

test("what somebody may not do is not offered", ["bc-connect"], async (t) => {
  const page = await open(t, { user: organisation("bc-connect").users[2] });
  await page.goto("/profile");
  await page.getByRole("heading", { name: "What you may do" }).waitFor();
  const navigation = page.getByRole("navigation", { name: "Main navigation" });
  for (const name of ["Operation log", "Reviews", "Organisations"]) assert.equal(await navigation.getByRole("link", { name }).count(), 0, name);
  await page.goto("/organisations");
  await page.getByRole("heading", { name: "Nothing here" }).waitFor();
});
