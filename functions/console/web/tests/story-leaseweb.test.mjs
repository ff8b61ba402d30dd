import assert from "node:assert/strict";
import { admin, code } from "./harness.mjs";
import { comes, person, Reader, rolesOf, story } from "./people.mjs";

// Seed 004, in both of its languages.
const title = "Leaseweb: a user stands in the list at once, confirms by mail, gets other roles, and is removed after a confirmation";
story(title, ["leaseweb"], ["fr", "en"], async (t, { staff, user, look }) => {
  const who = person("Dora");
  const ada = await Reader.at(t, { user: admin("leaseweb"), language: staff });
  const roles = await rolesOf(admin("leaseweb"), staff);

  // An address, a role, and a contact as well.
  await ada.goto("/users");
  await ada.follow("users.new");
  await ada.heading("newUser.step.basics");
  await ada.tick(ada.say("newUser.contact"));
  await ada.basics(who, { phone: false });
  await ada.given([], [roles.billing]);
  const path = await ada.creates();
  await ada.goto(`/users?q=${who.email}`);
  const row = ada.rows.filter({ hasText: who.name });
  await row.getByText(roles.billing).waitFor();
  await row.getByText(ada.say("status.emailNotVerified")).waitFor();
  await row.getByRole("img", { name: ada.say("user.contact") }).waitFor();
  await ada.goto("/contacts");
  await ada.rows.filter({ hasText: who.name }).getByText(ada.say("contacts.user")).waitFor();

  const dora = await comes(t, who, { language: user });
  await dora.signsIn(who);
  await dora.heading("welcome.title", { name: who.first });
  await ada.goto(`/users?q=${who.email}`);
  await row.getByText(ada.say("status.active")).waitFor();
  // The green shield, once the user has set a second factor up.
  await dora.goto("/profile/security");
  await dora.press("profile.appAdd");
  await dora.dialog.getByRole("img", { name: /QR/ }).waitFor();
  who.totpSecret = await dora.page.locator(".copyable code").textContent();
  await dora.fill("enrol.code", await code(who));
  await dora.press("enrol.act", dora.dialog);
  await dora.heading("codes.title");
  await dora.press("codes.kept");
  await ada.page.reload();
  await row.getByRole("img", { name: ada.say("user.secondFactorOn") }).waitFor();

  // Update roles.
  await row.getByRole("link", { name: who.name }).click();
  await ada.follow("userAct.edit");
  await ada.tick(roles.technical);
  await ada.press("newUser.review");
  await ada.press("editUser.save", ada.dialog);
  await ada.dialog.getByText(ada.say("editUser.done")).waitFor();
  await ada.press("outcome.close", ada.dialog);
  await ada.onUser();
  await ada.sees(roles.technical);

  // Remove, in a confirmation.
  await ada.act("userAct.remove");
  const remove = ada.dialog.getByRole("button", { name: ada.say("userAct.remove"), exact: true });
  const typed = ada.dialog.getByLabel(ada.say("userAct.typed", { name: who.name }));
  await typed.fill(who.first);
  assert.equal(await remove.isDisabled(), true, "not before the name is there");
  await look(ada.page, "user-remove");
  await typed.fill(who.name);
  await remove.click();
  await ada.dialog.getByText(ada.say("userAct.removeDone")).waitFor();
  await ada.press("outcome.close", ada.dialog);
  await ada.heading("users.title");
  await dora.page.reload();
  await dora.heading("signIn.title");
  await ada.goto(path);
  await ada.page.getByRole("alert").waitFor();
});
