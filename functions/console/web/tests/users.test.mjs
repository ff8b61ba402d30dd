import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { admin, look, lookAll, open, organisation } from "./harness.mjs";
import { test } from "./schedule.mjs";

const rows = (page) => page.getByRole("table").locator("tbody tr");

for (const preset of ["bc-connect", "b2binpay", "leaseweb"]) {
  test(`the users of ${preset}, looked at`, [preset], (t) =>
    lookAll(t, `users-${preset}`, { user: admin(preset), path: "/users", see: (page) => rows(page).first().waitFor() }));
}
for (const preset of ["adyen", "billpro"]) {
  test(`the users of ${preset}, looked at once`, [preset], async (t) => {
    const page = await open(t, { user: admin(preset), language: "fr" });
    await page.goto("/users");
    await rows(page).first().waitFor();
    await look(page, `users-${preset}`, "nothing");
  });
}

test("users are found as one types, and filtered, and the address keeps it", ["billpro"], async (t) => {
  const page = await open(t, { user: admin("billpro") });
  await page.goto("/users");
  await rows(page).nth(3).waitFor();
  await page.getByRole("searchbox").fill("rosa");
  await page.waitForURL(/q=rosa/);
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  await page.reload();
  await rows(page).first().waitFor();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1); // after a reload
  await page.getByRole("button", { name: "Clear the search" }).click();
  await rows(page).nth(3).waitFor();

  await page.getByRole("button", { name: "Filters", exact: true }).click();
  await page.getByRole("button", { name: /^Any Kind|^Kind/ }).click();
  await page.getByRole("option", { name: "Admin" }).click();
  await page.waitForURL(/kind=admin/);
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 2);
  await look(page, "users-filtered");
  await page.getByRole("button", { name: "Reset" }).click();
  await rows(page).nth(3).waitFor();
});

test("the list is exported as it is filtered", ["billpro"], async (t) => {
  const page = await open(t, { user: admin("billpro") });
  await page.goto("/users?kind=admin");
  await rows(page).nth(1).waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export CSV" }).click()]);
  assert.equal(file.suggestedFilename(), "users.csv");
  const lines = readFileSync(await file.path(), "utf8").trim().split(/\r?\n/);
  assert.equal(lines.length, 3, lines.join("\n"));
  assert.match(lines[0], /^id,email/);
  await page.getByRole("status").getByText("users.csv saved: 2 lines").waitFor();
});

test("language and theme change at once, and stay", ["billpro"], async (t) => {
  const page = await open(t, { user: admin("billpro"), fresh: true });
  let go;
  const changed = new Promise((resolve) => (go = resolve));
  // What is on its way in the one language when the other is chosen comes too late.
  await page.route("**/v1/roles*", (route) => changed.then(() => route.continue()).catch(() => {}));
  await page.goto("/users");
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "français" }).click();
  go();
  await page.getByRole("heading", { name: "Utilisateurs" }).waitFor();
  await rows(page).getByText("Utilisateur administrateur").first().waitFor(); // what the API says, too
  await page.getByRole("button", { name: "Thème" }).click();
  await page.getByRole("menuitemradio", { name: "Sombre" }).click();
  await page.waitForFunction(() => getComputedStyle(document.documentElement).colorScheme === "dark");
  await page.reload();
  await page.getByRole("heading", { name: "Utilisateurs" }).waitFor();
  await page.waitForFunction(() => document.documentElement.lang === "fr");

  // Who is not connected is told so at once, and nothing waits in silence.
  await page.goto("/users/new");
  await page.getByLabel("Prénom").fill("Max");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Suivant" }).click();
  await page.getByRole("alert").getByText("Le service n’a pas répondu").waitFor();
});

test("what a preset does not have is not shown", ["bc-connect"], async (t) => {
  const page = await open(t, { user: admin("bc-connect") });
  await page.goto("/users");
  await rows(page).first().waitFor();
  assert.equal(await page.getByRole("columnheader", { name: "Role" }).count(), 0, "bc-connect has no roles");
  await page.getByText(organisation("bc-connect").name).first().waitFor();
});
