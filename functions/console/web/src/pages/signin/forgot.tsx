import { useState } from "react";
import { answer, api } from "../../api/client";
import { useWrite } from "../../api/queries";
import { Link } from "../../router";
import { useLanguage } from "../../texts";
import { Button, TextField } from "../../ui/controls";
import { Form } from "../../ui/problem";
import { Alone } from "./alone";

/** Asking for a link to choose a new password. Whether anybody goes by the name is not told. */
export default function Forgot() {
  const { t } = useLanguage();
  const [identifier, setIdentifier] = useState("");
  const ask = useWrite((_: undefined, key) => answer(api.POST("/v1/password/forgot", { body: { identifier }, params: { header: { "Idempotency-Key": key } } })));
  return (
    <Alone title={t(ask.isSuccess ? "forgot.asked" : "forgot.title")}>
      {ask.isSuccess ? (
        <p>{t("forgot.askedText")}</p>
      ) : (
        <Form error={ask.error} names={["identifier"]} onSubmit={() => ask.mutate(undefined)}>
          <TextField name="identifier" label={t("signIn.identifier")} hint={t("forgot.hint")} value={identifier} onChange={setIdentifier} autoComplete="username" isRequired autoFocus />
          <Button look="primary" type="submit" isPending={ask.isPending}>
            {t("forgot.act")}
          </Button>
        </Form>
      )}
      <Link href="/">{t("forgot.back")}</Link>
    </Alone>
  );
}
