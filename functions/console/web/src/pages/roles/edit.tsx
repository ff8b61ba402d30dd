import { useState } from "react";
import { answer, api } from "../../api/client";
import { knowRole, useRoles } from "../../api/lists";
import { useWrite } from "../../api/queries";
import { Link, useLocation, useParams } from "../../router";
import { useLanguage } from "../../texts";
import { Empty, Loaded, PageFrame } from "../../ui/frame";
import { useOutcome } from "../changes/parts";
import { RoleForm, type Draft } from "./form";
import type { Role } from "./parts";
import { RolePreview } from "./preview";

/** Changes a role of the organisation's own (2.2). */
export default function EditRole() {
  const { t } = useLanguage();
  const { id = "" } = useParams();
  const roles = useRoles();
  const role = roles.data?.find((one) => one.id === id && one.own);
  const trail = [{ href: "/roles", name: t("roles.title") }, ...(role ? [{ href: `/roles/${role.id}`, name: role.name }] : [])];
  return (
    <PageFrame title={t("roles.edit")} trail={trail}>
      <Loaded query={roles}>
        {() =>
          role ? (
            <Edit key={role.id} role={role} />
          ) : (
            <Empty title={t("roles.unknown")}>
              <Link href="/roles">{t("roles.toAll")}</Link>
            </Empty>
          )
        }
      </Loaded>
    </PageFrame>
  );
}

function Edit({ role }: { role: Role }) {
  const { t } = useLanguage();
  const outcome = useOutcome();
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState<Draft>();
  const [seen] = useState({ path: { roleId: role.id }, header: { "If-Match": role.etag } }); // the form is of the role as it was
  const update = useWrite((body: Draft) => answer(api.PATCH("/v1/roles/{roleId}", { body, params: seen })), {
    onSuccess({ role, change }) {
      knowRole(role);
      navigate(`/roles/${role.id}`);
      outcome(change, t("roles.updated", { name: role.name }));
    },
  });
  return (
    <>
      <RoleForm
        begin={{ name: role.name, description: role.description ?? "", permissions: role.permissions }}
        act={t("roles.review")}
        back={`/roles/${role.id}`}
        error={update.error}
        onSubmit={setDraft}
      />
      {draft && (
        <RolePreview
          title={t("roles.updateTitle", { name: role.name })}
          act={t("roles.save")}
          role={role}
          after={draft.permissions}
          preview={() => answer(api.PATCH("/v1/roles/{roleId}", { body: draft, params: { ...seen, query: { preview: "true" } } }))}
          onConfirm={() => update.mutate(draft)}
          pending={update.isPending}
          error={update.error}
          onClose={() => setDraft(undefined)}
        />
      )}
    </>
  );
}
