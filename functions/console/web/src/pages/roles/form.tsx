import { useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { useMe } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Button, TextField } from "../../ui/controls";
import { Link } from "../../router";
import { Form } from "../../ui/problem";
import { useGroups, type Permissions, type Scope } from "./parts";
import "./roles.css";

export interface Draft {
  name: string;
  description: string;
  permissions: Permissions;
}

const scopes = ["none", "own", "all"] as const;

/** What a role of the organisation's own is called, and what it gives. */
export function RoleForm({ begin, act, back, error, onSubmit }: { begin: Draft; act: string; back: string; error: Error | null; onSubmit: (draft: Draft) => void }) {
  const { t, name } = useLanguage();
  const me = useMe();
  const [draft, setDraft] = useState(begin);
  const groups = useGroups([]);
  const limited = me.organisation.settings.grantLimit === "own" && me.user.kind !== "operator";
  // What one does not have oneself, one cannot give where the grant limit says so (2.4).
  const gives = (id: string) => !limited || me.permissions[id] === "all" || id in begin.permissions;
  const set = (id: string, scope: Scope | "none") => {
    const permissions = { ...draft.permissions };
    if (scope === "none") delete permissions[id];
    else permissions[id] = scope;
    setDraft({ ...draft, permissions });
  };
  return (
    <Form error={error} names={["name", "description"]} onSubmit={() => onSubmit(draft)}>
      <div className="role-form">
        <TextField name="name" label={t("roles.name")} value={draft.name} onChange={(name) => setDraft({ ...draft, name })} isRequired maxLength={100} autoComplete="off" />
        <TextField name="description" label={t("roles.description")} value={draft.description} onChange={(description) => setDraft({ ...draft, description })} maxLength={200} autoComplete="off" />
      </div>
      <section aria-labelledby="permissions" className="stack">
        <h2 id="permissions">{t("roles.gives")}</h2>
        <p className="faint">
          {t("roles.ownMeans")} {limited && t("roles.limited")}
        </p>
        <div className="grants">
          {groups.map(({ resource, permissions }) => (
            <section key={resource} aria-label={name("roles.resource", resource)}>
              <h3>{name("roles.resource", resource)}</h3>
              {permissions.map((permission) => (
                <RadioGroup
                  key={permission.id}
                  className="role-grant"
                  orientation="horizontal"
                  value={draft.permissions[permission.id] ?? "none"}
                  onChange={(scope) => set(permission.id, scope as Scope | "none")}
                  isDisabled={!gives(permission.id)}
                >
                  <Label>
                    {permission.description} <code className="faint">{permission.id}</code>
                  </Label>
                  <div className="segments">
                    {scopes.map((scope) => (
                      <Radio key={scope} value={scope} className="segment">
                        {t(`roles.pick.${scope}`)}
                      </Radio>
                    ))}
                  </div>
                </RadioGroup>
              ))}
            </section>
          ))}
        </div>
      </section>
      <div className="row">
        <Button look="primary" type="submit">
          {act}
        </Button>
        <Link href={back} className="button plain">
          {t("cancel")}
        </Link>
      </div>
    </Form>
  );
}
