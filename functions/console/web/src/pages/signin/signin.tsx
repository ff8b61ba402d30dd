import { useState } from "react";
import { answer, api, inCookie, type Schemas } from "../../api/client";
import { queries, useWrite } from "../../api/queries";
import { askPasskey, passkeysWork } from "../../passkeys";
import { Link } from "../../router";
import { useLanguage } from "../../texts";
import { Button, TextField } from "../../ui/controls";
import { SecondFactor, type Proof } from "../../ui/dialog";
import { Form, Problem } from "../../ui/problem";
import { Alone } from "./alone";

type Answer = Schemas["SignInAnswerBody"];
const entered = () => void queries.invalidateQueries({ queryKey: ["me"] });

/** Signing in: the password or a passkey, then the organisation where there are several, then the second factor. */
export default function SignIn() {
  const { t } = useLanguage();
  const [identifier, setIdentifier] = useState("");
  const [password, setPassword] = useState("");
  const [step, setStep] = useState<Answer>();
  const take = (answered: Answer) => (answered.session ? entered() : setStep(answered));
  const header = (key: string) => ({ header: { "Idempotency-Key": key, ...inCookie } });

  const signIn = useWrite((organisation: string | undefined, key) => answer(api.POST("/v1/sign-in", { body: { identifier, password, organisation }, params: header(key) })), { onSuccess: take });
  const passkey = useWrite(
    async (_: undefined, key) => {
      const { publicKey } = await answer(api.POST("/v1/sign-in/passkey"));
      const credential = await askPasskey(publicKey).catch(() => undefined);
      if (!credential) return undefined;
      return await answer(api.POST("/v1/sign-in/passkey/finish", { body: { credential }, params: header(key) }));
    },
    { onSuccess: (answered) => answered && take(answered) },
  );
  const prove = useWrite((proof: Proof, key) => answer(api.POST("/v1/sign-in/challenge", { body: { challengeId: step?.challenge?.id ?? "", ...proof }, params: header(key) })), { onSuccess: take });

  if (step?.organisations) {
    return (
      <Alone title={t("signIn.which")}>
        <Problem error={signIn.error} />
        <ul className="sign-in-choices">
          {step.organisations.map((one) => (
            <li key={one.id}>
              <Button onPress={() => signIn.mutate(one.id)} isPending={signIn.isPending}>
                {one.name}
              </Button>
            </li>
          ))}
        </ul>
        <Button look="quiet" onPress={() => setStep(undefined)}>
          {t("back")}
        </Button>
      </Alone>
    );
  }
  if (step?.challenge) {
    const { methods, publicKey } = step.challenge;
    return (
      <Alone title={t("signIn.factor")}>
        <SecondFactor
          methods={methods}
          challenge={publicKey ? async () => publicKey : undefined}
          onProof={(proof) => prove.mutate(proof)}
          error={prove.error}
          pending={prove.isPending}
          act={t("signIn.act")}
        />
        <Button
          look="quiet"
          onPress={() => {
            prove.reset();
            setPassword("");
            setStep(undefined);
          }}
        >
          {t("back")}
        </Button>
      </Alone>
    );
  }
  return (
    <Alone title={t("signIn.title")}>
      <Form error={signIn.error ?? passkey.error} names={["identifier", "password"]} onSubmit={() => signIn.mutate(undefined)}>
        <TextField name="identifier" label={t("signIn.identifier")} value={identifier} onChange={setIdentifier} autoComplete="username webauthn" isRequired autoFocus />
        <TextField name="password" type="password" label={t("signIn.password")} value={password} onChange={setPassword} autoComplete="current-password" isRequired />
        <Button look="primary" type="submit" isPending={signIn.isPending}>
          {t("signIn.act")}
        </Button>
        {passkeysWork() && (
          <Button icon="key" onPress={() => passkey.mutate(undefined)} isPending={passkey.isPending}>
            {t("signIn.passkey")}
          </Button>
        )}
      </Form>
      <Link href="/forgot-password">{t("signIn.forgot")}</Link>
    </Alone>
  );
}
