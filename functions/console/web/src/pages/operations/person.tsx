import { may, useMe } from "../../api/queries";
import { useLanguage } from "../../texts";
import { TextField } from "../../ui/controls";
import { UserField } from "../../ui/person";

/** A user, found by typing a name or an address; by the id alone where the person does not see users. */
export function PersonField({ label, value, onChange }: { label: string; value: string | undefined; onChange: (id: string | undefined) => void }) {
  const { t } = useLanguage();
  return may(useMe(), "users:view") ? (
    <UserField label={label} placeholder={t("filter.any")} value={value} onChange={(id) => onChange(id)} />
  ) : (
    <TextField label={label} value={value ?? ""} onChange={(id) => onChange(id.trim())} autoComplete="off" />
  );
}
