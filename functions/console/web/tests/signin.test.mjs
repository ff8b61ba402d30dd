import assert from "node:assert/strict";
import { admin, code, focusIn, look, lookAll, open } from "./harness.mjs";
import { test } from "./schedule.mjs";

test("signing in with the keyboard alone, with the second factor, and out again", ["adyen"], async (t) => {
  const ada = admin("adyen");
  const page = await open(t);
  await page.goto("/users");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await focusIn(page, "input");
  await page.keyboard.type(ada.identifier);
  await page.keyboard.press("Tab");
  await page.keyboard.type(ada.password);
  await page.keyboard.press("Enter");
  if (ada.totpSecret) {
    await page.getByRole("heading", { name: "Prove that it is you" }).waitFor();
    await look(page, "sign-in-factor");
    await focusIn(page, "input");
    await page.keyboard.type(await code(ada));
    await page.keyboard.press("Enter");
  }
  await page.getByRole("heading", { name: "Users" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/users", "the address that was asked for");
  const cookies = await page.context().cookies();
  assert.deepEqual(cookies.map(({ httpOnly, secure, sameSite }) => ({ httpOnly, secure, sameSite })), [{ httpOnly: true, secure: true, sameSite: "Strict" }]);
  assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }).includes("token")), false, "a token that scripts can read");

  await page.getByRole("button", { name: /^Your account/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.deepEqual(await page.context().cookies(), [], "the cookie is gone");
});

test("a wrong password is told, in the reader's language", [], async (t) => {
  const page = await open(t, { language: "fr" });
  await page.goto("/");
  await page.getByLabel("E-mail ou nom d’utilisateur").fill("nobody@example.com");
  await page.getByLabel("Mot de passe").fill("not this one");
  await page.getByRole("button", { name: "Se connecter", exact: true }).click();
  await page.getByRole("alert").getByText("Les informations sont erronées").waitFor();
  await look(page, "sign-in-refused");
});

test("the sign-in, looked at", [], (t) => lookAll(t, "sign-in", { path: "/", see: (page) => page.getByRole("heading", { level: 1 }).waitFor() }));
