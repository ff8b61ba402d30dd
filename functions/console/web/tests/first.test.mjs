import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { admin, open, site } from "./harness.mjs";
import { test } from "./schedule.mjs";

/**
 * Opens a page with an empty cache, and answers how it came: the requests, in turns. All of a turn are held until the page
 * asks for nothing more for a while, and are then let go at once: what is in a later turn was asked for because of an earlier one.
 */
async function turns(page, path, there, quiet) {
  const all = [];
  let held = [];
  await page.route("**/*", (route) => (route.request().resourceType() === "image" ? route.continue() : held.push(route)));
  const going = page.goto(path, { waitUntil: "commit" });
  let gone = false;
  for (;;) {
    for (let before = -1; held.length === 0 || before !== held.length; ) {
      before = held.length;
      await new Promise((resolve) => setTimeout(resolve, quiet));
      if (gone && (await there(page).isVisible())) {
        await page.unrouteAll({ behavior: "ignoreErrors" });
        return all;
      }
    }
    const turn = held;
    held = [];
    all.push(turn.map((route) => new URL(route.request().url()).pathname.replace(/-[\w-]{8}\.(js|css)$/, ".$1")));
    for (const route of turn) await route.continue();
    gone ||= Boolean(await going);
  }
}

/** The same, of as many turns: on a machine that was too slow for the first while, after a longer one. It holds a turn's requests together, and never two turns'. */
async function inTurns(number, window, path, there) {
  for (const quiet of [400, 2_000, 10_000]) {
    const all = await turns(await window(), path, there, quiet);
    if (all.length === number || quiet === 10_000) return all;
  }
}

// A page over a slow network is as late as the turns that it takes: its own file, then what that names, then who is there
// side by side with the words and the page, then what the page shows.
test("the first page comes in few turns", ["billpro"], async (t) => {
  const nobody = await inTurns(3, () => open(t), "/", (page) => page.getByRole("button", { name: "Sign in", exact: true }));
  assert.deepEqual([nobody.length, nobody[0]], [3, ["/"]], JSON.stringify(nobody));
  const users = await inTurns(4, () => open(t, { user: admin("billpro"), fresh: true }), "/users", (page) => page.getByRole("table"));
  assert.deepEqual([users.length, users[0]], [4, ["/users"]], JSON.stringify(users));
  assert.deepEqual(users[3].sort(), ["/v1/roles", "/v1/users"], "what the page shows");
  assert.ok(users.flat().length <= 24, JSON.stringify(users));
});

test("what the scripts have of others is named beside them, with versions and licences", [], async () => {
  const answer = await fetch(`${site}/licences.txt`);
  const text = await answer.text();
  const { packages } = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
  const { dependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  for (const name of Object.keys(dependencies)) assert.match(text, new RegExp(`^${name} ${packages[`node_modules/${name}`].version}: [A-Za-z]`, "m"));
  assert.match(text, /Permission is hereby granted/, "the texts, too");
});
