import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { useMe, useWrite } from "../../api/queries";
import { makePasskey } from "../../passkeys";
import { useLanguage } from "../../texts";
import { Button, CodeField, Copyable, TextField } from "../../ui/controls";
import { Dialog, SecondFactor, type Proof } from "../../ui/dialog";
import { Loaded, useTell } from "../../ui/frame";
import { Form } from "../../ui/problem";
import { factorsChanged, useHeld } from "./factors";

const keyed = (key: string) => ({ header: { "Idempotency-Key": key } });

interface Enrolment {
  onClose: () => void;
  /** Recovery codes that came with it, which are shown this once. */
  onCodes: (codes: string[]) => void;
}

/** The proof of what there is already, as what is new takes it; nothing where there is nothing. */
const current = (proof: Proof | undefined) => proof && { current: proof.code, currentCredential: proof.credential };

/** Sets an authenticator app up: the picture, the app's first code, and, where there is one, the second factor before. */
export function AppDialog({ onClose, onCodes }: Enrolment) {
  const { t } = useLanguage();
  const tell = useTell();
  const held = useHeld();
  const { secondFactors } = useMe();
  const any = secondFactors.totp || secondFactors.passkeys > 0;
  const [code, setCode] = useState("");
  const [proving, setProving] = useState(false);
  const begun = useQuery({
    queryKey: ["once", "app"],
    queryFn: () => answer(api.POST("/v1/me/mfa/totp")),
    staleTime: Infinity, // to ask again would begin anew
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const confirm = useWrite(
    (proof: Proof | undefined, key) => answer(api.POST("/v1/me/mfa/totp/confirm", { body: { code, ...current(proof) }, params: keyed(key) })),
    {
      onSuccess({ recoveryCodes }) {
        factorsChanged();
        tell(t("profile.appAdded"));
        onClose();
        onCodes(recoveryCodes);
      },
    },
  );
  return (
    <Dialog title={t(secondFactors.totp ? "profile.appReplace" : "profile.appAdd")} open onClose={onClose}>
      {proving ? (
        <>
          <p>{t("profile.proveBefore")}</p>
          <SecondFactor {...held} onProof={(proof) => confirm.mutate(proof)} error={confirm.error} pending={confirm.isPending} act={t("enrol.act")} />
          <div className="row">
            <Button
              look="quiet"
              onPress={() => {
                confirm.reset();
                setProving(false);
              }}
            >
              {t("back")}
            </Button>
          </div>
        </>
      ) : (
        <>
          <p>{t("enrol.text")}</p>
          <Loaded query={begun}>
            {(app) => (
              <>
                <img className="profile-qr" src={app.qr} alt={t("enrol.qr")} width="208" height="208" />
                <Copyable label={t("enrol.secret")} text={app.secret} />
                <Form error={confirm.error} names={["code"]} onSubmit={() => (any ? setProving(true) : confirm.mutate(undefined))}>
                  <CodeField name="code" label={t("enrol.code")} value={code} onChange={setCode} isRequired />
                  <div className="row">
                    <Button look="primary" type="submit" isPending={confirm.isPending} isDisabled={!code.trim()}>
                      {t(any ? "profile.next" : "enrol.act")}
                    </Button>
                  </div>
                </Form>
              </>
            )}
          </Loaded>
        </>
      )}
    </Dialog>
  );
}

/** Sets a passkey up: its name, what the browser makes, and, where there is one, the second factor before. */
export function PasskeyDialog({ onClose, onCodes }: Enrolment) {
  const { t } = useLanguage();
  const tell = useTell();
  const held = useHeld();
  const [name, setName] = useState("");
  const [made, setMade] = useState<Record<string, unknown>>();
  const [failed, setFailed] = useState(false);
  const confirm = useWrite(
    ({ credential, proof }: { credential: Record<string, unknown>; proof?: Proof }, key) =>
      answer(api.POST("/v1/me/mfa/passkeys/confirm", { body: { name: name || undefined, credential, ...current(proof) }, params: keyed(key) })),
    {
      onSuccess({ recoveryCodes }) {
        factorsChanged();
        tell(t("profile.passkeyAdded"));
        onClose();
        if (recoveryCodes) onCodes(recoveryCodes);
      },
    },
  );
  const make = useWrite(
    async () => {
      setFailed(false);
      const { publicKey } = await answer(api.POST("/v1/me/mfa/passkeys"));
      return await makePasskey(publicKey).catch(() => undefined);
    },
    {
      onSuccess(credential) {
        if (!credential) setFailed(true);
        else if (held.methods.length > 0) setMade(credential);
        else confirm.mutate({ credential });
      },
    },
  );
  return (
    <Dialog title={t("profile.passkeyAdd")} open onClose={onClose}>
      {made ? (
        <>
          <p>{t("profile.proveBefore")}</p>
          <SecondFactor {...held} onProof={(proof) => confirm.mutate({ credential: made, proof })} error={confirm.error} pending={confirm.isPending} act={t("enrol.act")} />
        </>
      ) : (
        <Form error={make.error ?? confirm.error} names={["name"]} onSubmit={() => make.mutate(undefined)}>
          {failed && <p role="alert">{t("profile.passkeyFailed")}</p>}
          <TextField name="name" label={t("profile.passkeyName")} hint={t("profile.passkeyNameHint")} value={name} onChange={setName} maxLength={100} autoComplete="off" autoFocus />
          <div className="row">
            <Button look="primary" icon="key" type="submit" isPending={make.isPending || confirm.isPending}>
              {t("profile.passkeyMake")}
            </Button>
          </div>
        </Form>
      )}
    </Dialog>
  );
}
