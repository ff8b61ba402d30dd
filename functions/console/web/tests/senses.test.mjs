// How one who sees little, uses no mouse, or is made ill by movement gets along (WCAG 2.2): what axe cannot find.
import assert from "node:assert/strict";
import { admin, as, focusIn, focusOn, leave, look, open, operator, organisation } from "./harness.mjs";
import { person, Reader } from "./people.mjs";
import { test } from "./schedule.mjs";

const rosa = (preset) => organisation(preset).users[2].id;

test("every dialog is opened, gone through and left with the keyboard alone, and the focus is where it was", ["leaseweb", "bc-connect", "billpro"], async (t) => {
  const who = person("Kit");
  await as(admin("leaseweb"), "POST", "/v1/contacts", { name: { first: who.first, last: who.last }, email: who.email });
  const { change } = await as(admin("bc-connect", 1), "PATCH", `/v1/users/${rosa("bc-connect")}`, { permissions: ["balances:view"] });
  t.after(() => as(admin("bc-connect", 1), "POST", `/v1/changes/${change.id}/cancel`, {}));
  /** Who is where, and what opens dialogs there: buttons, or entries of the menu that a button opens. */
  const places = [
    [admin("leaseweb"), "/contacts", "New contact", `Edit ${who.name}`, `Delete ${who.name}`],
    [admin("bc-connect"), `/changes/${change.id}`, "Approve", "Reject"],
    [admin("billpro"), "/profile/security", "Get new codes", "Set up another app", "Remove the app"],
    [admin("billpro"), "/operations", "Verify the log", "Details"],
    [admin("bc-connect"), "/reviews", /^Rosa Lind/],
    [admin("leaseweb"), `/users/${rosa("leaseweb")}`, ["Actions", "Duplicate"], ["Actions", "Deactivate"], ["Actions", "Remove"]],
  ];
  for (const [user, path, ...openers] of places) {
    const page = await open(t, { user });
    await page.goto(path);
    for (const opener of openers) {
      const [name, entry] = [opener].flat();
      const button = page.getByRole("button", { name, exact: true }).first();
      await button.focus();
      await page.keyboard.press("Enter");
      if (entry) {
        await page.getByRole("menuitem", { name: entry, exact: true }).focus();
        await page.keyboard.press("Enter");
      }
      const dialog = page.getByRole("dialog");
      await focusIn(page, "[role=dialog]");
      await page.waitForFunction(() => !document.querySelector("[role=dialog] .loading"));
      const pressable = await dialog.locator("button:not([disabled]):not([tabindex='-1'])").count();
      const reached = new Set();
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press("Tab");
        const at = await page.evaluate(() => {
          const on = document.activeElement;
          const all = [...document.querySelectorAll("[role=dialog] button:not([disabled]):not([tabindex='-1'])")];
          return { inside: Boolean(on.closest("[role=dialog]")), button: all.indexOf(on) };
        });
        assert.ok(at.inside, `${path}, ${opener}: the focus left the dialog`);
        if (at.button >= 0 && reached.has(at.button)) break;
        if (at.button >= 0) reached.add(at.button);
      }
      assert.equal(reached.size, pressable, `${path}, ${opener}: every button is reached`);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await focusOn(page, button, `${path}, ${opener}: `);
    }
    await page.close();
  }
});

test("the staff opens, fills in and confirms its dialogs with the keyboard alone; each closes, and the focus is where it was, or where one goes on", ["b2binpay"], async (t) => {
  const preset = organisation("b2binpay");
  const inside = { ...operator, organisation: preset.id };
  const staff = await Reader.at(t, { user: inside });
  const { page } = staff;
  const button = (name) => page.getByRole("button", { name, exact: true });
  const opens = async (name) => {
    await button(name).focus();
    await page.keyboard.press("Enter");
    await focusIn(page, "[role=dialog]");
  };
  const picks = async (entry) => {
    await button("Actions").focus();
    await page.keyboard.press("Enter");
    await focusIn(page, "[role=menu]");
    await page.keyboard.type(entry); // a menu goes to what begins so
    await page.keyboard.press("Enter");
    await focusIn(page, "[role=dialog]");
  };
  const presses = async (name) => {
    await staff.reaches(name);
    await page.keyboard.press("Enter");
  };
  /** The dialog has closed, and the focus is there. */
  const back = async (there) => {
    await staff.dialog.waitFor({ state: "detached" });
    await focusOn(page, there);
  };

  // 9.1: a company, and an account of it.
  await staff.goto("/accounts");
  const company = person("Kit").last;
  await opens("Create company");
  await page.keyboard.type(company);
  await page.keyboard.press("Enter");
  await back(button("Create company"));
  await page.getByRole("heading", { name: company }).waitFor();
  await opens("Open wallet");
  await page.keyboard.type("Wallet");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.type(company); // a closed list goes to what begins so
  await presses("Open wallet");
  await back(button("Open wallet"));
  await page.getByRole("region", { name: new RegExp(company) }).getByRole("link", { name: "Wallet", exact: true }).waitFor();

  // An organisation has one owner, whom the staff names.
  await staff.goto(`/users/${preset.users[1].id}`);
  const owner = page.locator(".under").getByText("Owner", { exact: true });
  t.after(() => as(inside, "POST", `/v1/users/${preset.users[0].id}/owner`, {}));
  await picks("Make");
  await look(page, "user-owner");
  await presses("Make the owner");
  await staff.dialog.getByText(staff.say("userAct.ownerDone")).waitFor();
  await presses("Done");
  await back(button("Actions"));
  await owner.waitFor();
  await staff.goto(`/users/${preset.users[0].id}`);
  await staff.onUser();
  assert.equal(await owner.count(), 0, "there is one");

  // 5.7: a password for a user.
  await staff.goto(`/users/${preset.users[2].id}`);
  await picks("Set");
  await page.keyboard.type("short");
  await page.keyboard.press("Enter");
  await staff.dialog.locator(".error").waitFor();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("chosen by the back office");
  await page.keyboard.press("Enter");
  await staff.told("userAct.setPasswordDone");
  await back(button("Actions"));

  // Settings: the form takes the place of what was read, and what was read comes back.
  await staff.goto("/organisation");
  t.after(() => as(inside, "PATCH", `/v1/organisations/${preset.id}`, { name: preset.name }));
  await button("Change settings").focus();
  await page.keyboard.press("Enter");
  await back(page.getByRole("heading", { level: 1 }));
  await page.keyboard.press("Tab");
  await page.keyboard.press("End");
  await page.keyboard.type(" Ltd");
  await page.keyboard.press("Enter");
  await staff.dialog.waitFor();
  await presses("Change settings");
  await staff.told("settings.saved");
  await back(page.getByRole("heading", { level: 1 }));

  // 1.5: a request is decided about, and there is nothing left to press.
  const { request } = await as(admin("b2binpay"), "POST", "/v1/service-requests", { act: "resetSecondFactor", target: preset.users[1].id });
  await staff.goto(`/service-requests/${request.id}`);
  await opens("Decline");
  await page.keyboard.type("Ben can do so himself.");
  await presses("Decline");
  await staff.reads("requests.standing.declined");
  await back(page.getByRole("heading", { level: 1 }));
});

test("at twice the size nothing is lost, and nothing is scrolled sideways", ["bc-connect", "billpro"], async (t) => {
  const pages = {
    "bc-connect": ["/users", "/users/new", `/users/${rosa("bc-connect")}`, `/users/${rosa("bc-connect")}/edit`, "/changes", "/reviews", "/operations", "/accounts", "/service-requests/new", "/profile/security"],
    billpro: ["/roles", "/organisation"],
  };
  for (const [preset, paths] of Object.entries(pages)) {
    const page = await open(t, { user: admin(preset), language: "fr", width: 640, height: 400, scale: 2 });
    for (const path of paths) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await look(page, `twice-${preset}${path.replace(/usr_\w+/, "one").replaceAll("/", "-")}`, "nothing");
      // What one presses is within the window, or within what scrolls by itself.
      const lost = await page.evaluate(() =>
        [...document.querySelectorAll("main button, main a")]
          .filter((one) => one.checkVisibility() && !one.closest(".table-scroll, [role=region], .tabs, .page-tabs"))
          .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1)
          .map((one) => one.textContent),
      );
      assert.deepEqual(lost, [], path);
    }
  }
});

test("who wants no movement gets none", ["billpro"], async (t) => {
  const page = await open(t, { user: admin("billpro"), fresh: true });
  const moving = () => page.evaluate(() => document.getAnimations().filter((one) => one.effect.getComputedTiming().activeDuration > 20).map((one) => one.animationName ?? one.transitionProperty));
  await page.goto("/operations");
  await page.getByRole("button", { name: "Details" }).first().click();
  assert.deepEqual(await moving(), []);
  await leave(page);
  // A page that waits says so without moving.
  await page.route("**/v1/users?*", () => {});
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("progressbar").waitFor();
  assert.deepEqual(await moving(), []);
});
