import assert from "node:assert/strict";
import { admin, as, code, focusOn, look, lookAll, open, organisation } from "./harness.mjs";
import { test } from "./schedule.mjs";

const status = (page, text) => page.locator(".standing").getByText(text).first().waitFor();

/** Has the first admin ask for something of the regular user, and answers the change. */
async function asked(patch) {
  const { id } = organisation("bc-connect").users[2];
  const { change } = await as(admin("bc-connect"), "PATCH", `/v1/users/${id}`, patch);
  return change;
}

test("a change is approved by another admin with the second factor, counts down, and takes effect by itself", ["bc-connect"], async (t) => {
  const change = await asked({ permissions: ["balances:view", "payments:initiate", "statements:download"] });
  const own = await open(t, { user: admin("bc-connect") });
  await own.goto(`/changes/${change.id}`);
  await status(own, "Awaiting approval by another admin");
  await own.getByText(/One of these admins can decide: Ben Holm/).waitFor();
  assert.equal(await own.getByRole("button", { name: "Approve" }).count(), 0, "nobody approves what they asked for");
  await look(own, "change-own");

  await lookAll(t, "changes", { user: admin("bc-connect", 1), path: "/changes", see: (page) => page.getByRole("table").locator("tbody tr").first().waitFor() });
  await lookAll(t, "change", { user: admin("bc-connect", 1), path: `/changes/${change.id}`, see: (page) => page.locator(".timeline li").first().waitFor() });

  const page = await open(t, { user: admin("bc-connect", 1) });
  await page.goto("/changes");
  await page.getByText(/waits? for your decision/).waitFor();
  await page.getByRole("link", { name: "See what waits for approval" }).click();
  await page.getByRole("link", { name: "Update user" }).click();
  await page.getByRole("heading", { name: "Update user: Rosa Lind" }).waitFor();
  await page.locator("ins").getByText("statements:download").waitFor();
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("dialog").getByText(change.digest.slice(0, 12)).waitFor();
  await look(page, "change-approve");
  await page.getByLabel("Code from your authenticator app").fill("000000");
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.getByLabel("Code from your authenticator app").fill(await code(admin("bc-connect", 1)));
  await page.keyboard.press("Enter");
  // Nobody reloads either page.
  await status(page, "In effect");
  await status(own, "In effect");
  await look(own, "change-effective");
});

test("a change is rejected with a reason, which its requester reads", ["bc-connect"], async (t) => {
  const change = await asked({ permissions: ["balances:view"], paymentRule: "submit" });
  const page = await open(t, { user: admin("bc-connect", 1) });
  await page.goto(`/changes/${change.id}`);
  await page.getByRole("button", { name: "Reject" }).click();
  await look(page, "change-reject");
  await page.getByLabel("Reason").fill("Rosa keeps the payments.");
  await page.getByRole("dialog").getByRole("button", { name: "Reject" }).click();
  await status(page, "Rejected: nothing was changed");
  const own = await open(t, { user: admin("bc-connect") });
  await own.goto(`/changes/${change.id}`);
  await own.locator(".standing").getByText("Ben Holm: “Rosa keeps the payments.”").waitFor();
  await look(own, "change-rejected");
});

test("who asked for a change takes it back, with the keyboard alone", ["bc-connect"], async (t) => {
  const change = await asked({ permissions: [] });
  const page = await open(t, { user: admin("bc-connect") });
  await page.goto(`/changes/${change.id}`);
  const back = page.getByRole("button", { name: "Take back" });
  await back.waitFor();
  await back.focus();
  await page.keyboard.press("Enter");
  await focusOn(page, page.getByLabel("Reason (optional)"));
  await page.keyboard.type("A mistake.");
  await page.keyboard.press("Enter");
  await status(page, "Cancelled before it took effect");
});
