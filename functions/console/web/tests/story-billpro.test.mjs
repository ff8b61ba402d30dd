import assert from "node:assert/strict";
import { admin, code, leave } from "./harness.mjs";
import { comes, person, Reader, rolesOf, story } from "./people.mjs";

// Seed 002.
const title = "BillPro: a user with API access is created, its secret shown at any time, changed, and deactivated but never removed";
story(title, ["billpro"], ["en", "fr"], async (t, { staff, user, look }) => {
  const who = person("Edda");
  const ada = await Reader.at(t, { user: admin("billpro"), language: staff });
  const roles = await rolesOf(admin("billpro"), staff);

  await ada.begins(who, { phone: false });
  await ada.tick("North Trading");
  await ada.press("newUser.next");
  await ada.tick(roles.admin_user);
  await ada.tick(ada.say("newUser.apiAccess"));
  await ada.tick(ada.say("newUser.paymentLinks"));
  await ada.press("newUser.next");
  await ada.press("newUser.create");
  await ada.told("newUser.done");
  await ada.reads("secret.secret");
  await ada.page.getByRole("button", { name: new RegExp(`^(${ada.say("secret.kept")}|${ada.say("outcome.close")})$`) }).click();
  const path = await ada.onUser();
  await ada.reads("status.active"); // by default
  const edda = await comes(t, who, { language: user });
  await edda.signsIn(who); // the second factor is optional
  await edda.heading("users.title");

  // The token at any time, after the second factor.
  await ada.tab("details.api");
  await ada.press("credentials.reveal");
  await ada.dialog.waitFor();
  await look(ada.page, "user-reveal");
  await ada.fill("factor.totp", await code(admin("billpro")));
  await ada.press("credentials.show", ada.dialog);
  await ada.dialog.getByText(ada.say("secret.secret")).waitFor();
  await leave(ada.page);

  // The pencil: another role, other profiles, Submit; what is wrong stands at its field.
  await ada.goto(path);
  await ada.follow("userAct.edit");
  await ada.fill("user.ipAllowList", "127.0.0.0/8\nnowhere");
  await ada.tick(roles.normal_user);
  await ada.tick("South Trading");
  await ada.press("newUser.review");
  await ada.hears("Write an address or a range, as 192.0.2.0/24 or 2001:db8::/32.");
  await ada.fill("user.ipAllowList", "127.0.0.0/8");
  await ada.press("newUser.review");
  await ada.dialog.getByRole("cell", { name: roles.normal_user }).waitFor();
  await look(ada.page, "user-edit-review");
  await ada.press("editUser.save", ada.dialog);
  await ada.dialog.getByText(ada.say("editUser.done")).waitFor();
  await ada.press("outcome.close", ada.dialog);
  await ada.sees("127.0.0.0/8");
  await ada.tab("details.operations");
  await ada.page.getByRole("rowheader", { name: ada.say("act.updateUser") }).waitFor();
  await look(ada.page, "user-operations-told");
  // Who refreshes the screen has the new role.
  await edda.page.reload();
  await edda.page.getByRole("navigation", { name: edda.say("shell.navigation") }).waitFor();
  assert.equal(await edda.page.getByRole("link", { name: edda.say("users.title") }).count(), 0, "no longer an administrator");

  await ada.act("userAct.deactivate");
  await ada.confirms("userAct.deactivate", "userAct.deactivateDone");
  await ada.goto(`/users?q=${who.email}`);
  await ada.rows.getByText(ada.say("status.inactive")).waitFor();
  await edda.page.reload();
  await edda.signsIn(who);
  await edda.page.getByRole("alert").waitFor();
  // You cannot delete a user account.
  await ada.goto(path);
  await ada.press("userAct.more");
  await ada.page.getByRole("menu").waitFor();
  assert.equal(await ada.page.getByRole("menuitem", { name: ada.say("userAct.remove") }).count(), 0);
});
