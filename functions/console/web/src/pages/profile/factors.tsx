import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { queries, useMe, useWrite } from "../../api/queries";
import { passkeysWork } from "../../passkeys";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { Codes } from "../../ui/codes";
import { Dialog, StepUpDialog, type Proof } from "../../ui/dialog";
import { Badge, Time, useTell } from "../../ui/frame";
import { Panel } from "../../ui/panel";
import { Problem } from "../../ui/problem";
import { AppDialog, PasskeyDialog } from "./enrolment";

const keyed = (key: string) => ({ header: { "Idempotency-Key": key } });

/** What proves oneself for an act on one's own account, and where a passkey's challenge for it is from. */
export function useHeld() {
  const { secondFactors } = useMe();
  const methods = [...(secondFactors.passkeys > 0 ? ["passkey"] : []), ...(secondFactors.totp ? ["totp"] : []), ...(secondFactors.recoveryCodes > 0 ? ["recovery"] : [])];
  return { methods, challenge: async () => (await answer(api.POST("/v1/me/mfa/challenge"))).publicKey };
}

/** What an act has changed of one's second factors. */
export const factorsChanged = () => {
  void queries.invalidateQueries({ queryKey: ["me"] });
  void queries.invalidateQueries({ queryKey: ["passkeys"] });
};

/** What is to be proven first. */
type Act = { kind: "removeApp" } | { kind: "newCodes" } | { kind: "removePasskey"; passkey: Schemas["Passkey"] };

/** One's second factors (5.1). What is taken off or replaced is proven by what there is. */
export function Factors() {
  const { t } = useLanguage();
  const tell = useTell();
  const { secondFactors, organisation, user } = useMe();
  const held = useHeld();
  const [act, setAct] = useState<Act>();
  const [adding, setAdding] = useState<"app" | "passkey">();
  const [codes, setCodes] = useState<string[]>();
  const passkeys = useQuery({ queryKey: ["passkeys"], queryFn: () => answer(api.GET("/v1/me/mfa/passkeys")) });
  const prove = useWrite(
    async ({ method, ...given }: Proof, key): Promise<string[] | undefined> => {
      void method; // which one it is, the API sees by itself
      switch (act?.kind) {
        case "newCodes":
          return (await answer(api.POST("/v1/me/mfa/recovery-codes", { body: given, params: keyed(key) }))).recoveryCodes;
        case "removeApp":
          await answer(api.DELETE("/v1/me/mfa/totp", { body: given }));
          return undefined;
        case "removePasskey":
          await answer(api.DELETE("/v1/me/mfa/passkeys/{passkeyId}", { body: given, params: { path: { passkeyId: act.passkey.id } } }));
          return undefined;
      }
      return undefined;
    },
    {
      onSuccess(made) {
        setAct(undefined);
        factorsChanged();
        if (made) setCodes(made);
        else tell(t("profile.factorRemoved"));
      },
    },
  );
  const ask = (next: Act) => {
    prove.reset();
    setAct(next);
  };
  const titles = { removeApp: t("profile.appRemove"), newCodes: t("profile.codesNew"), removePasskey: t("profile.passkeyRemove") };
  const texts = { removeApp: t("profile.appRemoveText"), newCodes: t("profile.codesNewText"), removePasskey: t("profile.passkeyRemoveText", { name: act?.kind === "removePasskey" ? act.passkey.name : "" }) };
  const required = organisation.settings.secondFactor === "required" || user.secondFactorRequired;
  const any = secondFactors.totp || secondFactors.passkeys > 0;
  return (
    <Panel title={t("user.secondFactor")}>
      <p className="faint">{t(required ? "profile.factorRequired" : "profile.factorOptional")}</p>
      <Problem error={passkeys.error} />
      <ul className="profile-factors">
        <li>
          <div className="about">
            <span>
              {t("profile.app")}
              <Badge tone={secondFactors.totp ? "good" : "neutral"}>{t(secondFactors.totp ? "profile.on" : "profile.off")}</Badge>
            </span>
            <span className="faint">{t("profile.appText")}</span>
          </div>
          <div className="row">
            <Button onPress={() => setAdding("app")}>{t(secondFactors.totp ? "profile.appReplace" : "profile.appAdd")}</Button>
            {secondFactors.totp && (
              <Button look="quiet" onPress={() => ask({ kind: "removeApp" })}>
                {t("profile.appRemove")}
              </Button>
            )}
          </div>
        </li>
        {passkeys.data?.items.map((passkey) => (
          <li key={passkey.id}>
            <div className="about">
              <span>
                {passkey.name || t("profile.passkey")}
                {passkey.synced && <Badge>{t("profile.passkeySynced")}</Badge>}
              </span>
              <span className="faint">
                {t("profile.passkeySince")} <Time at={passkey.createdAt} style="date" />
                {passkey.lastUsedAt && (
                  <>
                    {" · "}
                    {t("profile.passkeyUsed")} <Time at={passkey.lastUsedAt} />
                  </>
                )}
              </span>
            </div>
            <Button look="quiet" onPress={() => ask({ kind: "removePasskey", passkey })} aria-label={t("profile.passkeyRemoveNamed", { name: passkey.name || t("profile.passkey") })}>
              {t("profile.passkeyRemove")}
            </Button>
          </li>
        ))}
        <li>
          <div className="about">
            <span>{t("profile.passkeys")}</span>
            <span className="faint">{t(passkeysWork() ? "profile.passkeysText" : "profile.passkeysNot")}</span>
          </div>
          {passkeysWork() && (
            <Button icon="plus" onPress={() => setAdding("passkey")}>
              {t("profile.passkeyAdd")}
            </Button>
          )}
        </li>
        {any && (
          <li>
            <div className="about">
              <span>
                {t("profile.codes")}
                <Badge tone={secondFactors.recoveryCodes > 2 ? "good" : "warn"}>{t("profile.codesLeft", { count: secondFactors.recoveryCodes })}</Badge>
              </span>
              <span className="faint">{t("profile.codesText")}</span>
            </div>
            <Button onPress={() => ask({ kind: "newCodes" })}>{t("profile.codesNew")}</Button>
          </li>
        )}
      </ul>
      <StepUpDialog
        title={act ? titles[act.kind] : ""}
        open={act !== undefined}
        onClose={() => setAct(undefined)}
        {...held}
        onProof={(proof) => prove.mutate(proof)}
        error={prove.error}
        pending={prove.isPending}
        act={act ? titles[act.kind] : ""}
      >
        {act && <p>{texts[act.kind]}</p>}
      </StepUpDialog>
      {adding === "app" && <AppDialog onClose={() => setAdding(undefined)} onCodes={setCodes} />}
      {adding === "passkey" && <PasskeyDialog onClose={() => setAdding(undefined)} onCodes={setCodes} />}
      {codes && (
        <Dialog title={t("codes.title")} open onClose={() => setCodes(undefined)}>
          <Codes codes={codes} />
          <footer>
            <Button look="primary" onPress={() => setCodes(undefined)}>
              {t("codes.kept")}
            </Button>
          </footer>
        </Dialog>
      )}
    </Panel>
  );
}
