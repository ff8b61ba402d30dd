import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { may, useMe } from "../../api/queries";
import { Link } from "../../router";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { Dialog } from "../../ui/dialog";
import { Badge, Loaded, Time } from "../../ui/frame";
import { has, type Spot } from "./matrix";

/** What a user can do on an account, and why. */
export function CellDialog({ row, column, described, onClose }: Spot & { described: Map<string, string>; onClose: () => void }) {
  const { t, name } = useLanguage();
  const asks = may(useMe(), "access:evaluate");
  const grants = has(row, column.id) ? row.permissions : [];
  return (
    <Dialog title={t("reviews.spot", { user: row.user.name, account: column.name })} open onClose={onClose} wide>
      <p className="faint">
        {column.group && `${column.group} · `}
        {t(row.status !== "active" ? "reviews.notActive" : row.allAccounts ? "reviews.every" : grants.length > 0 || has(row, column.id) ? "reviews.assigned" : "reviews.notAssigned")}
      </p>
      {grants.length === 0 ? (
        <p>{t("reviews.count", { count: 0 })}</p>
      ) : (
        <ul className="review-grants">
          {grants.map((grant) => (
            <li key={grant.permission}>
              <div className="grant">
                <span>
                  {described.get(grant.permission) ?? grant.permission}
                  {grant.scope === "own" && <Badge>{name("scope", "own")}</Badge>}
                  {grant.obligations.map((one) => (
                    <Badge key={one} tone="warn">
                      {name("obligation", one)}
                    </Badge>
                  ))}
                </span>
                <code className="faint">{grant.permission}</code>
              </div>
              {asks && <Why user={row.user.id} account={column.id} permission={grant.permission} called={described.get(grant.permission) ?? grant.permission} />}
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

/** Explains a decision when it is asked for (2.9). */
function Why({ user, account, permission, called }: { user: string; account: string; permission: string; called: string }) {
  const { t } = useLanguage();
  const [open, setOpen] = useState(false);
  const why = useQuery({
    queryKey: ["explained", user, account, permission],
    queryFn: () => answer(api.POST("/v1/access/explain", { body: { subject: { type: "user", id: user }, action: { name: permission }, resource: { type: "account", id: account } } })),
    enabled: open,
  });
  return (
    <>
      <Button look="quiet" aria-expanded={open} aria-label={t("reviews.whyNamed", { permission: called })} onPress={() => setOpen(!open)}>
        {t("reviews.why")}
      </Button>
      {open && (
        <div className="why">
          <Loaded query={why}>{(explained) => <Explained {...explained} />}</Loaded>
        </div>
      )}
    </>
  );
}

function Explained({ reason, policy, conditions, wouldBecome }: Schemas["ExplanationAnswerBody"]) {
  const { t, name } = useLanguage();
  const from = conditions.flatMap((condition) => condition.from ?? []);
  return (
    <>
      <p>
        {t("explain.told", { reason })} <code className="faint">{policy}</code>
      </p>
      {from.length > 0 && (
        <p>
          {t("reviews.givenBy")} {from.map((origin) => (origin.by === "role" ? (origin.name ?? origin.id) : name("origin", origin.by))).join(", ")}
        </p>
      )}
      {wouldBecome
        .filter((prospect) => prospect.alters)
        .map((prospect) => (
          <p key={prospect.change}>
            <Link href={`/changes/${prospect.change}`}>{t(prospect.decision ? "reviews.wouldStay" : "reviews.wouldEnd")}</Link>{" "}
            {prospect.effectiveAt && <Time at={prospect.effectiveAt} />}
          </p>
        ))}
    </>
  );
}
