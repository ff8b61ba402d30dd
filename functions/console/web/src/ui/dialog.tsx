import { useState, type ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import type { ProblemError, Schemas } from "../api/client";
import { askPasskey, passkeysWork } from "../passkeys";
import { Link } from "../router";
import { useLanguage } from "../texts";
import { Button, CodeField } from "./controls";
import { Form, Problem } from "./problem";

/** What has to be answered before anything else on the page. Escape and a press outside leave it. */
export function Dialog({ title, open, onClose, children, wide }: { title: string; open: boolean; onClose: () => void; children: ReactNode; wide?: boolean }) {
  const { t } = useLanguage();
  return (
    <ModalOverlay isOpen={open} onOpenChange={(stays) => !stays && onClose()} isDismissable className="overlay">
      <Modal className={wide ? "modal wide" : "modal"}>
        <AriaDialog className="dialog">
          <header>
            <Heading slot="title">{title}</Heading>
            <Button look="quiet" icon="close" onPress={onClose} aria-label={t("close")} />
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Asks whether something is really meant, saying what it will do. */
export function ConfirmDialog({ title, children, act, danger, open, onClose, onConfirm, pending, error, wide }: {
  title: string;
  children: ReactNode;
  /** What the button says: the act itself, not "OK". */
  act: string;
  danger?: boolean;
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
  pending?: boolean;
  error?: Error | null;
  wide?: boolean;
}) {
  const { t } = useLanguage();
  return (
    <Dialog title={title} open={open} onClose={onClose} wide={wide}>
      <Problem error={error} />
      <div className="stack">{children}</div>
      <footer>
        <Button onPress={onClose}>{t("cancel")}</Button>
        <Button look={danger ? "danger" : "primary"} onPress={onConfirm} isPending={pending}>
          {act}
        </Button>
      </footer>
    </Dialog>
  );
}

/** A proof of the second factor, as operations take it. */
export interface Proof {
  method: "totp" | "recovery" | "passkey";
  code?: string;
  credential?: Record<string, unknown>;
}

/**
 * Asks for the second factor. Where it proves a change, the passkey's challenge is bound to that change's digest, so each
 * use says where its challenge is from.
 */
export function SecondFactor({ methods, onProof, challenge, error, pending, act }: {
  methods: readonly string[];
  onProof: (proof: Proof) => void;
  /** Where a passkey's challenge is from; without it no passkey is asked for. */
  challenge?: () => Promise<Schemas["InvitationAnswerBody"]["publicKey"]>;
  error: ProblemError | null;
  pending: boolean;
  act: string;
}) {
  const { t } = useLanguage();
  const passkey = challenge && passkeysWork() && methods.includes("passkey");
  const codes = (["totp", "recovery"] as const).filter((method) => methods.includes(method));
  const [method, setMethod] = useState<"totp" | "recovery">(codes[0] ?? "totp");
  const [code, setCode] = useState("");
  const [failed, setFailed] = useState(false);
  const other = codes.find((one) => one !== method);
  const ask = async () => {
    setFailed(false);
    try {
      onProof({ method: "passkey", credential: await askPasskey(await challenge!()) });
    } catch {
      setFailed(true); // what the browser says of it is in no language of the person's
    }
  };
  return (
    <div className="stack">
      {passkey && (
        <>
          {failed && <p role="alert">{t("factor.passkeyFailed")}</p>}
          <Button look={codes.length ? "plain" : "primary"} icon="key" onPress={() => void ask()} isPending={pending}>
            {t("factor.passkey")}
          </Button>
        </>
      )}
      {codes.length > 0 && (
        <Form error={error} names={["code"]} onSubmit={() => onProof({ method, code })}>
          <CodeField
            name="code"
            label={t(method === "totp" ? "factor.totp" : "factor.recovery")}
            hint={t(method === "totp" ? "factor.totpHint" : "factor.recoveryHint")}
            value={code}
            onChange={setCode}
            isRequired
            autoFocus
          />
          <div className="row">
            <Button look="primary" type="submit" isPending={pending} isDisabled={!code.trim()}>
              {act}
            </Button>
            {other && (
              <Button look="quiet" onPress={() => setMethod(other)}>
                {t(other === "totp" ? "factor.useTotp" : "factor.useRecovery")}
              </Button>
            )}
          </div>
        </Form>
      )}
      {codes.length === 0 && <Problem error={error} />}
      {codes.length === 0 && !passkey && (
        <p>
          {t("factor.none")} <Link href="/profile/security">{t("factor.setUp")}</Link>
        </p>
      )}
    </div>
  );
}

/** Asks for the second factor before an act: confirming or approving a change, showing a secret. */
export function StepUpDialog({ title, children, open, onClose, ...factor }: {
  title: string;
  children?: ReactNode;
  open: boolean;
  onClose: () => void;
} & Parameters<typeof SecondFactor>[0]) {
  return (
    <Dialog title={title} open={open} onClose={onClose}>
      {children}
      <SecondFactor {...factor} />
    </Dialog>
  );
}
