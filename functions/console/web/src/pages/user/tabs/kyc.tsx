import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { useWrite } from "../../../api/queries";
import { useLanguage, type Key } from "../../../texts";
import { Button, TextField } from "../../../ui/controls";
import { Badge, Loaded, Time, useTell } from "../../../ui/frame";
import { Form } from "../../../ui/problem";
import { rights, useCatalogue, useSaid } from "../catalogue";
import type { TabProps } from "../details";
import { keyed } from "../outcome";
import { Facts } from "./info";

type Level = Schemas["KYCLevel"];
type Outcome = Schemas["DecideKYCInputBody"]["outcome"];

const tones: Record<string, "good" | "warn" | "bad" | "accent"> = { passed: "good", rejected: "bad", moreNeeded: "warn", submitted: "accent", underReview: "accent" };
const business: (readonly [keyof Schemas["Business"], Key])[] = [
  ["name", "business.name"], ["legalName", "business.legalName"], ["type", "business.type"], ["description", "business.description"],
  ["operationsArea", "business.operationsArea"], ["registrationNumber", "business.registrationNumber"],
  ["countryOfIncorporation", "business.countryOfIncorporation"], ["address", "business.address"], ["site", "business.site"],
  ["employees", "business.employees"], ["otherContact", "business.otherContact"],
];

/** The verification of who a user is (1.12). */
export function KycTab({ user, me }: TabProps) {
  const { t, name } = useLanguage();
  const kyc = useQuery({
    queryKey: ["user", user.id, "kyc"],
    queryFn: () => answer(api.GET("/v1/users/{userId}/kyc", { params: { path: { userId: user.id } } })),
  });
  return (
    <Loaded query={kyc}>
      {(kyc) => (
        <div className="cards">
          <Facts
            title={t("kyc.case")}
            facts={[
              [t("kyc.state"), <Badge key="state" tone={tones[kyc.state] ?? "neutral"}>{name("kycState", kyc.state)}</Badge>],
              [t("kyc.passed"), kyc.level > 0 ? t("kyc.level", { level: kyc.level }) : t("kyc.noLevel")],
              [t("user.type"), user.type && name("type", user.type)],
              ...business.map(([field, key]) => [t(key), kyc.business[field]] as const),
            ]}
          />
          <div className="stack">
            {kyc.levels.map((level) => (
              <LevelCard key={level.level} level={level} user={user} me={me} />
            ))}
          </div>
        </div>
      )}
    </Loaded>
  );
}

function LevelCard({ level, user, me }: Pick<TabProps, "user" | "me"> & { level: Level }) {
  const { t, name } = useLanguage();
  const said = useSaid(useCatalogue(me).data);
  const waits = level.state === "submitted" || level.state === "underReview";
  return (
    <section className="card stack">
      <header className="list-head">
        <h2>{t("kyc.level", { level: level.level })}</h2>
        <Badge tone={tones[level.state] ?? "neutral"}>{name("kycState", level.state)}</Badge>
      </header>
      {level.group && <p className="hint">{t("kyc.group", { group: said("roles", level.group) })}</p>}
      <div>
        <h3>{t("kyc.documents")}</h3>
        {level.documents.length === 0 ? (
          <p className="faint">{t("kyc.noDocuments")}</p>
        ) : (
          <ul className="dots">
            {level.documents.map((one) => (
              <li key={one.kind + one.reference}>
                {name("document", one.kind)}: <code>{one.reference}</code>
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
                <Badge tone={tones[one.outcome] ?? "neutral"}>{name("kycState", one.outcome)}</Badge> {one.by.name}, <Time at={one.at} />
                {one.reason && <p>{one.reason}</p>}
              </li>
            ))}
          </ol>
        </div>
      )}
      {waits && rights(me, user).decideKyc && <Decide level={level} user={user} />}
    </section>
  );
}

const outcomes: [Outcome, "primary" | "plain" | "danger"][] = [["passed", "primary"], ["moreNeeded", "plain"], ["rejected", "danger"]];

function Decide({ level, user }: { level: Level; user: TabProps["user"] }) {
  const { t } = useLanguage();
  const tell = useTell();
  const [reason, setReason] = useState("");
  const decide = useWrite(
    (outcome: Outcome, key) =>
      answer(
        api.POST("/v1/users/{userId}/kyc/decisions", {
          params: { path: { userId: user.id }, header: keyed(key) },
          body: { level: level.level, outcome, reason: reason || undefined },
        }),
      ),
    {
      onSuccess() {
        setReason("");
        tell(t("kyc.decided"));
      },
    },
  );
  return (
    <Form error={decide.error} names={["reason"]} onSubmit={() => {}}>
      <h3>{t("kyc.decide")}</h3>
      <TextField rows={3} name="reason" label={t("kyc.reason")} hint={t("kyc.reasonHint")} value={reason} onChange={setReason} />
      <div className="row">
        {outcomes.map(([outcome, look]) => (
          <Button key={outcome} look={look} onPress={() => decide.mutate(outcome)} isPending={decide.isPending && decide.variables === outcome}>
            {t(`kycAct.${outcome as "passed" | "moreNeeded" | "rejected"}`)}
          </Button>
        ))}
        {level.state === "submitted" && (
          <Button look="quiet" onPress={() => decide.mutate("underReview")} isPending={decide.isPending && decide.variables === "underReview"}>
            {t("kycAct.underReview")}
          </Button>
        )}
      </div>
    </Form>
  );
}
