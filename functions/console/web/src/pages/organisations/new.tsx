import { useRef, useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { useWrite } from "../../api/queries";
import { useLocation } from "../../router";
import { languages, nameOf, useLanguage } from "../../texts";
import { Button, Checkbox, Select, TextField } from "../../ui/controls";
import { Loaded, PageFrame, useTell } from "../../ui/frame";
import { Facts, Panel } from "../../ui/panel";
import { Form } from "../../ui/problem";
import { all } from "../organisation/settings";
import { usePresets, useSaid } from "../organisation/view";
import "./organisations.css";

type Preset = Schemas["Preset"];

interface Founder {
  id: number;
  first: string;
  last: string;
  email: string;
  username: string;
  phone: string;
  language: string;
  roles: string[];
}

/** Makes an organisation from a preset, with its first admins (9.1). */
export default function NewOrganisation() {
  const { t } = useLanguage();
  const presets = usePresets();
  return (
    <PageFrame title={t("organisations.new")} trail={[{ href: "/organisations", name: t("organisations.title") }]}>
      <Loaded query={presets}>{({ items }) => <Making presets={items} />}</Loaded>
    </PageFrame>
  );
}

/** How many forms for admins there can be: as many as the API takes. */
const mostFounders = 10;
const parts = ["name.first", "name.last", "email", "username", "phone", "language", "roles"];
const names = ["preset", "name", ...Array.from({ length: mostFounders }, (_, i) => parts.map((part) => `admins[${i}].${part}`)).flat()];
/** What tells presets apart at a glance. */
const telling = new Set(["changeControl", "propagationSeconds", "secondFactor", "signInName", "roleCount", "onboarding"]);

function Making({ presets }: { presets: Preset[] }) {
  const { t } = useLanguage();
  const tell = useTell();
  const said = useSaid();
  const [, navigate] = useLocation();
  const next = useRef(0);
  const blank = (): Founder => ({ id: next.current++, first: "", last: "", email: "", username: "", phone: "", language: "en", roles: [] });
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState("");
  const [founders, setFounders] = useState<Founder[]>(() => [blank()]);
  const preset = presets.find((one) => one.name === chosen);
  const make = useWrite(
    (_: undefined, key) =>
      answer(
        api.POST("/v1/organisations", {
          params: { header: { "Idempotency-Key": key } },
          body: {
            preset: chosen ?? "",
            name,
            admins: founders.map(({ first, last, email, username, phone, language, roles }) => ({
              name: { first, last }, email, username: username || undefined, phone: phone || undefined, language, roles,
            })),
          },
        }),
      ),
    {
      onSuccess(made) {
        tell(t("organisations.made", { name: made.name }));
        navigate(`/organisations/${made.id}`);
      },
    },
  );
  const choose = (value: string | undefined) => {
    setChosen(value);
    // Where a second admin approves, one alone could do nothing.
    const least = presets.find((one) => one.name === value)?.settings.changeControl === "second_admin" ? 2 : 1;
    setFounders((before) => [...before, ...Array.from({ length: Math.max(0, least - before.length) }, blank)].map((one) => ({ ...one, roles: [] })));
  };
  return (
    <Form error={make.error} names={names} onSubmit={() => make.mutate(undefined)}>
      <div className="organisations-form">
        <Panel title={t("organisations.one")}>
          <div className="organisations-pair">
            <TextField name="name" label={t("organisations.name")} value={name} onChange={setName} maxLength={100} isRequired autoFocus autoComplete="organization" />
            <Select name="preset" label={t("organisations.preset")} options={presets.map((one) => ({ id: one.name, name: one.title }))} value={chosen} onChange={choose} isRequired />
          </div>
          {preset && <Facts facts={all.filter(({ id }) => telling.has(id)).map((setting) => ({ name: t(`settings.${setting.id}`), value: said(setting, preset.settings) }))} />}
        </Panel>
        {preset &&
          founders.map((founder, i) => (
            <FounderPanel
              key={founder.id}
              at={i}
              founder={founder}
              preset={preset}
              onChange={(change) => setFounders(founders.map((one) => (one.id === founder.id ? { ...one, ...change } : one)))}
              onRemove={founders.length > 1 ? () => setFounders(founders.filter((one) => one.id !== founder.id)) : undefined}
            />
          ))}
        {preset && (
          <div className="row">
            <Button look="primary" type="submit" isPending={make.isPending}>
              {t("organisations.make")}
            </Button>
            {founders.length < mostFounders && (
              <Button icon="plus" onPress={() => setFounders([...founders, blank()])}>
                {t("organisations.addAdmin")}
              </Button>
            )}
          </div>
        )}
      </div>
    </Form>
  );
}

function FounderPanel({ at, founder, preset, onChange, onRemove }: {
  at: number;
  founder: Founder;
  preset: Preset;
  onChange: (change: Partial<Founder>) => void;
  onRemove?: () => void;
}) {
  const { t } = useLanguage();
  const text = (field: "first" | "last" | "email" | "username" | "phone", path: string, label: string, required: boolean, type?: string) => (
    <TextField name={`admins[${at}].${path}`} label={label} type={type} value={founder[field]} onChange={(value) => onChange({ [field]: value })} isRequired={required} autoComplete="off" />
  );
  const { settings } = preset;
  return (
    <Panel
      title={t("organisations.admin", { number: at + 1 })}
      actions={
        onRemove && (
          <Button look="quiet" onPress={onRemove} aria-label={t("organisations.removeAdmin", { number: at + 1 })}>
            {t("organisations.remove")}
          </Button>
        )
      }
    >
      <div className="organisations-pair">
        {text("first", "name.first", t("user.firstName"), true)}
        {text("last", "name.last", t("user.lastName"), false)}
        {text("email", "email", t("user.email"), true, "email")}
        {settings.signInName === "username" && text("username", "username", t("user.username"), true)}
        {text("phone", "phone", t("profile.phone"), settings.phone === "required", "tel")}
        <Select
          name={`admins[${at}].language`}
          label={t("shell.language")}
          options={languages.map((tag) => ({ id: tag, name: nameOf(tag) }))}
          value={founder.language}
          onChange={(tag) => tag && onChange({ language: tag })}
        />
      </div>
      {settings.roleCount === "exactlyOne" && (
        <Select
          name={`admins[${at}].roles`}
          label={t("user.roles")}
          options={preset.roles}
          value={founder.roles[0]}
          onChange={(role) => onChange({ roles: role ? [role] : [] })}
          isRequired
        />
      )}
      {settings.roleCount === "many" && (
        <fieldset className="organisations-roles">
          <legend>{t("user.roles")}</legend>
          <div className="organisations-pair">
            {preset.roles.map((role) => (
              <Checkbox key={role.id} isSelected={founder.roles.includes(role.id)} onChange={(on) => onChange({ roles: on ? [...founder.roles, role.id] : founder.roles.filter((one) => one !== role.id) })}>
                {role.name}
              </Checkbox>
            ))}
          </div>
        </fieldset>
      )}
    </Panel>
  );
}
