import { useState } from "react";
import { answer, api } from "../../api/client";
import { useMe, useProofs, useWrite } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Button, TextField } from "../../ui/controls";
import { Dialog, StepUpDialog, type Proof } from "../../ui/dialog";
import { useTell } from "../../ui/frame";
import { Form } from "../../ui/problem";
import { decides, isOpen, type Change } from "./parts";

/** What the person can do with a change now: approve or reject, confirm, take back. */
export function Decision({ change }: { change: Change }) {
  const { t } = useLanguage();
  const me = useMe();
  const mine = change.requester.id === me.user.id;
  const deciding = decides(me, change);
  const confirming = mine && change.state === "awaitingStepUp";
  // What is proven is what was on the page when the dialog opened: should the change move on underneath, the API refuses.
  const [shown, setShown] = useState<Change>();
  const [asking, setAsking] = useState<"reject" | "cancel">();
  if (!deciding && !confirming && !(mine && isOpen(change))) return null;
  return (
    <div className="row">
      {(deciding || confirming) && (
        <Button look="primary" onPress={() => setShown(change)}>
          {t(deciding ? "changes.approve" : "changes.confirm")}
        </Button>
      )}
      {deciding && <Button onPress={() => setAsking("reject")}>{t("changes.reject")}</Button>}
      {mine && isOpen(change) && <Button onPress={() => setAsking("cancel")}>{t("changes.cancel")}</Button>}
      {shown && <Proving change={shown} approving={deciding} onClose={() => setShown(undefined)} />}
      {asking && <Ending change={change} how={asking} onClose={() => setAsking(undefined)} />}
    </div>
  );
}

/** The second factor for exactly what was shown (3.3). */
function Proving({ change, approving, onClose }: { change: Change; approving: boolean; onClose: () => void }) {
  const { t, name } = useLanguage();
  const tell = useTell();
  const proofs = useProofs();
  const path = { changeId: change.id };
  const prove = useWrite(
    ({ method, code, credential }: Proof, key) => {
      const body = { digest: change.digest, method: method === "passkey" ? ("passkey" as const) : ("totp" as const), code, credential };
      const params = { path, header: { "Idempotency-Key": key } };
      return answer(approving ? api.POST("/v1/changes/{changeId}/approve", { body, params }) : api.POST("/v1/changes/{changeId}/confirm", { body, params }));
    },
    {
      onSuccess({ change: now }) {
        tell(t(now.state === "effective" ? "changes.doneNow" : now.state === "propagating" ? "changes.doneLater" : "changes.doneNext"));
        onClose();
      },
    },
  );
  const act = t(approving ? "changes.approve" : "changes.confirm");
  return (
    <StepUpDialog
      title={t(approving ? "changes.approveTitle" : "changes.confirmTitle")}
      open
      onClose={onClose}
      methods={proofs}
      challenge={async () => (await answer(api.POST("/v1/changes/{changeId}/challenge", { params: { path } }))).publicKey}
      onProof={(proof) => prove.mutate(proof)}
      error={prove.error}
      pending={prove.isPending}
      act={act}
    >
      <p>
        <strong>{t("changes.heading", { act: name("changes.act", change.act), target: change.target.name })}</strong>
      </p>
      <p>
        {t("changes.bound")} <code>{change.digest.slice(0, 12)}…</code>
      </p>
    </StepUpDialog>
  );
}

/** Rejecting, which takes a reason, or taking back, which may have one. */
function Ending({ change, how, onClose }: { change: Change; how: "reject" | "cancel"; onClose: () => void }) {
  const { t } = useLanguage();
  const tell = useTell();
  const [reason, setReason] = useState("");
  const end = useWrite(
    (_: undefined, key) => {
      const params = { path: { changeId: change.id }, header: { "Idempotency-Key": key } };
      return answer(
        how === "reject"
          ? api.POST("/v1/changes/{changeId}/reject", { body: { reason }, params })
          : api.POST("/v1/changes/{changeId}/cancel", { body: reason ? { reason } : {}, params }),
      );
    },
    {
      onSuccess() {
        tell(t(how === "reject" ? "changes.rejected" : "changes.cancelled"));
        onClose();
      },
    },
  );
  return (
    <Dialog title={t(how === "reject" ? "changes.rejectTitle" : "changes.cancelTitle")} open onClose={onClose}>
      <p>{t(how === "reject" ? "changes.rejectText" : "changes.cancelText", { name: change.requester.name })}</p>
      <Form error={end.error} names={["reason"]} onSubmit={() => end.mutate(undefined)}>
        <TextField name="reason" label={t(how === "reject" ? "changes.reason" : "changes.reasonOptional")} value={reason} onChange={setReason} maxLength={500} isRequired={how === "reject"} autoFocus />
        <div className="row end">
          <Button onPress={onClose}>{t("back")}</Button>
          <Button look="danger" type="submit" isPending={end.isPending} isDisabled={how === "reject" && !reason.trim()}>
            {t(how === "reject" ? "changes.reject" : "changes.cancel")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
