import { useState, type ReactNode } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { useMe, useProofs, useWrite, type Me } from "../../api/queries";
import { Link } from "../../router";
import { useLanguage } from "../../texts";
import { Button, Copyable } from "../../ui/controls";
import { SecondFactor } from "../../ui/dialog";
import { Time } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { useCatalogue, useSaid } from "./catalogue";

export type Answer = Schemas["UserAnswerBody"];

/** How a write on a user is sent: as a preview, or under an idempotency key. */
export interface How {
  preview?: boolean;
  key?: string;
  /** The version that was seen. */
  etag?: string;
}
export type Write = (how: How) => Promise<Answer>;

export const asPost = ({ preview, key }: How) => ({ query: preview ? ({ preview: "true" } as const) : {}, header: { "Idempotency-Key": key } });
export const asPut = ({ preview, etag }: How) => ({ query: preview ? ({ preview: "true" } as const) : {}, header: { "If-Match": etag } });
export const keyed = (key: string) => ({ "Idempotency-Key": key });

/** What changes, field by field: before and after. */
export function Diff({ diff, me }: { diff: Schemas["Difference"][]; me: Me }) {
  const { t, name } = useLanguage();
  const said = useSaid(useCatalogue(me).data);
  const before = diff.some((one) => one.before !== "");
  return (
    <table className="user-diff">
      <caption className="only-heard">{t("outlook.diff")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("outlook.field")}</th>
          {before && <th scope="col">{t("outlook.before")}</th>}
          <th scope="col">{t(before ? "outlook.after" : "outlook.value")}</th>
        </tr>
      </thead>
      <tbody>
        {diff.map((one) => (
          <tr key={one.field}>
            <th scope="row">{name("field", one.field)}</th>
            {before && <td className="was">{said(one.field, one.before) || <span aria-label={t("outlook.nothing")}>–</span>}</td>}
            <td>{said(one.field, one.after) || <span aria-label={t("outlook.nothing")}>–</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Warnings({ warnings }: { warnings: Schemas["Warning"][] | undefined }) {
  const { t } = useLanguage();
  if (!warnings?.length) return null;
  return (
    <div className="notice warn" role="status">
      <Icon name="warning" />
      <div>
        <strong>{t("outlook.warnings")}</strong>
        {warnings.map((one) => (
          <p key={one.code + one.detail}>{one.detail}</p>
        ))}
      </div>
    </div>
  );
}

/** What a write would do (3.11): who has to agree, when it takes effect, which mails it sends, and what to think of first. */
export function Outlook({ outlook, me, ends }: { outlook: Schemas["Outlook"]; me: Me; /** It takes access away, which is never delayed (3.6). */ ends?: boolean }) {
  const { t, name } = useLanguage();
  const minutes = Math.round(me.organisation.settings.propagationSeconds / 60);
  const waits = outlook.control !== "none";
  const later = outlook.effectiveAt !== undefined && Date.parse(outlook.effectiveAt) > Date.now() + 5000;
  const steps: ReactNode[] = [];
  if (outlook.state === "awaitingStepUp") steps.push(t("outlook.stepUp"));
  if (outlook.state === "awaitingApproval") steps.push(t("outlook.approval"));
  if (later) {
    steps.push(
      <>
        {t("outlook.effectiveAt")} <Time at={outlook.effectiveAt} />
      </>,
    );
  } else if (waits && outlook.state !== "effective" && outlook.state !== "propagating") {
    const alters = outlook.diff.some((one) => one.before !== "");
    steps.push(ends || minutes === 0 ? t("outlook.thenAtOnce") : t(alters ? "outlook.propagationBoth" : "outlook.propagation", { minutes }));
  } else {
    steps.push(t("outlook.atOnce"));
  }
  if (outlook.mails.length > 0) steps.push(t("outlook.mails", { mails: [...new Set(outlook.mails)].map((mail) => name("mail", mail)).join(", ") }));
  return (
    <section className="outlook stack" aria-label={t("outlook.title")}>
      <Warnings warnings={outlook.warnings} />
      {outlook.diff.length > 0 && <Diff diff={outlook.diff} me={me} />}
      <div className="notice">
        <Icon name="info" />
        <div>
          <strong>{t("outlook.title")}</strong>
          <ul className="dots">
            {steps.map((step, i) => (
              <li key={i}>{step}</li>
            ))}
          </ul>
        </div>
      </div>
    </section>
  );
}

/** The client id and the secret: this once, or, where it is kept, to be shown again. */
export function Secret({ credential, kept }: { credential: Schemas["IssuedCredential"]; kept?: boolean }) {
  const { t } = useLanguage();
  return (
    <div className="stack">
      <Copyable label={t("secret.id")} text={credential.clientId} />
      {credential.clientSecret ? (
        <>
          <Copyable label={t("secret.secret")} text={credential.clientSecret} />
          {!kept && (
            <p className="notice warn">
              <Icon name="warning" />
              {t("secret.once")}
            </p>
          )}
        </>
      ) : (
        <p className="notice">
          <Icon name="info" />
          {t("secret.waits")}
        </p>
      )}
    </div>
  );
}

/** The requester's own second factor for a change that waits for it, beside what it is bound to (3.2, 3.3). */
export function Confirm({ change, onDone }: { change: Schemas["Change"]; onDone: (change: Schemas["Change"]) => void }) {
  const { t } = useLanguage();
  const me = useMe();
  const proofs = useProofs();
  const path = { changeId: change.id };
  const confirm = useWrite(
    ({ method, code, credential }: { method: string; code?: string; credential?: Record<string, unknown> }, key) =>
      answer(
        api.POST("/v1/changes/{changeId}/confirm", {
          params: { path, header: keyed(key) },
          body: { digest: change.digest, method: method === "passkey" ? "passkey" : "totp", code, credential },
        }),
      ),
    { onSuccess: (settled) => onDone(settled.change) },
  );
  return (
    <div className="stack">
      <p>{t("stepUp.text")}</p>
      {change.diff.length > 0 && <Diff diff={change.diff} me={me} />}
      <SecondFactor
        methods={proofs}
        challenge={async () => (await answer(api.POST("/v1/changes/{changeId}/challenge", { params: { path } }))).publicKey}
        onProof={confirm.mutate}
        error={confirm.error}
        pending={confirm.isPending}
        act={t("stepUp.act")}
      />
    </div>
  );
}

/** What was not copied to a duplicate, since its maker may not give it (1.6). */
export function Left({ left, me }: { left: Schemas["Left"] | undefined; me: Me }) {
  const { t, name } = useLanguage();
  const said = useSaid(useCatalogue(me).data);
  const parts = (["companies", "accounts", "roles", "permissions"] as const).filter((part) => left?.[part].length);
  if (!left || parts.length === 0) return null;
  return (
    <div className="notice warn">
      <Icon name="warning" />
      <div>
        <strong>{t("duplicate.left")}</strong>
        {parts.map((part) => (
          <p key={part}>
            {name("field", part)}: {left[part].map((id) => said(part, id)).join(", ")}
          </p>
        ))}
      </div>
    </div>
  );
}

/** What came of a write: it took effect, waits for another admin, or waits for one's own second factor; and what came with it. */
export function Outcome({ answer: first, done, onClose }: { answer: Answer; done: string; onClose: () => void }) {
  const { t } = useLanguage();
  const me = useMe();
  const [change, setChange] = useState(first.change);
  const state = change?.state;
  return (
    <div className="stack">
      {state === "awaitingStepUp" ? (
        <Confirm change={change!} onDone={setChange} />
      ) : (
        <div className="notice good" role="status">
          <Icon name={state === "awaitingApproval" ? "pending" : "done"} />
          <div>
            <strong>{state === "awaitingApproval" ? t("outcome.awaitingApproval") : state === "propagating" ? t("outcome.propagating") : done}</strong>
            {state === "awaitingApproval" && <p>{t("outcome.awaitingApprovalText")}</p>}
            {state === "propagating" && change?.effectiveAt && (
              <p>
                {t("outlook.effectiveAt")} <Time at={change.effectiveAt} />
              </p>
            )}
            {change && (
              <p>
                <Link href={`/changes/${change.id}`}>{t("outcome.change")}</Link>
              </p>
            )}
          </div>
        </div>
      )}
      <Warnings warnings={first.warnings} />
      <Left left={first.left} me={me} />
      {first.credential && <Secret credential={first.credential} />}
      {state !== "awaitingStepUp" && (
        <div className="row end">
          <Button look="primary" onPress={onClose}>
            {t(first.credential?.clientSecret ? "secret.kept" : "outcome.close")}
          </Button>
        </div>
      )}
    </div>
  );
}
