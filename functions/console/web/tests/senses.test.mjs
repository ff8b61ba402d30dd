// How one who sees little, uses no mouse, or is made ill by movement gets along (WCAG 2.2): what axe cannot find.
import assert from "node:assert/strict";
import test from "node:test";
import { admin, as, look, open, organisation } from "./harness.mjs";
import { person } from "./people.mjs";

const rosa = (preset) => organisation(preset).users[2].id;

test("every dialog is opened, gone through and left with the keyboard alone, and the focus is where it was", async (t) => {
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
      await dialog.waitFor();
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
      await page.waitForFunction(() => document.activeElement !== document.body).catch(() => assert.fail(`${path}, ${opener}: the focus is lost`));
      assert.ok(await button.evaluate((one) => one === document.activeElement), `${path}, ${opener}: the focus is on ${await page.evaluate(() => document.activeElement.outerHTML.slice(0, 100))}`);
    }
    await page.close();
  }
});

test("at twice the size nothing is lost, and nothing is scrolled sideways", async (t) => {
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

test("who wants no movement gets none", async (t) => {
  const page = await open(t, { user: admin("billpro"), fresh: true });
  const moving = () => page.evaluate(() => document.getAnimations().filter((one) => one.effect.getComputedTiming().activeDuration > 20).map((one) => one.animationName ?? one.transitionProperty));
  await page.goto("/operations");
  await page.getByRole("button", { name: "Details" }).first().click();
  assert.deepEqual(await moving(), []);
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  // A page that waits says so without moving.
  await page.route("**/v1/users?*", () => {});
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("progressbar").waitFor();
  assert.deepEqual(await moving(), []);
});
