import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { nameOf, useLanguage } from "../../texts";
import { Badge } from "../../ui/frame";
import { Panel } from "../../ui/panel";
import { parts, same, type Setting, type Settings } from "./settings";
import "./organisation.css";

/** Says what a setting is set to. */
export function useSaid(): (setting: Setting, settings: Settings) => string {
  const { t, name, locale } = useLanguage();
  return (setting, settings) => {
    const value = settings[setting.id];
    if (setting.kind === "yesNo") return t(value ? "yes" : "no");
    if (setting.kind === "choice") return name(`setting.${setting.id}`, String(value));
    if (setting.kind === "number") return duration(Number(value), setting.unit === "settings.hours" ? 3600 : 1, locale) ?? t("settings.atOnce");
    const said = (value as string[]).map((one) => (setting.words === "language" ? nameOf(one) : name("stage", one)));
    return said.length === 0 ? t("settings.none") : new Intl.ListFormat(locale).format(said);
  };
}

const units = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]] as const;

/** A span of time in its largest whole unit; nothing for none. */
function duration(value: number, seconds: number, locale: string): string | undefined {
  const span = value * seconds;
  if (span === 0) return undefined;
  const [unit, size] = units.find(([, size]) => span % size === 0)!;
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(span / size);
}

/** What each preset begins with, as far as the reader has to do with it. */
export const usePresets = () =>
  useQuery({ queryKey: ["presets"], queryFn: () => answer(api.GET("/v1/presets")), staleTime: 5 * 60_000 });

/** An organisation's settings, and what its preset has in their place where it is another. */
export function SettingsView({ settings, preset }: { settings: Settings; preset: Settings | undefined }) {
  const { t } = useLanguage();
  const said = useSaid();
  return (
    <div className="settings-parts">
      {parts.map((part) => (
        <Panel key={part.title} title={t(part.title)}>
          <dl className="settings-list">
            {part.settings.map((setting) => {
              const changed = preset !== undefined && !same(settings[setting.id], preset[setting.id]);
              return (
                <div key={setting.id}>
                  <dt>{t(`settings.${setting.id}`)}</dt>
                  <dd>
                    {said(setting, settings)}
                    {changed && (
                      <span className="settings-changed">
                        <Badge tone="accent">{t("settings.changed")}</Badge>
                        <span className="faint">{t("settings.presetHas", { value: said(setting, preset) })}</span>
                      </span>
                    )}
                  </dd>
                </div>
              );
            })}
          </dl>
        </Panel>
      ))}
    </div>
  );
}
