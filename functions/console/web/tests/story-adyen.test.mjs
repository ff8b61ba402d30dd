import assert from "node:assert/strict";
import { admin } from "./harness.mjs";
import { linkFor, person, Reader, rolesOf, story } from "./people.mjs";

// Seed 001.
const title = "Adyen: a user gets the links that are mailed, is duplicated within what its maker has, given other roles, and deactivated";
story(title, ["adyen"], ["fr", "en"], async (t, { staff, user, look }) => {
  const who = person("Mona");
  const copy = person("Cora");
  who.identifier = who.username; // which one signs in with here
  const ada = await Reader.at(t, { user: admin("adyen"), language: staff });
  const roles = await rolesOf(admin("adyen"), staff);

  await ada.begins(who, { username: true });
  await ada.given(["North Trading"], [roles.initiateTransfers]);
  // What is wrong in the review is corrected in its section.
  await ada.page.getByRole("navigation", { name: ada.say("newUser.steps") }).getByRole("button", { name: ada.say("newUser.step.rights") }).click();
  await ada.tick(roles.viewReports);
  await ada.press("newUser.next");
  await ada.page.getByRole("cell", { name: new RegExp(roles.viewReports) }).waitFor();
  const path = await ada.creates();

  // Resend, in the column of addresses: the earlier link stops working.
  const first = await linkFor(who);
  await ada.goto(`/users?q=${who.email}`);
  await ada.press("userAct.verification", ada.rows);
  await ada.press("userAct.send", ada.dialog);
  await ada.told("userAct.verificationDone");
  await ada.goto(path);
  await ada.tab("details.tokens");
  await ada.reads("tokenStatus.replaced");
  const late = await Reader.at(t, { language: user });
  await late.goto(first);
  await late.page.getByRole("alert").waitFor();

  const mona = await Reader.at(t, { language: user });
  const link = await linkFor(who, 2);
  await mona.goto(link);
  await mona.heading("link.verification");
  await look(mona.page, "link");
  await mona.fill("link.password", "short");
  await mona.press("link.act");
  await mona.hears("The password is too short: 8 characters with a second factor, 15 without."); // at its field
  assert.equal(await mona.page.getByLabel(mona.say("link.password")).getAttribute("aria-invalid"), "true");
  await look(mona.page, "link-refused");
  who.password = "a quiet harbour at dawn";
  await mona.fill("link.password", who.password);
  await mona.press("link.act");
  await mona.enrols(who, async (page) => {
    assert.equal(new URL(page.url()).hash, "", "the token has left the address");
    await look(page, "enrol");
    const secret = await page.locator(".copyable code").textContent();
    await mona.fill("enrol.code", "000000");
    await mona.press("enrol.act");
    await page.getByRole("alert").waitFor();
    assert.equal(await page.locator(".copyable code").textContent(), secret, "a wrong code does not begin anew");
  });
  await look(mona.page, "recovery-codes");
  await mona.press("codes.kept");
  await mona.heading("welcome.title", { name: who.first });
  await mona.goto(link);
  await mona.page.getByRole("alert").waitFor();
  await look(mona.page, "link-used");

  // Duplicate: a username and an address of its own; accounts and roles are the other's.
  await ada.goto(`/users?q=${who.email}`);
  await ada.press("users.actsNamed", ada.rows, who);
  await look(ada.page, "users-acts", "structure");
  await ada.page.getByRole("menuitem", { name: ada.say("userAct.duplicate"), exact: true }).click();
  await ada.fill("user.firstName", copy.first, ada.dialog);
  await ada.fill("user.lastName", copy.last, ada.dialog);
  await ada.fill("user.email", who.email, ada.dialog);
  await ada.fill("user.username", copy.username, ada.dialog);
  await ada.fill("user.phone", copy.phone, ada.dialog);
  await ada.press("newUser.review", ada.dialog);
  await ada.dialog.locator(".error").waitFor();
  await ada.fill("user.email", copy.email, ada.dialog);
  await ada.press("newUser.review", ada.dialog);
  await ada.dialog.getByRole("cell", { name: new RegExp(roles.initiateTransfers) }).waitFor();
  await look(ada.page, "user-duplicate");
  await ada.confirms("userAct.duplicateAct", "newUser.done");
  await ada.page.getByRole("heading", { name: copy.name, exact: true }).waitFor();

  // The password reset that an admin sends; one's own is asked for by the username.
  await ada.goto(path);
  await ada.act("userAct.passwordReset");
  await ada.press("userAct.send", ada.dialog);
  await ada.told("userAct.passwordResetDone");
  const reset = await linkFor(who, 3);
  await mona.goto(reset);
  await mona.heading("link.passwordReset");
  who.password = "seven lanterns over the bay";
  await mona.fill("link.password", who.password);
  await mona.press("link.act");
  await mona.signsIn(who);
  await mona.heading("welcome.title", { name: who.first });
  const lost = await Reader.at(t, { language: user });
  await lost.goto("/");
  await lost.follow("signIn.forgot");
  await lost.fill("signIn.identifier", who.username);
  await lost.press("forgot.act");
  await lost.heading("forgot.asked");
  await linkFor(who, 4);

  // The edit icon, other roles, Save.
  await ada.follow("userAct.edit");
  await ada.tick(roles.initiateTransfers);
  await ada.press("newUser.review");
  await ada.dialog.getByRole("cell", { name: roles.viewReports, exact: true }).waitFor();
  await ada.press("editUser.save", ada.dialog);
  await ada.dialog.getByText(ada.say("editUser.done")).waitFor();
  await ada.press("outcome.close", ada.dialog);
  await ada.onUser();

  await ada.act("userAct.deactivate");
  await ada.confirms("userAct.deactivate", "userAct.deactivateDone");
  await ada.reads("status.inactive");
  await mona.page.reload();
  await mona.heading("signIn.title"); // the session is terminated
  await ada.act("userAct.reactivate");
  await ada.confirms("userAct.reactivate", "userAct.reactivateDone");
  await ada.reads("status.active");
  // You cannot deactivate the user you are logged in with.
  await ada.goto(`/users/${admin("adyen").id}`);
  await ada.press("userAct.more");
  await ada.page.getByRole("menu").waitFor();
  assert.equal(await ada.page.getByRole("menuitem", { name: ada.say("userAct.deactivate") }).count(), 0);
});
