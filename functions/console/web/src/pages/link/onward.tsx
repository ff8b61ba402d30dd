import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type User } from "../../api/client";
import { forget, queries, useWrite, type Me } from "../../api/queries";
import { makePasskey, passkeysWork } from "../../passkeys";
import { useLanguage } from "../../texts";
import { Codes } from "../../ui/codes";
import { Button, CodeField, Copyable, TextField } from "../../ui/controls";
import { Loaded, useTell } from "../../ui/frame";
import { Form, Problem } from "../../ui/problem";
import { OwnKyc } from "../profile/kyc";
import { Alone } from "../signin/alone";

const goOn = () => queries.invalidateQueries({ queryKey: ["me"] });
const keyed = (key: string) => ({ header: { "Idempotency-Key": key } });

/** What a session that is good for nothing else is good for. */
export default function Onward({ next, user }: { next: NonNullable<Me["next"]>; user: User }) {
  switch (next) {
    case "enrolSecondFactor":
      return <Enrol />;
    case "verifyPhone":
      return <VerifyPhone phone={user.phone ?? ""} />;
    case "changePassword":
      return <ChangePassword />;
    case "verifyIdentity":
      return <Identity />;
  }
}

function SignOut() {
  const { t } = useLanguage();
  const out = useWrite(() => answer(api.DELETE("/v1/session")), { onSettled: forget });
  return (
    <Button look="quiet" onPress={() => out.mutate(undefined)}>
      {t("shell.signOut")}
    </Button>
  );
}

function Enrol() {
  const { t } = useLanguage();
  const [codes, setCodes] = useState<string[]>();
  const [code, setCode] = useState("");
  const begun = useQuery({
    queryKey: ["once", "enrol"],
    queryFn: () => answer(api.POST("/v1/me/mfa/totp")),
    staleTime: Infinity, // to ask again would begin anew
    refetchOnWindowFocus: false,
  });
  const confirm = useWrite((_: undefined, key) => answer(api.POST("/v1/me/mfa/totp/confirm", { body: { code }, params: keyed(key) })), {
    onSuccess: (confirmed) => setCodes(confirmed.recoveryCodes),
  });
  const passkey = useWrite(
    async (_: undefined, key) => {
      const { publicKey } = await answer(api.POST("/v1/me/mfa/passkeys"));
      const credential = await makePasskey(publicKey).catch(() => undefined);
      return credential && (await answer(api.POST("/v1/me/mfa/passkeys/confirm", { body: { credential }, params: keyed(key) })));
    },
    { onSuccess: (made) => made && (made.recoveryCodes ? setCodes(made.recoveryCodes) : void goOn()) },
  );
  if (codes) {
    return (
      <Alone title={t("codes.title")}>
        <Codes codes={codes} />
        <Button look="primary" onPress={() => void goOn()}>
          {t("codes.kept")}
        </Button>
      </Alone>
    );
  }
  return (
    <Alone title={t("enrol.title")}>
      <p>{t("enrol.text")}</p>
      <Loaded query={begun}>
        {(factor) => (
          <>
            <img className="qr" src={factor.qr} alt={t("enrol.qr")} width="208" height="208" />
            <Copyable label={t("enrol.secret")} text={factor.secret} />
            <Form error={confirm.error} names={["code"]} onSubmit={() => confirm.mutate(undefined)}>
              <CodeField name="code" label={t("enrol.code")} value={code} onChange={setCode} isRequired />
              <Button look="primary" type="submit" isPending={confirm.isPending}>
                {t("enrol.act")}
              </Button>
            </Form>
          </>
        )}
      </Loaded>
      {passkeysWork() && (
        <>
          <Problem error={passkey.error} />
          <Button icon="key" onPress={() => passkey.mutate(undefined)} isPending={passkey.isPending}>
            {t("enrol.passkey")}
          </Button>
        </>
      )}
      <SignOut />
    </Alone>
  );
}

function VerifyPhone({ phone }: { phone: string }) {
  const { t } = useLanguage();
  const tell = useTell();
  const [code, setCode] = useState("");
  const verify = useWrite((_: undefined, key) => answer(api.POST("/v1/me/phone/verify", { body: { code }, params: keyed(key) })), { onSuccess: goOn });
  const send = useWrite((_: undefined, key) => answer(api.POST("/v1/me/phone/code", { params: keyed(key) })), { onSuccess: () => tell(t("phone.sentAgain")) });
  return (
    <Alone title={t("phone.title")}>
      <p>{t("phone.text", { phone })}</p>
      <Problem error={send.error} />
      <Form error={verify.error} names={["code"]} onSubmit={() => verify.mutate(undefined)}>
        <CodeField name="code" label={t("phone.code")} value={code} onChange={setCode} isRequired autoFocus />
        <div className="row">
          <Button look="primary" type="submit" isPending={verify.isPending}>
            {t("phone.act")}
          </Button>
          <Button look="quiet" onPress={() => send.mutate(undefined)} isPending={send.isPending}>
            {t("phone.again")}
          </Button>
        </div>
      </Form>
      <SignOut />
    </Alone>
  );
}

function ChangePassword() {
  const { t } = useLanguage();
  const [current, setCurrent] = useState("");
  const [chosen, setChosen] = useState("");
  const change = useWrite((_: undefined, key) => answer(api.POST("/v1/me/password", { body: { current, new: chosen }, params: keyed(key) })), { onSuccess: goOn });
  return (
    <Alone title={t("password.title")}>
      <p>{t("password.text")}</p>
      <Form error={change.error} names={["current", "new"]} onSubmit={() => change.mutate(undefined)}>
        <TextField name="current" type="password" label={t("password.current")} value={current} onChange={setCurrent} autoComplete="current-password" isRequired autoFocus />
        <TextField name="new" type="password" label={t("link.password")} hint={t("link.passwordHint")} value={chosen} onChange={setChosen} autoComplete="new-password" isRequired />
        <Button look="primary" type="submit" isPending={change.isPending}>
          {t("password.act")}
        </Button>
      </Form>
      <SignOut />
    </Alone>
  );
}

function Identity() {
  const { t } = useLanguage();
  return (
    <Alone title={t("identity.title")}>
      <p>{t("identity.text")}</p>
      <OwnKyc />
      <SignOut />
    </Alone>
  );
}
