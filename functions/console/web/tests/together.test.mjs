import assert from "node:assert/strict";
import { admin, as, look, organisation } from "./harness.mjs";
import { person, Reader } from "./people.mjs";
import { test } from "./schedule.mjs";

test("who saves what another has changed meanwhile is told, and sees what it is now", ["leaseweb"], async (t) => {
  const who = person("Cleo");
  const { contact } = await as(admin("leaseweb"), "POST", "/v1/contacts", { name: { first: who.first, last: who.last }, email: who.email });
  const ada = await Reader.at(t, { user: admin("leaseweb") });
  await ada.goto("/contacts");
  await ada.rows.filter({ hasText: who.name }).getByRole("button", { name: ada.say("contacts.editOne", { name: who.name }) }).click();
  await ada.fill("contacts.phone", "+31201234567", ada.dialog);
  await as(admin("leaseweb", 1), "PATCH", `/v1/contacts/${contact.id}`, { name: { first: "Clio", last: who.last } });
  await ada.press("contacts.save", ada.dialog);
  await ada.dialog.getByRole("alert").getByText("Changed in the meantime").waitFor();
  await look(ada.page, "conflict");
  await ada.press("problem.reload");
  await ada.sees(`Clio ${who.last}`);
  const [kept] = (await as(admin("leaseweb"), "GET", "/v1/contacts?limit=200")).items.filter((one) => one.id === contact.id);
  assert.deepEqual([kept.name.first, kept.phone], ["Clio", undefined], "nothing of the second");
});

test("who acts on a user whose change has begun meanwhile is led to that change", ["bc-connect"], async (t) => {
  const rosa = organisation("bc-connect").users[2];
  const ada = await Reader.at(t, { user: admin("bc-connect"), language: "fr" });
  await ada.goto(`/users/${rosa.id}`);
  await ada.onUser();
  const { change } = await as(admin("bc-connect", 1), "PATCH", `/v1/users/${rosa.id}`, { permissions: ["balances:view"] });
  await ada.act("userAct.secondFactor");
  await ada.dialog.getByRole("alert").getByText("Une modification est en cours").waitFor();
  await look(ada.page, "change-open");
  await ada.follow("problem.change");
  await ada.page.waitForURL(`**/changes/${change.id}`);
  await as(admin("bc-connect", 1), "POST", `/v1/changes/${change.id}/cancel`, {});
});
