import test from "node:test";
import { look, lookAll, operator, organisation } from "./harness.mjs";
import { comes, person, Reader, rolesOf, texted } from "./people.mjs";

// Seed 003. The staff reads French, the client English.
test("B2BinPay: a client verifies e-mail and phone and hands documents in; staff find the client, decide, and see every tab", async (t) => {
  const who = person("Mira");
  const staff = { ...operator, organisation: organisation("b2binpay").id };
  const olga = await Reader.at(t, { user: staff, language: "fr" });
  const roles = await rolesOf(staff, "fr");

  await olga.goto("/users");
  await olga.follow("users.new");
  await olga.heading("newUser.step.basics");
  await olga.choose("user.type", olga.say("type.merchant"));
  await olga.basics(who);
  await olga.given(["North Trading"], []);
  const path = await olga.creates();
  await olga.reads("status.emailNotVerified");

  // The stages, one after another.
  const mira = await comes(t, who);
  await mira.heading("phone.title");
  await look(mira.page, "phone");
  await mira.fill("phone.code", await texted(who.phone.replaceAll(" ", "")));
  await mira.press("phone.act");
  await mira.heading("identity.title");
  await mira.press("kyc.handIn");
  await mira.page.locator(".error").first().waitFor();
  await look(mira.page, "identity-refused");
  await mira.fill("kyc.reference", "vault/4711");
  await mira.press("kyc.addDocument");
  await mira.page.getByRole("group", { name: mira.say("kyc.document", { number: 2 }) }).getByLabel(mira.say("kyc.reference")).fill("vault/4712");
  await mira.page.getByText(mira.say("kyc.business"), { exact: true }).click();
  await mira.fill("business.name", "Mira’s Kiosk");
  await mira.press("kyc.handIn");
  await mira.page.getByText(mira.say("kycState.submitted")).first().waitFor();
  await look(mira.page, "identity");

  // The users, by the filters; the client, by the number; the tabs.
  await olga.goto("/users");
  await olga.page.getByRole("button", { name: "Filtres", exact: true }).click();
  await olga.choose("user.status", olga.say("status.kycNotVerified"));
  await olga.choose("user.type", olga.say("type.merchant"));
  await olga.page.getByRole("searchbox").fill(who.email);
  await olga.page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  await olga.page.getByRole("link", { name: who.name }).click();
  await olga.onUser();
  for (const tab of ["secondFactor", "additional", "sessions", "tokens", "operations"]) await olga.tab(`details.${tab}`);
  await olga.tab("details.kyc");
  await olga.sees("vault/4712");
  await olga.press("kycAct.underReview");
  await olga.reads("kycState.underReview");
  await olga.press("kycAct.moreNeeded");
  await olga.page.locator(".error").waitFor(); // say what else is needed
  await look(olga.page, "user-kyc");
  await olga.press("kycAct.passed");
  await olga.reads("status.active");
  await olga.tab("details.info");
  await olga.sees(roles.merchantOwner);

  // The client signs in, and sees what is left of the checks.
  await mira.page.reload();
  await mira.page.getByRole("heading", { level: 1 }).waitFor();
  if (await mira.page.getByLabel(mira.say("signIn.identifier")).count()) await mira.signsIn(who);
  await mira.page.getByRole("button", { name: new RegExp(`^${mira.say("shell.own")}`) }).waitFor();
  await lookAll(t, "profile-identity", { window: mira.page, path: "/profile/identity", see: (page) => page.getByRole("heading", { level: 2 }).first().waitFor() });

  // The Info tab: the list of addresses, a password, Active.
  await olga.act("userAct.setPassword");
  who.password = "chosen by the back office";
  await olga.fill("link.password", who.password, olga.dialog);
  await olga.press("userAct.setPassword", olga.dialog);
  await olga.told("userAct.setPasswordDone");
  await mira.goto("/");
  await mira.signsIn(who);
  await mira.heading("password.title");
  await mira.fill("password.current", who.password);
  await mira.fill("link.password", "seven lanterns over Aarhus");
  await mira.press("password.act");
  await mira.page.getByRole("button", { name: new RegExp(`^${mira.say("shell.own")}`) }).waitFor();
  await olga.goto(path);
  await olga.act("userAct.deactivate");
  await olga.confirms("userAct.deactivate", "userAct.deactivateDone");
  await mira.page.reload();
  await mira.heading("signIn.title");
  await olga.goto(path);
  await olga.page.locator(".under").getByText(olga.say("status.inactive")).waitFor();
});
