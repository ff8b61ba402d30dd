import assert from "node:assert/strict";
import { admin, as, look, lookAll, open, organisation } from "./harness.mjs";
import { test } from "./schedule.mjs";

const matrix = (page) => page.getByRole("region", { name: /^Roles and their permissions|^Rôles et permissions/ });

for (const preset of ["billpro", "b2binpay", "adyen"]) {
  test(`the roles of ${preset}, looked at`, [preset], (t) =>
    lookAll(t, `roles-${preset}`, { user: admin(preset), path: "/roles", see: (page) => page.locator("main a[href^='/roles/']:visible").nth(3).waitFor() }));
}
test("a role, looked at", ["billpro"], (t) =>
  lookAll(t, "role", { user: admin("billpro"), path: "/roles/restricted_user", see: (page) => page.locator(".gives li").first().waitFor() }));

test("the matrix says what BillPro's table says", ["billpro"], async (t) => {
  const page = await open(t, { user: admin("billpro") });
  await page.goto("/roles");
  await matrix(page).waitFor();
  const row = matrix(page).getByRole("row").filter({ hasText: "customers:manage" });
  assert.deepEqual(
    await row.getByRole("cell").evaluateAll((cells) => cells.map((cell) => cell.querySelector("[aria-label]")?.getAttribute("aria-label") ?? cell.textContent)),
    ["Yes, for everything", "Yes, for everything", "Yes, for everything", "own"],
  );
});

test("a role of the organisation's own is made, given, narrowed and deleted, each after a preview", ["leaseweb"], async (t) => {
  const page = await open(t, { user: admin("leaseweb", 1) });
  await page.goto("/roles");
  await page.getByRole("link", { name: "New role" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Night shift");
  const grant = (permission) => page.getByRole("radiogroup", { name: new RegExp(permission) });
  await grant("tickets:view").getByText("All", { exact: true }).click();
  await grant("orders:view").getByText("Own", { exact: true }).click();
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("dialog").getByText("tickets:view").waitFor();
  await look(page, "role-create");
  await page.getByRole("button", { name: "Create role" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith("/new"));
  const id = new URL(page.url()).pathname.split("/").at(-1);
  const rosa = organisation("leaseweb").users[2].id;
  await as(admin("leaseweb", 1), "PATCH", `/v1/users/${rosa}`, { roles: ["technical", id] });

  await lookAll(t, "role-edit", { user: admin("leaseweb", 1), path: `/roles/${id}/edit`, see: (page) => page.getByRole("radiogroup").nth(5).waitFor() });
  await page.goto(`/roles/${id}/edit`);
  await grant("tickets:view").getByText("No", { exact: true }).click();
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("dialog").getByText(/1 user loses this by the role: See support tickets/).waitFor();
  await page.getByRole("dialog").getByRole("link", { name: "Rosa Moreau" }).waitFor();
  await look(page, "role-narrow");
  // Whoever is quicker than the list is read again deletes what there is now.
  let seen;
  const looked = new Promise((resolve) => (seen = resolve));
  await page.route(/\/v1\/roles$/, async (route) => {
    if (route.request().method() === "GET") await looked;
    await route.continue().catch(() => {}); // what is read again meanwhile breaks it off
  });
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("The role Night shift is changed.").waitFor();

  await page.getByRole("button", { name: "Delete role" }).click();
  await page.getByRole("dialog").getByText(/orders:view/).first().waitFor();
  seen();
  await page.getByRole("dialog").getByRole("button", { name: "Delete role" }).click();
  await page.getByText("The role Night shift is deleted.").waitFor();
  assert.equal(await page.getByRole("link", { name: "Night shift" }).count(), 0);
});

test("a preset without roles has no page of them", ["bc-connect"], async (t) => {
  const page = await open(t, { user: admin("bc-connect") });
  await page.goto("/roles");
  await page.getByRole("heading", { name: "Nothing here" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Roles" }).count(), 0);
});
