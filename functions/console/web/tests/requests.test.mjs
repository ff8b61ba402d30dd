import assert from "node:assert/strict";
import { admin, look, lookAll, open, operator, organisation } from "./harness.mjs";
import { test } from "./schedule.mjs";

const ada = () => admin("bc-connect");

test("an admin asks for another admin; the staff accepts, and it becomes a change", ["bc-connect", "staff"], async (t) => {
  const page = await open(t, { user: ada() });
  await page.goto("/service-requests");
  await page.getByRole("link", { name: "New service request" }).click();
  await page.getByLabel("First name").fill("Nils");
  await page.getByLabel("Last name").fill("Quist");
  await page.getByLabel("E-mail").fill("nils.quist@example.com");
  await page.getByLabel("Phone").fill("not a number");
  await page.getByRole("button", { name: "File the request" }).click();
  await page.locator(".error").first().waitFor();
  await look(page, "request-new");
  await page.getByLabel("Phone").fill("+442079461801");
  await page.getByLabel("Note for whoever decides").fill("Our form of 1 March.");
  await page.getByRole("button", { name: "File the request" }).click();
  await page.getByRole("heading", { name: "Create user: Nils Quist" }).waitFor();
  const path = new URL(page.url()).pathname;
  assert.equal(await page.getByRole("button", { name: "Accept" }).count(), 0, "who filed it does not decide");

  await lookAll(t, "request", { user: operator, path, see: (page) => page.locator(".standing button").first().waitFor() });
  const staff = await open(t, { user: { ...operator, organisation: organisation("bc-connect").id } });
  await staff.goto("/service-requests?state=open");
  await staff.getByRole("link", { name: "Create user" }).click();
  await staff.getByRole("button", { name: "Accept" }).click();
  await look(staff, "request-accept");
  await staff.getByRole("dialog").getByRole("button", { name: "Accept" }).click();
  await staff.getByRole("link", { name: "See the change that it became" }).waitFor();
  await page.getByRole("link", { name: "See the change that it became" }).click();
  await page.getByRole("heading", { name: "Create user: Nils Quist" }).waitFor();
  await page.getByText("the service request").waitFor();
});

test("a request about a user is filed for who is found by typing, and declined with a reason", ["bc-connect", "staff"], async (t) => {
  const page = await open(t, { user: ada() });
  await page.goto("/service-requests/new?act=deactivateUser");
  await page.getByRole("combobox", { name: "User" }).fill("ben");
  await page.getByRole("option", { name: /Ben Holm/ }).click();
  await look(page, "request-user");
  await page.getByRole("button", { name: "File the request" }).click();
  // Two admins have to stay: the act's own rule, told at once.
  await page.getByRole("alert").waitFor();
  await page.getByRole("button", { name: /Request/ }).click();
  await page.getByRole("option", { name: "Reset second factor" }).click();
  await page.getByRole("combobox", { name: "User" }).fill("ben");
  await page.getByRole("option", { name: /Ben Holm/ }).click();
  await page.getByRole("button", { name: "File the request" }).click();
  await page.getByRole("heading", { name: "Reset second factor: Ben Holm" }).waitFor();
  const staff = await open(t, { user: operator });
  await staff.goto("/service-requests");
  await staff.getByRole("heading", { name: "Queue of service requests" }).waitFor();
  await staff.goto(new URL(page.url()).pathname);
  await staff.getByRole("button", { name: "Decline" }).click();
  await staff.getByLabel("Reason").fill("Ben can do so himself.");
  await staff.getByRole("dialog").getByRole("button", { name: "Decline" }).click();
  await page.locator(".standing").getByText("Olga Operator: “Ben can do so himself.”").waitFor();
  await look(page, "request-declined");
  await lookAll(t, "requests", { user: ada(), path: "/service-requests", see: (page) => page.getByRole("table").waitFor() });
});
