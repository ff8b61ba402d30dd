import type { Schemas } from "../api/client";
import { useLanguage, type Key } from "../texts";
import { TextField } from "./controls";
import { Badge, Time } from "./frame";

type Level = Schemas["KYCLevel"];

const tones: Record<string, "good" | "warn" | "bad" | "accent"> = { passed: "good", rejected: "bad", moreNeeded: "warn", submitted: "accent", underReview: "accent" };

/** How an identity check, or a level of it, stands (1.12). */
export function KycState({ state }: { state: Level["state"] }) {
  const { name } = useLanguage();
  return <Badge tone={tones[state] ?? "neutral"}>{name("kycState", state)}</Badge>;
}

/** What a client tells of its business, by the API's names, with what each is called. */
export const business: (readonly [keyof Schemas["Business"], Key])[] = [
  ["name", "business.name"], ["legalName", "business.legalName"], ["type", "business.type"], ["description", "business.description"],
  ["operationsArea", "business.operationsArea"], ["registrationNumber", "business.registrationNumber"],
  ["countryOfIncorporation", "business.countryOfIncorporation"], ["address", "business.address"], ["site", "business.site"],
  ["employees", "business.employees"], ["otherContact", "business.otherContact"],
];

/** The fields' names, as complaints have them. */
export const businessNames = business.map(([field]) => `business.${field}`);

/** What a client tells of its business, kept out of the way of who has nothing to tell. */
export function BusinessFields({ told, set }: { told: Schemas["Business"]; set: (told: Schemas["Business"]) => void }) {
  const { t } = useLanguage();
  return (
    <details>
      <summary>{t("kyc.business")}</summary>
      <div className="stack">
        {business.map(([field, label]) => (
          <TextField key={field} name={`business.${field}`} label={t(label)} value={told[field] ?? ""} onChange={(text) => set({ ...told, [field]: text || undefined })} maxLength={300} autoComplete="off" />
        ))}
      </div>
    </details>
  );
}

/** What was handed in for a level, and what was decided about it. */
export function KycLevel({ level }: { level: Level }) {
  const { t, name } = useLanguage();
  return (
    <>
      <div>
        <h3>{t("kyc.documents")}</h3>
        {level.documents.length === 0 ? (
          <p className="faint">{t("kyc.noDocuments")}</p>
        ) : (
          <ul className="dots">
            {level.documents.map((one) => (
              <li key={one.kind + one.reference}>
                {t("named", { name: name("document", one.kind) })} <code>{one.reference}</code>
              </li>
            ))}
          </ul>
        )}
        {level.submittedAt && (
          <p className="hint">
            {t("kyc.submittedAt")} <Time at={level.submittedAt} />
          </p>
        )}
      </div>
      {level.decisions.length > 0 && (
        <div>
          <h3>{t("kyc.decisions")}</h3>
          <ol className="decisions">
            {level.decisions.map((one, i) => (
              <li key={i}>
                <KycState state={one.outcome as Level["state"]} /> {one.by.name}, <Time at={one.at} />
                {one.reason && <p>{one.reason}</p>}
              </li>
            ))}
          </ol>
        </div>
      )}
    </>
  );
}
