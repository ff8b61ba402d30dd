import { useState } from "react";
import { answer, api } from "../../../api/client";
import { useLanguage } from "../../../texts";
import { Button } from "../../../ui/controls";
import { Badge } from "../../../ui/frame";
import { Icon } from "../../../ui/icons";
import { ActDialog } from "../act";
import { Doing } from "../actions";
import { fullName, rights } from "../catalogue";
import type { TabProps } from "../details";
import { asPut } from "../outcome";

/** Whether the user has a second factor, and whether it needs one; staff take it off, ask for one, or leave it to the user (5.2). */
export function FactorTab({ user, me, etag }: TabProps) {
  const { t } = useLanguage();
  const [doing, setDoing] = useState<"reset" | "switch">();
  const may = rights(me, user);
  const always = me.organisation.settings.secondFactor === "required";
  const required = always || user.secondFactorRequired;
  const close = () => setDoing(undefined);
  const act = t(user.secondFactorRequired ? "factorTab.leave" : "factorTab.require");
  return (
    <section className="card factor">
      <span className={user.secondFactor ? "mark good" : "mark"}>
        <Icon name={user.secondFactor ? "shield" : "roles"} size={40} />
      </span>
      <div>
        <h2>{t(user.secondFactor ? "user.secondFactorOn" : "factorTab.off")}</h2>
        <p>{t(user.secondFactor ? "factorTab.onText" : required ? "factorTab.offRequired" : "factorTab.offText")}</p>
        <p>
          <Badge tone={required ? "accent" : "neutral"}>{t(required ? "factorTab.required" : "factorTab.optional")}</Badge>
        </p>
        <div className="row">
          {!always && may.edit && <Button onPress={() => setDoing("switch")}>{act}</Button>}
          {may.secondFactor && <Button onPress={() => setDoing("reset")}>{t("userAct.secondFactor")}</Button>}
        </div>
      </div>
      {doing === "reset" && <Doing action="secondFactor" user={user} me={me} etag={etag} onClose={close} />}
      {doing === "switch" && (
        <ActDialog
          me={me} title={act} act={act} done={t("editUser.done")} onClose={close} danger={user.secondFactorRequired}
          text={t(user.secondFactorRequired ? "factorTab.leaveText" : "factorTab.requireText", { name: fullName(user.name) })}
          write={(how) =>
            answer(
              api.PATCH("/v1/users/{userId}", {
                params: { path: { userId: user.id }, ...asPut({ ...how, etag }) },
                body: { secondFactorRequired: !user.secondFactorRequired },
              }),
            )
          }
        />
      )}
    </section>
  );
}
