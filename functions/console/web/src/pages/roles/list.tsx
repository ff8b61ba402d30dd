import { useRoles } from "../../api/lists";
import { may, useMe } from "../../api/queries";
import { Link } from "../../router";
import { useLanguage } from "../../texts";
import { Empty, Loaded, PageFrame } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { RoleMarks, ScopeMark, useGroups, type Role } from "./parts";
import "./roles.css";

/** The catalogue of roles with what each gives (2.1, 2.2): a table on a desk, a list that leads on on a phone. */
export default function Roles() {
  const { t } = useLanguage();
  const me = useMe();
  const roles = useRoles();
  return (
    <PageFrame
      title={t("roles.title")}
      actions={
        may(me, "roles:manage") && (
          <Link href="/roles/new" className="button primary">
            <Icon name="plus" />
            {t("roles.new")}
          </Link>
        )
      }
    >
      <p className="lead">{t("roles.text")}</p>
      <Loaded query={roles}>{(roles) => (roles.length === 0 ? <Empty title={t("roles.none")} /> : <Catalogue roles={roles} />)}</Loaded>
    </PageFrame>
  );
}

function Catalogue({ roles }: { roles: Role[] }) {
  const { t } = useLanguage();
  const giving = roles.filter((role) => Object.keys(role.permissions).length > 0);
  const others = roles.filter((role) => !giving.includes(role));
  return (
    <>
      <Matrix roles={giving} />
      <ul className="role-cards">
        {giving.map((role) => (
          <li key={role.id}>
            <span className="row">
              <Link href={`/roles/${role.id}`}>{role.name}</Link>
              <RoleMarks role={role} />
            </span>
            {role.description && <span className="faint">{role.description}</span>}
            <span className="faint">{t("roles.permissionCount", { count: Object.keys(role.permissions).length })}</span>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <section className="roles-without" aria-labelledby="without">
          <h2 id="without">{t("roles.without")}</h2>
          <p className="faint">{t("roles.withoutText")}</p>
          <ul>
            {others.map((role) => (
              <li key={role.id}>
                <Link href={`/roles/${role.id}`}>{role.name}</Link>
                <RoleMarks role={role} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** How many roles stand side by side with their names across; of more, the names stand upright, so that the whole is in sight. */
const heads = 6;

function Matrix({ roles }: { roles: Role[] }) {
  const { t, name } = useLanguage();
  // What no role gives comes by the kind of user, or by hand: a row of it would say nothing.
  const groups = useGroups(roles)
    .map((group) => ({ ...group, permissions: group.permissions.filter(({ id }) => roles.some((role) => id in role.permissions)) }))
    .filter((group) => group.permissions.length > 0);
  return (
    <div className={roles.length > heads ? "role-matrix dense" : "role-matrix"} role="region" aria-label={t("roles.matrix")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("roles.permission")}</th>
            {roles.map((role) => (
              <th key={role.id} scope="col">
                <Link href={`/roles/${role.id}`}>{role.name}</Link>
                <RoleMarks role={role} />
              </th>
            ))}
          </tr>
        </thead>
        {groups.map(({ resource, permissions }) => (
          <tbody key={resource}>
            <tr className="group">
              <th scope="rowgroup" colSpan={roles.length + 1}>
                <span>{name("roles.resource", resource)}</span>
              </th>
            </tr>
            {permissions.map((permission) => (
              <tr key={permission.id}>
                <th scope="row">
                  {permission.description ? (
                    <>
                      {permission.description} <code>{permission.id}</code>
                    </>
                  ) : (
                    <code>{permission.id}</code>
                  )}
                </th>
                {roles.map((role) => (
                  <td key={role.id}>
                    <ScopeMark scope={role.permissions[permission.id]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}
