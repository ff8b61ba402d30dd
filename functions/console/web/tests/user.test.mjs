import assert from "node:assert/strict";
import { admin, look, lookAll, open } from "./harness.mjs";
import { person, Reader } from "./people.mjs";
import { test } from "./schedule.mjs";

const heading = (page, name) => page.getByRole("heading", { name, exact: true });
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const dialog = (page) => page.getByRole("dialog");

const section = (page) => page.getByRole("heading", { level: 2 }).first().waitFor();

test("the steps of a new user, looked at", ["adyen"], (t) => lookAll(t, "user-new", { user: admin("adyen"), path: "/users/new", see: section }));

test("a user and its form, looked at", ["bc-connect"], async (t) => {
  await lookAll(t, "user-info", { user: admin("bc-connect"), path: `/users/${admin("bc-connect", 2).id}`, see: section });
  await lookAll(t, "user-edit", { user: admin("bc-connect"), path: `/users/${admin("bc-connect", 2).id}/edit`, see: section });
});

test("the tabs of a user, looked at on a phone", ["leaseweb"], async (t) => {
  const page = await open(t, { user: admin("leaseweb"), language: "fr", theme: "dark", width: 360, height: 740 });
  for (const name of ["access", "second-factor", "additional", "sessions", "tokens", "operations"]) {
    await page.goto(`/users/${admin("leaseweb").id}/${name}`);
    await section(page);
    await look(page, `user-${name}-phone`);
  }
});

test("an API user, looked at", ["billpro"], (t) =>
  lookAll(t, "user-api", { user: admin("billpro"), path: `/users/${admin("billpro", 3).id}/api`, see: (page) => page.getByRole("table").waitFor() }));

test("a user is created with the keyboard alone", ["billpro"], async (t) => {
  const who = person("Kaya");
  const reader = await Reader.at(t, { user: admin("billpro") });
  const { page } = reader;
  const type = async (text) => {
    await page.keyboard.press("Tab");
    await page.keyboard.type(text);
  };
  const to = (words) => reader.reaches(words);
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
  await heading(page, "Companies and merchant profiles").waitFor();
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

test("an API user’s secret is shown once; credentials are made, rotated and revoked", ["adyen"], async (t) => {
  const reader = await Reader.at(t, { user: admin("adyen") });
  const { page } = reader;
  const { email } = person("Feed");
  await page.goto("/users/new");
  await reader.tick("API user");
  await page.getByLabel("Name", { exact: true }).fill("Feed");
  await page.getByLabel("E-mail").fill(email);
  await press(page, "Next");
  await reader.tick("North Trading");
  await press(page, "Next");
  await heading(page, "Roles and permissions").waitFor();
  await press(page, "Next");
  await press(page, "Create the user");
  await page.getByText("Keep the secret now").waitFor();
  await look(page, "user-secret");
  const secret = await page.locator("code").nth(1).textContent();
  await press(page, "I have kept it");
  await reader.tab("details.api");
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

test("why a user may, or may not, is explained", ["bc-connect"], async (t) => {
  const page = await open(t, { user: admin("bc-connect") });
  await page.goto(`/users/${admin("bc-connect", 2).id}/access`);
  await press(page, "Explain");
  await page.getByText("What it depends on").waitFor();
  await look(page, "user-explained");
});
