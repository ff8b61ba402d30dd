import { useState } from "react";
import { answer, api, type ProblemError, type Schemas } from "../../../api/client";
import { useMutation } from "@tanstack/react-query";
import { Link } from "../../../router";
import { useLanguage } from "../../../texts";
import { Button, Checkbox, Select } from "../../../ui/controls";
import { Badge, Loaded, Time } from "../../../ui/frame";
import { Icon } from "../../../ui/icons";
import { Form } from "../../../ui/problem";
import { useCatalogue, type Catalogue } from "../catalogue";
import type { TabProps } from "../details";

/** Why the user may, or may not, do something (2.9). */
export function AccessTab(props: TabProps) {
  const catalogue = useCatalogue(props.me);
  return <Loaded query={catalogue}>{(catalogue) => <Explain {...props} catalogue={catalogue} />}</Loaded>;
}

function Explain({ user, me, catalogue }: TabProps & { catalogue: Catalogue }) {
  const { t } = useLanguage();
  const [permission, setPermission] = useState(catalogue.permissions[0]?.id);
  const [account, setAccount] = useState<string>();
  const [own, setOwn] = useState(false);
  const properties = own ? { owner: user.id } : undefined;
  const explain = useMutation<Schemas["ExplanationAnswerBody"], ProblemError>({
    mutationFn: () =>
      answer(
        api.POST("/v1/access/explain", {
          params: { header: {} },
          body: {
            subject: { type: "user", id: user.id },
            action: { name: permission ?? "" },
            resource: account ? { type: "account", id: account, properties } : { type: "organisation", id: me.organisation.id, properties },
          },
        }),
      ),
  });
  return (
    <div className="explain">
      <section className="card">
        <h2>{t("explain.title")}</h2>
        <p className="hint">{t("explain.about")}</p>
        <Form error={explain.error} names={["action.name"]} onSubmit={() => explain.mutate()}>
          <Select name="action.name" label={t("explain.permission")} options={catalogue.permissions.map(({ id, description }) => ({ id, name: description }))} value={permission} onChange={setPermission} />
          <Select label={t("user.account")} options={catalogue.accounts} value={account} onChange={setAccount} empty={t("explain.noAccount")} />
          <Checkbox isSelected={own} onChange={setOwn}>
            {t("explain.own")}
          </Checkbox>
          <div className="row">
            <Button look="primary" type="submit" isPending={explain.isPending} isDisabled={!permission}>
              {t("explain.act")}
            </Button>
          </div>
        </Form>
      </section>
      <div role="status">{explain.data && <Explanation explanation={explain.data} />}</div>
    </div>
  );
}

function Decision({ decision }: { decision: Schemas["Prospect"] | Schemas["ExplanationAnswerBody"] }) {
  const { t, name } = useLanguage();
  return (
    <>
      <p className="row">
        <Badge tone={decision.decision ? "good" : "bad"}>{t(decision.decision ? "explain.yes" : "explain.no")}</Badge>
        {decision.obligations.map((one) => (
          <Badge key={one} tone="warn">
            {name("obligation", one)}
          </Badge>
        ))}
      </p>
      <p>{t("explain.told", { reason: decision.reason })}</p>
      {decision.policy && <p className="hint">{t("problem.policy", { policy: decision.policy })}</p>}
    </>
  );
}

function Explanation({ explanation }: { explanation: Schemas["ExplanationAnswerBody"] }) {
  const { t, name } = useLanguage();
  return (
    <section className="card stack">
      <h2>{t("explain.answer")}</h2>
      <Decision decision={explanation} />
      <h3>{t("explain.conditions")}</h3>
      <ul className="conditions">
        {explanation.conditions.map((one) => (
          <li key={one.condition}>
            <span className={one.holds ? "mark good" : "mark bad"} role="img" aria-label={t(one.holds ? "explain.holds" : "explain.fails")}>
              <Icon name={one.holds ? "done" : "close"} />
            </span>
            <div>
              {name("condition", one.condition)}
              {one.is && one.condition !== "policies" && <span className="faint"> · {one.condition === "status" ? name("status", one.is) : name("conditionIs", one.is)}</span>}
              {one.from && one.from.length > 0 && (
                <ul className="hint">
                  {one.from.map((origin) => (
                    <li key={origin.by + (origin.id ?? "")}>
                      {name("origin", origin.by)}
                      {origin.by === "kind" ? ` (${name("kind", origin.id ?? "")})` : origin.name ? ` “${origin.name}”` : ""}
                      {origin.scope === "own" && ` · ${name("conditionIs", "own")}`}
                    </li>
                  ))}
                </ul>
              )}
            </div>
          </li>
        ))}
      </ul>
      {explanation.wouldBecome.map((one) => (
        <div key={one.change} className="notice warn">
          <Icon name="pending" />
          <div>
            <strong>{t(one.alters ? "explain.alters" : "explain.same")}</strong>
            {one.alters && <Decision decision={one} />}
            <p>
              <Link href={`/changes/${one.change}`}>{name("act", one.act)}</Link> · {name("changeState", one.state)}{" "}
              {one.effectiveAt && <Time at={one.effectiveAt} />}
            </p>
          </div>
        </div>
      ))}
    </section>
  );
}
