import assert from "node:assert/strict";
import { admin, as, look, operator, organisation } from "./harness.mjs";
import { linkFor, person, password, Reader, rolesOf } from "./people.mjs";
import { test } from "./schedule.mjs";

/** An authenticator in the person's device, which verifies them by itself (WebAuthn's virtual one). */
async function device(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options });
  return { verifies: (isUserVerified) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }) };
}

// 5.1, 3.2, 3.3: an admin without any app.
test("a passkey is made when one comes in, signs in alone or after the password, and confirms one’s own change", ["adyen"], async (t) => {
  const who = { ...person("Petra"), password };
  who.identifier = who.username;
  const id = organisation("adyen").id;
  await as(admin("adyen"), "POST", "/v1/users", { kind: "admin", name: { first: who.first, last: who.last }, email: who.email, username: who.username, phone: who.phone, roles: ["balancePlatformAdmin"] });
  const petra = await Reader.at(t, { host: "localhost" }); // an address has no passkeys
  const authenticator = await device(petra.page);
  await petra.goto(await linkFor(who));
  await petra.fill("link.password", who.password);
  await petra.press("link.act");
  await petra.heading("enrol.title");
  await petra.press("enrol.passkey");
  await petra.heading("codes.title");
  await petra.press("codes.kept");
  await petra.heading("users.title");

  await petra.signsOut();
  await petra.press("signIn.passkey");
  await petra.heading("users.title");
  await petra.signsOut();
  await petra.signsIn(who);
  await petra.heading("signIn.factor");
  await petra.press("factor.passkey");
  await petra.heading("users.title");

  await petra.goto("/profile/security");
  await petra.page.getByRole("button", { name: petra.say("profile.passkeyRemoveNamed", { name: petra.say("profile.passkey") }) }).waitFor();
  await look(petra.page, "profile-passkeys");

  const control = (changeControl) => as({ ...operator, organisation: id }, "PATCH", `/v1/organisations/${id}`, { settings: { changeControl } });
  await control("step_up");
  t.after(() => control("none"));
  const sune = person("Sune");
  await petra.page.reload();
  await petra.begins(sune, { username: true });
  await petra.given(["North Trading"], [(await rolesOf(admin("adyen"), "en")).balancePlatformAdmin]);
  await petra.reads("outlook.stepUp");
  await petra.press("newUser.create");
  await petra.reads("stepUp.text");
  assert.equal(await petra.page.getByLabel(petra.say("factor.totp")).count(), 0, "there is no app");
  await look(petra.page, "user-step-up");
  await authenticator.verifies(false); // the wrong finger
  await petra.press("factor.passkey");
  await petra.page.getByRole("alert").waitFor();
  await authenticator.verifies(true);
  await petra.press("factor.passkey");
  await petra.told("newUser.done");
  await petra.press("outcome.close");
  await petra.reads("status.emailNotVerified");
});
