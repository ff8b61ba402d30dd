import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { useWrite, queries } from "../../api/queries";
import { nameOf, useLanguage } from "../../texts";
import { Button, Checkbox, Select, TextField } from "../../ui/controls";
import { ConfirmDialog } from "../../ui/dialog";
import { useTell } from "../../ui/frame";
import { Panel } from "../../ui/panel";
import { Form } from "../../ui/problem";
import { all, parts, patchOf, type Setting, type Settings } from "./settings";
import { useSaid } from "./view";

type Organisation = Schemas["Organisation"];

/** Changes an organisation's name and settings, as an operator; what would differ is shown before it is done. */
export function EditSettings({ organisation, etag, onDone }: { organisation: Organisation; etag: string | undefined; onDone: () => void }) {
  const { t } = useLanguage();
  const tell = useTell();
  const said = useSaid();
  const [title, setTitle] = useState(organisation.name);
  const [settings, setSettings] = useState<Settings>(organisation.settings);
  const [asking, setAsking] = useState(false);
  const patch = patchOf(organisation.settings, settings);
  const differing = all.filter(({ id }) => id in patch);
  const renamed = title.trim() !== organisation.name;
  const save = useWrite(
    () =>
      answer(
        api.PATCH("/v1/organisations/{organisationId}", {
          params: { path: { organisationId: organisation.id }, header: { "If-Match": etag } },
          body: { name: renamed ? title : undefined, settings: differing.length > 0 ? patch : undefined },
        }),
      ),
    {
      onSuccess() {
        void queries.invalidateQueries({ queryKey: ["me"] });
        tell(t("settings.saved"));
        onDone();
      },
      onError: () => setAsking(false),
    },
  );
  return (
    <Form error={save.error} names={["name", ...all.map(({ id }) => `settings.${id}`)]} onSubmit={() => setAsking(true)}>
      <div className="settings-name">
        <TextField name="name" label={t("organisations.name")} value={title} onChange={setTitle} maxLength={100} isRequired />
      </div>
      <div className="settings-parts">
        {parts.map((part) => (
          <Panel key={part.title} title={t(part.title)}>
            <div className="stack">
              {part.settings
                .filter(({ fixed }) => !fixed)
                .map((setting) => (
                  <Field key={setting.id} setting={setting} settings={settings} onChange={(value) => setSettings({ ...settings, [setting.id]: value })} />
                ))}
            </div>
          </Panel>
        ))}
      </div>
      <div className="row">
        <Button look="primary" type="submit" isDisabled={differing.length === 0 && !renamed}>
          {t("settings.review")}
        </Button>
        <Button look="quiet" onPress={onDone}>
          {t("cancel")}
        </Button>
      </div>
      <ConfirmDialog title={t("settings.reviewTitle")} act={t("settings.save")} open={asking} onClose={() => setAsking(false)} onConfirm={() => save.mutate(undefined)} pending={save.isPending}>
        <p>{t("settings.reviewText", { name: organisation.name })}</p>
        <dl className="settings-diff">
          {renamed && (
            <div>
              <dt>{t("organisations.name")}</dt>
              <dd>
                <del>{organisation.name}</del> <ins>{title}</ins>
              </dd>
            </div>
          )}
          {differing.map((setting) => (
            <div key={setting.id}>
              <dt>{t(`settings.${setting.id}`)}</dt>
              <dd>
                <del>{said(setting, organisation.settings)}</del> <ins>{said(setting, settings)}</ins>
              </dd>
            </div>
          ))}
        </dl>
      </ConfirmDialog>
    </Form>
  );
}

function Field({ setting, settings, onChange }: { setting: Setting; settings: Settings; onChange: (value: unknown) => void }) {
  const { t, name } = useLanguage();
  const label = t(`settings.${setting.id}`);
  const value = settings[setting.id];
  switch (setting.kind) {
    case "yesNo":
      return (
        <Checkbox isSelected={value === true} onChange={onChange}>
          {label}
        </Checkbox>
      );
    case "choice":
      return (
        <Select name={`settings.${setting.id}`} label={label} options={setting.options.map((id) => ({ id, name: name(`setting.${setting.id}`, id) }))} value={String(value)} onChange={onChange} />
      );
    case "number":
      return (
        <TextField
          name={`settings.${setting.id}`}
          type="number"
          label={label}
          hint={t(setting.unit)}
          value={String(value)}
          onChange={(typed) => onChange(typed === "" ? 0 : Math.trunc(Number(typed)))}
        />
      );
    case "many": {
      const chosen = value as string[];
      return (
        <fieldset className="settings-many">
          <legend>{label}</legend>
          {setting.options.map((one) => (
            <Checkbox key={one} isSelected={chosen.includes(one)} onChange={(on) => onChange(setting.options.filter((other) => (other === one ? on : chosen.includes(other))))}>
              {setting.words === "language" ? nameOf(one) : name("stage", one)}
            </Checkbox>
          ))}
        </fieldset>
      );
    }
  }
}
