import assert from "node:assert/strict";
import test from "node:test";
import { admin, look, mail, open, organisation, totp } from "./harness.mjs";

// 4.1, 4.4, 5.1: from the mail to the first page, in one go.
test("a new user follows the mailed link: password, second factor, recovery codes, and is in", async (t) => {
  const email = "nina.strand@example.com";
  const { accounts } = organisation("adyen");
  const asking = await open(t, { user: admin("adyen") });
  await asking.goto("/");
  const asked = await asking.evaluate(
    async (body) => (await fetch("/v1/users", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).status,
    { kind: "regular", name: { first: "Nina", last: "Strand" }, email, username: "nina.strand", phone: "+442079460123", accounts: accounts.slice(0, 1) },
  );
  assert.ok([201, 202].includes(asked), `asking for the user: ${asked}`);
  const token = /link#token=([\w-]+)/.exec(await mail(email, /link#token/))[1];

  const page = await open(t);
  await page.goto(`/link#token=${token}`);
  await page.getByRole("heading", { name: "Confirm your address" }).waitFor();
  await look(page, "link");
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("The password is too short").waitFor(); // at its field
  assert.equal(await page.getByLabel("New password").getAttribute("aria-invalid"), "true");
  await look(page, "link-refused");
  await page.getByLabel("New password").fill("a quiet harbour at dawn");
  await page.getByRole("button", { name: "Continue" }).click();

  await page.getByRole("heading", { name: "Set up your second factor" }).waitFor();
  assert.equal(new URL(page.url()).hash, "", "the token has left the address");
  await page.getByRole("img", { name: /QR/ }).waitFor();
  await look(page, "enrol");
  const secret = await page.locator(".copyable code").textContent();
  await page.getByLabel("Six-digit code from the app").fill("000000");
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.locator(".copyable code").textContent(), secret, "a wrong code does not begin anew");
  await page.getByLabel("Six-digit code from the app").fill(totp(secret));
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("heading", { name: "Keep your recovery codes" }).waitFor();
  await look(page, "recovery-codes");
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByRole("heading", { name: "Welcome, Nina" }).waitFor();

  await page.goto(`/link#token=${token}`);
  await page.getByRole("alert").waitFor();
  await look(page, "link-used");
});
