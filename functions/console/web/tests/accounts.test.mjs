import assert from "node:assert/strict";
import { admin, as, leave, look, lookAll, open, operator, organisation } from "./harness.mjs";
import { test } from "./schedule.mjs";

const rows = (page) => page.getByRole("table").locator("tbody tr");

test("the accounts, looked at", ["billpro"], (t) => lookAll(t, "accounts", { user: admin("billpro"), path: "/accounts", see: (page) => rows(page).nth(2).waitFor() }));

test("an operator opens an account, and an admin gives it to all who lack it in one act", ["billpro"], async (t) => {
  const { id, preset } = organisation("billpro");
  const staff = { ...operator, organisation: id };
  const opening = await open(t, { user: staff });
  await opening.goto("/accounts");
  await opening.getByRole("button", { name: "Open merchant profile" }).click();
  await opening.getByRole("dialog").waitFor();
  await look(opening, "account-open");
  await leave(opening);
  await opening.getByRole("button", { name: "Create company" }).click();
  await opening.getByLabel("Name of the company").fill("West Trading");
  await opening.getByRole("dialog").getByRole("button", { name: "Create company" }).click();
  await opening.getByRole("heading", { name: /West Trading/ }).waitFor();
  await opening.getByRole("button", { name: "Open merchant profile" }).click();
  await opening.getByRole("dialog").getByRole("button", { name: /Company/ }).click();
  await opening.getByRole("option", { name: "West Trading" }).last().click();
  await opening.getByRole("textbox", { name: "Name" }).fill("Refunds");
  await opening.getByRole("dialog").getByRole("button", { name: "Open merchant profile" }).click();
  await opening.getByRole("link", { name: "Refunds" }).last().waitFor();

  const clerk = (i) => as(admin(preset), "POST", "/v1/users", { kind: "regular", name: { first: "Noor", last: `Clerk ${i}` }, email: `clerk${i}@accounts.example.com`, roles: ["normal_user"] });
  for (let i = 0; i < 6; i++) await clerk(i);
  const page = await open(t, { user: admin(preset) });
  await page.goto("/accounts");
  await page.getByRole("link", { name: "Refunds" }).last().click();
  await page.getByRole("link", { name: "Who lacks it" }).click();
  await rows(page).nth(7).waitFor();
  const address = new URL(page.url());
  await lookAll(t, "account-lacking", { user: admin(preset), path: address.pathname + address.search, see: (page) => rows(page).nth(7).waitFor() });
  // More than one assignment takes: it goes on in parts.
  for (let i = 6; i < 82; i += 19) await Promise.all(Array.from({ length: 19 }, (_, more) => clerk(i + more)));
  await page.reload();
  await page.getByRole("searchbox").fill("clerk");
  await page.getByText(/Choose all 82 shown/).click();
  await page.getByText("82 chosen").waitFor();
  await page.getByRole("button", { name: "Assign" }).click();
  await page.getByRole("dialog").getByText("82 users get this merchant profile").waitFor();
  await page.getByRole("dialog").getByText("Takes effect at once.").waitFor();
  await look(page, "account-assign");
  await page.getByRole("dialog").getByRole("button", { name: "Assign" }).click();
  await page.getByText("Refunds is assigned to 82 users.").waitFor();
  await page.getByRole("searchbox").fill("");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length <= 4);
  await page.getByRole("link", { name: "Who has it" }).click();
  await rows(page).nth(7).waitFor();
  await look(page, "account-has");
});

test("whoever may not open accounts is not offered it", ["billpro"], async (t) => {
  const page = await open(t, { user: admin("billpro") });
  await page.goto("/accounts");
  await rows(page).nth(2).waitFor();
  assert.equal(await page.getByRole("button", { name: "Open merchant profile" }).count(), 0);
});
