import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { useWrite } from "../../../api/queries";
import { useLanguage } from "../../../texts";
import { Button, TextField } from "../../../ui/controls";
import { Loaded, useTell } from "../../../ui/frame";
import { business, KycLevel, KycState } from "../../../ui/kyc";
import { Form } from "../../../ui/problem";
import { rights, useCatalogue, useSaid } from "../catalogue";
import type { TabProps } from "../details";
import { keyed } from "../outcome";
import { Facts } from "./info";

type Level = Schemas["KYCLevel"];
type Outcome = Schemas["DecideKYCInputBody"]["outcome"];

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
              [t("kyc.state"), <KycState key="state" state={kyc.state} />],
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
  const { t } = useLanguage();
  const said = useSaid(useCatalogue(me).data);
  const waits = level.state === "submitted" || level.state === "underReview";
  return (
    <section className="card stack">
      <header className="list-head">
        <h2>{t("kyc.level", { level: level.level })}</h2>
        <KycState state={level.state} />
      </header>
      {level.group && <p className="hint">{t("kyc.group", { group: said("roles", level.group) })}</p>}
      <KycLevel level={level} />
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
