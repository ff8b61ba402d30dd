import { useState } from "react";
import { answer, api } from "../../api/client";
import { knowRole } from "../../api/lists";
import { useWrite } from "../../api/queries";
import { useLocation } from "../../router";
import { useLanguage } from "../../texts";
import { PageFrame } from "../../ui/frame";
import { useOutcome } from "../changes/parts";
import { RoleForm, type Draft } from "./form";
import { RolePreview } from "./preview";

const blank: Draft = { name: "", description: "", permissions: {} };

/** A new role of the organisation's own (2.2). */
export default function CreateRole() {
  const { t } = useLanguage();
  const outcome = useOutcome();
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState<Draft>();
  const create = useWrite((body: Draft, key) => answer(api.POST("/v1/roles", { body, params: { header: { "Idempotency-Key": key } } })), {
    onSuccess({ role, change }) {
      knowRole(role);
      navigate(`/roles/${role.id}`);
      outcome(change, t("roles.created", { name: role.name }));
    },
  });
  return (
    <PageFrame title={t("roles.new")} trail={[{ href: "/roles", name: t("roles.title") }]}>
      <RoleForm begin={blank} act={t("roles.review")} back="/roles" error={create.error} onSubmit={setDraft} />
      {draft && (
        <RolePreview
          title={t("roles.createTitle", { name: draft.name })}
          act={t("roles.create")}
          after={draft.permissions}
          preview={() => answer(api.POST("/v1/roles", { body: draft, params: { query: { preview: "true" } } }))}
          onConfirm={() => create.mutate(draft)}
          pending={create.isPending}
          error={create.error}
          onClose={() => setDraft(undefined)}
        />
      )}
    </PageFrame>
  );
}
