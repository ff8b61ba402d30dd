import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { polling, queries, useWrite } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Button, Select, TextField } from "../../ui/controls";
import { Loaded, useTell } from "../../ui/frame";
import { BusinessFields, businessNames, KycLevel, KycState } from "../../ui/kyc";
import { Form } from "../../ui/problem";

type Case = Schemas["KYCCase"];
type Level = Schemas["KYCLevel"];
type Document = Schemas["KYCDocument"];

const kinds = ["passport", "identityCard", "proofOfAddress", "registryExtract", "other"] as const;
const most = 10;

/** One's own identity checks: how each level stands, and what is to be handed in next (1.12). */
export function OwnKyc() {
  const { t } = useLanguage();
  const kyc = useQuery({
    queryKey: ["kyc", "mine"],
    queryFn: () => answer(api.GET("/v1/me/kyc")),
    refetchInterval: polling((kyc) => kyc.state === "submitted" || kyc.state === "underReview"),
  });
  return (
    <Loaded query={kyc}>
      {(kyc) => {
        const next = kyc.levels.find((level) => level.state !== "passed");
        return kyc.levels.slice(0, next ? kyc.levels.indexOf(next) + 1 : undefined).map((level) => (
          <section key={level.level} className="stack kyc-level" aria-labelledby={`level-${level.level}`}>
            <h2 id={`level-${level.level}`} className="row">
              {t("kyc.level", { level: level.level })} <KycState state={level.state} />
            </h2>
            {(level.documents.length > 0 || level.decisions.length > 0) && <KycLevel level={level} />}
            {level === next && level.state !== "submitted" && level.state !== "underReview" && <HandIn kyc={kyc} level={level} />}
          </section>
        ));
      }}
    </Loaded>
  );
}

/** The references of documents, which are kept elsewhere, and what the client tells of its business. */
function HandIn({ kyc, level }: { kyc: Case; level: Level }) {
  const { t, name } = useLanguage();
  const tell = useTell();
  const [documents, setDocuments] = useState<Document[]>([{ kind: "passport", reference: "" }]);
  const [told, setTold] = useState(kyc.business);
  const submit = useWrite(
    (_: undefined, key) => answer(api.POST("/v1/me/kyc", { body: { level: level.level, documents, business: told }, params: { header: { "Idempotency-Key": key } } })),
    {
      onSuccess(after) {
        queries.setQueryData(["kyc", "mine"], after);
        tell(t("kyc.handedIn"));
      },
    },
  );
  const set = (at: number, part: Partial<Document>) => setDocuments(documents.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const names = ["documents", ...documents.flatMap((_, i) => [`documents[${i}].kind`, `documents[${i}].reference`]), ...businessNames];
  return (
    <Form error={submit.error} names={names} onSubmit={() => submit.mutate(undefined)}>
      <p>{t("kyc.handInText")}</p>
      {documents.map((one, i) => (
        <fieldset key={i} className="fieldset stack">
          <legend>{t("kyc.document", { number: i + 1 })}</legend>
          <Select name={`documents[${i}].kind`} label={t("kyc.kind")} options={kinds.map((id) => ({ id, name: name("document", id) }))} value={one.kind} onChange={(kind) => set(i, { kind: kind ?? "other" })} isRequired />
          <TextField name={`documents[${i}].reference`} label={t("kyc.reference")} hint={t("kyc.referenceHint")} value={one.reference} onChange={(reference) => set(i, { reference })} maxLength={200} autoComplete="off" isRequired />
          {documents.length > 1 && (
            <div className="row">
              <Button look="quiet" onPress={() => setDocuments(documents.filter((_, other) => other !== i))}>
                {t("kyc.removeDocument", { number: i + 1 })}
              </Button>
            </div>
          )}
        </fieldset>
      ))}
      {documents.length < most && (
        <div className="row">
          <Button icon="plus" onPress={() => setDocuments([...documents, { kind: "proofOfAddress", reference: "" }])}>
            {t("kyc.addDocument")}
          </Button>
        </div>
      )}
      <BusinessFields told={told} set={setTold} />
      <div className="row">
        <Button look="primary" type="submit" isPending={submit.isPending}>
          {t("kyc.handIn")}
        </Button>
      </div>
    </Form>
  );
}
