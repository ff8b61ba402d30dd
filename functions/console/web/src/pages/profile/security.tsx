import { useState } from "react";
import { answer, api } from "../../api/client";
import { useMe, useWrite } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Button, TextField } from "../../ui/controls";
import { useTell } from "../../ui/frame";
import { Panel } from "../../ui/panel";
import { Form } from "../../ui/problem";
import { Factors } from "./factors";
import { Profile } from "./frame";

/** One's password and second factors. */
export default function Security() {
  return (
    <Profile>
      <Factors />
      <Password />
    </Profile>
  );
}

function Password() {
  const { t } = useLanguage();
  const tell = useTell();
  const { user } = useMe();
  const [current, setCurrent] = useState("");
  const [chosen, setChosen] = useState("");
  const change = useWrite(
    (_: undefined, key) => answer(api.POST("/v1/me/password", { body: { current, new: chosen }, params: { header: { "Idempotency-Key": key } } })),
    {
      onSuccess() {
        setCurrent("");
        setChosen("");
        tell(t("profile.passwordChanged"));
      },
    },
  );
  return (
    <Panel title={t("profile.password")}>
      <p className="faint">{t("profile.passwordText")}</p>
      <div className="profile-narrow">
        <Form error={change.error} names={["current", "new"]} onSubmit={() => change.mutate(undefined)}>
          {/* So that a password manager knows whose password it keeps. */}
          <input type="text" autoComplete="username" value={user.username ?? user.email} readOnly hidden />
          <TextField name="current" type="password" label={t("profile.passwordCurrent")} value={current} onChange={setCurrent} autoComplete="current-password" isRequired />
          <TextField name="new" type="password" label={t("link.password")} hint={t("link.passwordHint")} value={chosen} onChange={setChosen} autoComplete="new-password" isRequired />
          <div className="row">
            <Button look="primary" type="submit" isPending={change.isPending}>
              {t("password.act")}
            </Button>
          </div>
        </Form>
      </div>
    </Panel>
  );
}
