import assert from "node:assert/strict";
import { operator, organisation } from "./harness.mjs";
import { comes, person, Reader, rolesOf, story, texted } from "./people.mjs";

// Seed 003.
const title = "B2BinPay: a client verifies e-mail and phone and hands documents in; staff find the client, decide, and see every tab";
story(title, ["b2binpay", "staff"], ["fr", "en"], async (t, { staff: language, user, look, lookAll }) => {
  const who = person("Mira");
  const staff = { ...operator, organisation: organisation("b2binpay").id };
  const olga = await Reader.at(t, { user: staff, language });
  const roles = await rolesOf(staff, language);

  await olga.goto("/users");
  await olga.follow("users.new");
  await olga.heading("newUser.step.basics");
  await olga.choose("user.type", olga.say("type.merchant"));
  await olga.page.getByText(olga.say("kyc.business"), { exact: true }).click(); // what the staff knows of it already
  await olga.fill("business.name", "Mira’s Kiosk");
  await olga.fill("business.employees", "2 to 5");
  await olga.basics(who);
  await olga.given(["North Trading"], []);
  const path = await olga.creates();
  await olga.reads("status.emailNotVerified");

  // The stages, one after another.
  const mira = await comes(t, who, { language: user });
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
  assert.equal(await mira.page.getByLabel(mira.say("business.name"), { exact: true }).inputValue(), "Mira’s Kiosk");
  await mira.fill("business.legalName", "Mira’s Kiosk ApS");
  await mira.press("kyc.handIn");
  await mira.page.getByText(mira.say("kycState.submitted")).first().waitFor();
  await look(mira.page, "identity");

  // Compliance finds what waits for it by whose it is.
  const desk = await Reader.at(t, { user: operator, language });
  await desk.goto("/kyc-cases");
  const waiting = desk.rows.filter({ hasText: who.name });
  await waiting.getByText(organisation("b2binpay").name, { exact: true }).waitFor();
  await look(desk.page, "kyc-cases-waiting");

  // The users, by the filters; the client, by the number; the tabs.
  await olga.goto("/users");
  await olga.page.locator("[aria-controls=filters]").click();
  await olga.choose("user.status", olga.say("status.kycNotVerified"));
  await olga.choose("user.type", olga.say("type.merchant"));
  await olga.page.getByRole("searchbox").fill(who.email);
  await olga.page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  await olga.page.getByRole("link", { name: who.name }).click();
  await olga.onUser();
  for (const tab of ["secondFactor", "additional", "sessions", "tokens", "operations"]) await olga.tab(`details.${tab}`);
  await olga.tab("details.kyc");
  await olga.sees("vault/4712");
  for (const told of ["Mira’s Kiosk", "Mira’s Kiosk ApS", "2 to 5"]) await olga.page.getByText(told, { exact: true }).waitFor();
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
