import { useEffect, useState } from "react";
import { answer, api, ProblemError, type Schemas } from "../../api/client";
import { useLanguage } from "../../texts";
import { Button, Copyable } from "../../ui/controls";
import { Dialog } from "../../ui/dialog";
import { Loading, Time } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { Problem } from "../../ui/problem";

interface Verdict {
  checked: number;
  pending: number;
  upTo: Schemas["Chain"];
  problems: Schemas["Finding"][];
  done: boolean;
}

/** Verifies the whole log, stretch by stretch from its end, and says what was found out (7.3). Closing it stops. */
export function Verification({ onClose }: { onClose: () => void }) {
  const { t, name } = useLanguage();
  const [verdict, setVerdict] = useState<Verdict>();
  const [error, setError] = useState<ProblemError>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    const control = new AbortController();
    void (async () => {
      setError(undefined);
      setVerdict(undefined);
      try {
        let sum: Verdict | undefined;
        let cursor: string | undefined;
        do {
          const part = await answer(api.GET("/v1/operations/verification", { params: { query: { cursor } }, signal: control.signal }));
          if (control.signal.aborted) return;
          sum = {
            checked: (sum?.checked ?? 0) + part.checked,
            pending: sum?.pending ?? part.pending,
            upTo: sum?.upTo ?? part.upTo,
            problems: [...(sum?.problems ?? []), ...part.problems],
            done: !part.next,
          };
          setVerdict(sum);
          cursor = part.next;
        } while (cursor);
      } catch (failure) {
        if (control.signal.aborted) return;
        if (!(failure instanceof ProblemError)) throw failure;
        setError(failure);
      }
    })();
    return () => control.abort();
  }, [round]);
  return (
    <Dialog title={t("operations.verify")} open onClose={onClose}>
      <Problem error={error} />
      {!error && !verdict?.done && (
        <>
          <Loading />
          <p role="status">{t("operations.verifying", { count: verdict?.checked ?? 0 })}</p>
        </>
      )}
      {verdict?.done && (
        <>
          {verdict.problems.length === 0 ? (
            <div className="notice good" role="status">
              <Icon name="done" />
              <div>
                <strong>{t("operations.verified")}</strong>
                <p>{t("operations.verifiedText", { count: verdict.checked })}</p>
              </div>
            </div>
          ) : (
            <div className="notice bad" role="alert">
              <Icon name="warning" />
              <div>
                <strong>{t("operations.tampered")}</strong>
                <p>{t("operations.tamperedText", { count: verdict.problems.length, checked: verdict.checked })}</p>
                <ul>
                  {verdict.problems.map((one, i) => (
                    <li key={i}>
                      {name("finding", one.kind)}
                      {one.sequence ? ` – ${t("operations.atPlace", { place: one.sequence })}` : ""}
                      {one.count && one.count > 1 ? ` – ${t("operations.places", { count: one.count })}` : ""}
                      {one.entry && (
                        <>
                          {" "}
                          <code>{one.entry}</code>
                        </>
                      )}
                    </li>
                  ))}
                </ul>
              </div>
            </div>
          )}
          {verdict.upTo.sealedAt && (
            <p>
              {t("operations.sealedUntil", { count: verdict.upTo.sequence })} <Time at={verdict.upTo.sealedAt} />
            </p>
          )}
          {verdict.pending > 0 && <p className="faint">{t("operations.unsealed", { count: verdict.pending })}</p>}
          {verdict.upTo.hash && <Copyable label={t("operations.hash")} text={verdict.upTo.hash} />}
        </>
      )}
      <footer>
        {(error || verdict?.done) && <Button onPress={() => setRound(round + 1)}>{t("operations.verifyAgain")}</Button>}
        <Button look="primary" onPress={onClose}>
          {t("close")}
        </Button>
      </footer>
    </Dialog>
  );
}
