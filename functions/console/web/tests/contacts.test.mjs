import assert from "node:assert/strict";
import { admin, as, look, lookAll, open, organisation } from "./harness.mjs";
import { test } from "./schedule.mjs";

const rows = (page) => page.getByRole("table").locator("tbody tr");

test("a contact is made, changed and deleted; a user who is one is marked, and is not changed here", ["leaseweb"], async (t) => {
  const ben = admin("leaseweb", 1);
  const rosa = organisation("leaseweb").users[2].id;
  await as(ben, "PATCH", `/v1/users/${rosa}`, { contact: true });
  await as(ben, "POST", "/v1/contacts", { name: { first: "Femke", last: "Visser" }, email: "femke.visser@example.com", types: ["invoices", "contracts"] });
  const page = await open(t, { user: ben });
  await page.goto("/contacts");
  const row = (name) => rows(page).filter({ hasText: name });
  await row("Rosa Moreau").getByText("Also a user").waitFor();
  assert.equal(await row("Rosa Moreau").getByRole("button").count(), 0);

  await page.getByRole("button", { name: "New contact" }).click();
  await page.getByLabel("First name").fill("Jan");
  await page.getByLabel("E-mail").fill("not an address");
  await page.getByRole("button", { name: "Create contact" }).click();
  await page.getByRole("dialog").locator(".error").first().waitFor();
  await look(page, "contact-new");
  await page.getByLabel("E-mail").fill("jan@example.com");
  await page.getByRole("button", { name: "Create contact" }).click();
  await row("Jan").waitFor();
  await page.getByRole("button", { name: "Edit Jan" }).click();
  await page.getByLabel("Last name").fill("Smit");
  await page.getByRole("dialog").getByText("Invoices").click();
  await page.getByRole("button", { name: "Save" }).click();
  await row("Jan Smit").getByText("General, Invoices").waitFor();
  await lookAll(t, "contacts", { user: ben, path: "/contacts", see: (page) => rows(page).nth(2).waitFor() });
  await page.getByRole("button", { name: "Delete Jan Smit" }).click();
  await page.getByRole("dialog").getByText("Takes effect at once.").waitFor();
  await look(page, "contact-delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("The contact Jan Smit is deleted.").waitFor();
  await page.waitForFunction(() => !document.querySelector("tbody").textContent.includes("Jan Smit"));
});

test("a preset without contacts has no page of them", ["billpro"], async (t) => {
  const page = await open(t, { user: admin("billpro") });
  await page.goto("/contacts");
  await page.getByRole("heading", { name: "Nothing here" }).waitFor();
});
