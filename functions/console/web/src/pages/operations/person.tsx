import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button as AriaButton, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";
import { answer, api, type User } from "../../api/client";
import { keepPreviousData, may, useMe } from "../../api/queries";
import { useLanguage } from "../../texts";
import { TextField } from "../../ui/controls";
import { Icon } from "../../ui/icons";

const fullName = (user: User) => `${user.name.first} ${user.name.last ?? ""}`.trim();

/** A user, found by typing a name or an address; by the id alone where the person does not see users. */
export function PersonField({ label, value, onChange }: { label: string; value: string | undefined; onChange: (id: string | undefined) => void }) {
  const sees = may(useMe(), "users:view");
  return sees ? <Found label={label} value={value} onChange={onChange} /> : <TextField label={label} value={value ?? ""} onChange={(id) => onChange(id.trim())} autoComplete="off" />;
}

function Found({ label, value, onChange }: { label: string; value: string | undefined; onChange: (id: string | undefined) => void }) {
  const { t } = useLanguage();
  const [typed, setTyped] = useState<string>();
  const chosen = useQuery({
    queryKey: ["user", "named", value],
    queryFn: async () => (await answer(api.GET("/v1/users/{userId}", { params: { path: { userId: value ?? "" } } }))).user,
    enabled: value !== undefined,
    staleTime: 60_000,
    retry: false,
  });
  const shown = typed ?? (value ? (chosen.data ? fullName(chosen.data) : value) : "");
  const found = useQuery({
    queryKey: ["users", "found", typed ?? ""],
    queryFn: () => answer(api.GET("/v1/users", { params: { query: { q: typed || undefined, limit: 20 } } })),
    placeholderData: keepPreviousData,
  });
  return (
    <ComboBox
      className="field"
      menuTrigger="focus"
      items={found.data?.items ?? []}
      inputValue={shown}
      onInputChange={(text) => {
        if (text === shown) return;
        setTyped(text);
        if (text === "") onChange(undefined);
      }}
      selectedKey={value ?? null}
      onSelectionChange={(key) => {
        setTyped(undefined);
        if (key !== null) onChange(String(key));
      }}
      onBlur={() => setTyped(undefined)}
      defaultFilter={() => true}
      allowsEmptyCollection
    >
      <Label>{label}</Label>
      <span className="log-combo">
        <Input placeholder={t("filter.any")} />
        <AriaButton aria-label={t("operations.choose")}>
          <Icon name="down" size={16} />
        </AriaButton>
      </span>
      <Popover className="popover">
        <ListBox className="listbox" renderEmptyState={() => <p className="menu-head">{t("users.none")}</p>}>
          {(user: User) => (
            <ListBoxItem className="option" textValue={fullName(user)}>
              <span className="log-found">
                {fullName(user)}
                <span className="faint">{user.email}</span>
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
