import assert from "node:assert/strict";
import { admin } from "./harness.mjs";
import { comes, person, Reader, story } from "./people.mjs";

// Seed 000: with approval, two admins. The one reads as the staff, the other, and the new user, read the other language.
const title = "BC Connect: a user is created in steps and approved, comes in by the mailed link, is updated, deactivated and reactivated";
story(title, ["bc-connect"], ["en", "fr"], async (t, { staff, user, look }) => {
  const who = person("Nora");
  const ada = await Reader.at(t, { user: admin("bc-connect"), language: staff });
  const ben = await Reader.at(t, { user: admin("bc-connect", 1), language: user });

  // Administration → Users → New user: basics, account access, permissions.
  await ada.goto("/users/new");
  await ada.press("newUser.next");
  await ada.hears("An e-mail address is needed."); // at its field
  await look(ada.page, "user-new-wrong");
  await ada.begins(who);
  await ada.tick("South Trading");
  await ada.press("newUser.next");
  await ada.tick("payments:initiate");
  await ada.tick("payments:approve");
  await ada.press("newUser.next");
  await ada.hears("Say whether payments that the user initiates need another's approval.");
  await ada.tick(ada.say("paymentRule.needsApproval"));
  await ada.press("newUser.next");
  await ada.hears("The user may both initiate and approve payments.");
  await ada.reads("outlook.approval");
  await look(ada.page, "user-new-review");
  await ada.press("newUser.ask");
  await ada.told("outcome.awaitingApproval");
  await ada.press("outcome.close");
  const path = await ada.onUser();
  await ada.reads("openChange.approval");
  assert.equal(await ada.page.getByRole("link", { name: ada.say("userAct.edit"), exact: true }).count(), 0, "a user takes one change at a time");
  await look(ada.page, "user-open-change");
  // An (i) appears on the user until approved.
  await ada.goto(`/users?q=${who.email}`);
  await ada.rows.getByRole("link", { name: ada.say("user.pending") }).waitFor();

  await ben.approves(admin("bc-connect", 1), "createUser", who);
  await ada.rows.getByText(ada.say("status.emailNotVerified")).waitFor(); // by itself

  const nora = await comes(t, who, { language: user });
  await nora.enrols(who);
  await nora.press("codes.kept");
  await nora.heading("welcome.title", { name: who.first });
  await nora.goto("/profile");
  await nora.heading("profile.access");
  await nora.sees("South Trading");
  assert.equal(await nora.page.getByText("North Trading").count(), 0, "the accounts of one company");

  // View details, Edit, Save: the other admin asks, and the first approves.
  await ben.goto(path);
  await ben.follow("userAct.edit");
  await ben.tick("statements:download");
  await ben.press("newUser.review");
  await ben.press("newUser.ask", ben.dialog);
  await ben.told("outcome.awaitingApproval");
  await ada.approves(admin("bc-connect"), "updateUser", who);

  // Deactivating ends the session once it is approved, and the next page asks to sign in; reactivating gives back what was there.
  await ada.goto(path);
  await ada.act("userAct.deactivate");
  await ada.press("userAct.deactivate", ada.dialog);
  await ada.dialog.getByText(ada.say("outcome.awaitingApproval")).waitFor();
  await ben.approves(admin("bc-connect", 1), "deactivateUser", who);
  await nora.page.reload();
  await nora.heading("signIn.title");
  await ben.goto(path);
  await ben.act("userAct.reactivate");
  await ben.press("userAct.reactivate", ben.dialog);
  await ben.dialog.getByText(ben.say("outcome.awaitingApproval")).waitFor();
  await ada.approves(admin("bc-connect"), "reactivateUser", who);
  await nora.signsIn(who);
  await nora.heading("profile.access");
  await nora.sees("South Trading");
});
