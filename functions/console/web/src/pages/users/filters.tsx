import type { Schemas } from "../../api/client";
import { useAccounts, useCompanies } from "../../api/lists";
import type { Me } from "../../api/queries";
import { useLanguage, type Key } from "../../texts";
import { Select, TextField, type Option } from "../../ui/controls";
import { fields, type UserSearch } from "./list";

/** The filters of 7.1, those that the organisation has. Each narrows the list at once. */
export function Filters({ search, narrow, me, roles }: { search: UserSearch; narrow: (narrower: UserSearch) => void; me: Me; roles: Schemas["Role"][] }) {
  const { t, name } = useLanguage();
  const settings = me.organisation.settings;
  const companies = useCompanies();
  const accounts = useAccounts();
  const choice = (field: keyof UserSearch, label: Key, options: Option[]) => (
    <Select
      label={t(label)}
      options={options}
      value={search[field]}
      onChange={(value) => narrow({ [field]: value } as UserSearch)}
      empty={t("filter.any")}
    />
  );
  const words = (kind: string, codes: readonly string[]) => codes.map((id) => ({ id, name: name(kind, id) }));
  const yesNo = [
    { id: "true", name: t("yes") },
    { id: "false", name: t("no") },
  ];
  const text = (field: "id" | "email" | "firstName" | "lastName", label: Key) => (
    <TextField label={t(label)} value={search[field] ?? ""} onChange={(value) => narrow({ [field]: value })} autoComplete="off" />
  );
  const day = (field: "createdFrom" | "createdTo", label: Key) => (
    <TextField type="date" label={t(label)} value={search[field] ?? ""} onChange={(value) => narrow({ [field]: value })} />
  );
  const stages = ["pending", ...settings.onboarding, "active", "inactive"];
  const verified = settings.onboarding.includes("kycNotVerified");
  return (
    <div className="filters">
      {choice("kind", "user.kind", words("kind", fields.kind))}
      {choice("status", "user.status", words("status", fields.status.filter((one) => stages.includes(one))))}
      {roles.length > 0 && choice("role", "user.roles", roles)}
      {choice("secondFactor", "user.secondFactor", yesNo)}
      {choice("pending", "user.pending", yesNo)}
      {settings.contacts && choice("contact", "user.contact", yesNo)}
      {verified && choice("type", "user.type", words("type", fields.type))}
      {verified && choice("staff", "user.staff", yesNo)}
      {verified && choice("companyUser", "user.companyUser", yesNo)}
      {companies.data && choice("company", "user.company", companies.data)}
      {accounts.data && choice("account", "user.account", accounts.data)}
      {day("createdFrom", "filter.createdFrom")}
      {day("createdTo", "filter.createdTo")}
      {text("firstName", "user.firstName")}
      {text("lastName", "user.lastName")}
      {text("email", "filter.email")}
      {text("id", "user.id")}
    </div>
  );
}
