import { useState } from "react";
import { answer, api } from "../../api/client";
import { useRoles } from "../../api/lists";
import { may, useMe, useWrite } from "../../api/queries";
import { Link, useLocation, useParams } from "../../router";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { Badge, Countdown, Empty, Loaded, PageFrame } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { useOutcome } from "../changes/parts";
import { Holders, ScopeMark, useGroups, useHolders, type Role } from "./parts";
import { RolePreview } from "./preview";
import "./roles.css";

/** One role: what it gives, who has it and, of the organisation's own, what becomes of it (2.2). */
export default function RolePage() {
  const { t } = useLanguage();
  const me = useMe();
  const { id = "" } = useParams();
  const roles = useRoles();
  const role = roles.data?.find((one) => one.id === id);
  const [deleting, setDeleting] = useState(false);
  const keeps = role?.own && may(me, "roles:manage") && !role.openChange;
  return (
    <PageFrame
      title={role?.name ?? t("roles.one")}
      trail={[{ href: "/roles", name: t("roles.title") }]}
      actions={
        keeps && (
          <>
            <Link href={`/roles/${role.id}/edit`} className="button plain">
              {t("roles.edit")}
            </Link>
            <Button onPress={() => setDeleting(true)}>{t("roles.delete")}</Button>
          </>
        )
      }
    >
      <Loaded query={roles}>
        {() =>
          role ? (
            <Content role={role} />
          ) : (
            <Empty title={t("roles.unknown")}>
              <Link href="/roles">{t("roles.toAll")}</Link>
            </Empty>
          )
        }
      </Loaded>
      {deleting && role && <Delete role={role} onClose={() => setDeleting(false)} />}
    </PageFrame>
  );
}

function Content({ role }: { role: Role }) {
  const { t } = useLanguage();
  const groups = useGroups([role]);
  const holders = useHolders(role.id);
  const given = groups.map((group) => ({ ...group, permissions: group.permissions.filter((one) => one.id in role.permissions) })).filter((group) => group.permissions.length > 0);
  return (
    <>
      {role.openChange && (
        <div className="notice warn role-open">
          <Icon name="pending" />
          <div>
            <strong>{t(role.pending ? "roles.pending" : "user.pending")}</strong>
            {role.effectiveAt && (
              <p>
                {t("changes.takesEffect")} <Countdown to={role.effectiveAt} />
              </p>
            )}
            <p>
              <Link href={`/changes/${role.openChange}`}>{t("roles.seeChange")}</Link>
            </p>
          </div>
        </div>
      )}
      <div className="role">
        <section className="stack" aria-labelledby="gives">
          {(role.description || role.own) && (
            <p className="row">
              {role.own && <Badge tone="accent">{t("roles.ownRole")}</Badge>}
              {role.description}
            </p>
          )}
          <h2 id="gives">{t("roles.gives")}</h2>
          {given.length === 0 ? (
            <p className="faint">{t("roles.givesNothing")}</p>
          ) : (
            <ul className="gives">
              {given.flatMap((group) =>
                group.permissions.map((one) => (
                  <li key={one.id}>
                    <ScopeMark scope={role.permissions[one.id]} />
                    <span>
                      {one.description} <code className="faint">{one.id}</code>
                    </span>
                  </li>
                )),
              )}
            </ul>
          )}
          {Object.values(role.permissions).includes("own") && <p className="faint">{t("roles.ownMeans")}</p>}
        </section>
        <section className="sheet stack" aria-labelledby="holders">
          <h2 id="holders">{t("roles.holders")}</h2>
          <Loaded query={holders}>
            {(users) =>
              users.length === 0 ? (
                <p className="faint">{t("roles.nobody")}</p>
              ) : (
                <>
                  <Holders users={users} />
                  <Link href={`/users?role=${role.id}`}>{t("roles.inUsers", { count: users.length })}</Link>
                </>
              )
            }
          </Loaded>
        </section>
      </div>
    </>
  );
}

function Delete({ role, onClose }: { role: Role; onClose: () => void }) {
  const { t } = useLanguage();
  const outcome = useOutcome();
  const [, navigate] = useLocation();
  const [seen] = useState({ path: { roleId: role.id }, header: { "If-Match": role.etag } });
  const remove = useWrite((_: undefined) => answer(api.DELETE("/v1/roles/{roleId}", { params: seen })), {
    onSuccess({ change }) {
      onClose();
      navigate("/roles");
      outcome(change, t("roles.deleted", { name: role.name }));
    },
  });
  return (
    <RolePreview
      title={t("roles.deleteTitle", { name: role.name })}
      act={t("roles.delete")}
      danger
      role={role}
      after={{}}
      preview={() => answer(api.DELETE("/v1/roles/{roleId}", { params: { ...seen, query: { preview: "true" } } }))}
      onConfirm={() => remove.mutate(undefined)}
      pending={remove.isPending}
      error={remove.error}
      onClose={onClose}
    />
  );
}
