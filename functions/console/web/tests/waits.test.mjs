import { admin, as, look, operator, organisation, pass } from "./harness.mjs";
import { Reader } from "./people.mjs";
import { test } from "./schedule.mjs";

// 3.4: nobody decided within the organisation's time.
test("a change that nobody decided about expires, says so, and its user takes another", ["clock"], async (t) => {
  const { id, users } = organisation("bc-connect");
  await as({ ...operator, organisation: id }, "PATCH", `/v1/organisations/${id}`, { settings: { approvalHours: 1 } });
  const { change } = await as(admin("bc-connect"), "PATCH", `/v1/users/${users[2].id}`, { permissions: ["balances:view"] });
  await pass(61);
  const ada = await Reader.at(t, { user: admin("bc-connect"), language: "fr" });
  await ada.goto(`/changes/${change.id}`);
  await ada.page.locator(".standing").getByText(ada.say("changes.standing.expired")).first().waitFor();
  await look(ada.page, "change-expired");
  await ada.goto(`/users/${users[2].id}`);
  await ada.page.getByRole("link", { name: ada.say("userAct.edit"), exact: true }).waitFor();
});
