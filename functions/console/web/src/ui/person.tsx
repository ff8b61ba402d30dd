import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button as AriaButton, ComboBox, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Text } from "react-aria-components";
import { answer, api, type User } from "../api/client";
import { keepPreviousData } from "../api/queries";
import { useLanguage } from "../texts";
import { Icon } from "./icons";
import { useComplaint } from "./problem";

const fullName = (user: User) => `${user.name.first} ${user.name.last ?? ""}`.trim();

/** A user of the organisation, by the id, found as one types a name or an address. */
export function UserField({ label, name, placeholder, value, onChange, kind, status, isRequired }: {
  label: string;
  name?: string;
  placeholder: string;
  value: string | undefined;
  /** Hears the user too, where one was picked. */
  onChange: (id: string | undefined, user?: User) => void;
  kind?: "regular" | "admin" | "api";
  status?: "active" | "inactive";
  isRequired?: boolean;
}) {
  const { t, name: called } = useLanguage();
  const client = useQueryClient();
  const complaint = useComplaint(name);
  const [typed, setTyped] = useState<string>();
  const [q, setQ] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQ(typed?.trim() ?? ""), 250);
    return () => clearTimeout(timer);
  }, [typed]);
  const chosen = useQuery({
    queryKey: ["user", "named", value],
    queryFn: async () => (await answer(api.GET("/v1/users/{userId}", { params: { path: { userId: value ?? "" } } }))).user,
    enabled: value !== undefined,
    staleTime: 60_000,
    retry: false,
  });
  const found = useQuery({
    queryKey: ["users", "found", q, kind, status],
    queryFn: async () => (await answer(api.GET("/v1/users", { params: { query: { q: q || undefined, kind, status, limit: 20 } } }))).items,
    placeholderData: keepPreviousData,
  });
  const shown = typed ?? (value ? (chosen.data ? fullName(chosen.data) : value) : "");
  return (
    <ComboBox
      className="field"
      name={name}
      validationBehavior="aria"
      isInvalid={complaint !== undefined}
      items={found.data ?? []}
      inputValue={shown}
      onInputChange={(text) => {
        if (text === shown) return;
        setTyped(text);
        if (text === "") onChange(undefined);
      }}
      value={value ?? null}
      onChange={(id) => {
        const user = found.data?.find((one) => one.id === id);
        if (!user) return;
        // Known at once under its name: a name that came after the choice would be as if typed, and open the list again.
        client.setQueryData(["user", "named", user.id], user);
        setTyped(undefined);
        onChange(user.id, user);
      }}
      onBlur={() => setTyped(undefined)}
      defaultFilter={() => true}
      menuTrigger="focus"
      allowsEmptyCollection
      isRequired={isRequired}
    >
      <Label>{label}</Label>
      <div className="combo">
        <Input placeholder={placeholder} />
        <AriaButton aria-label={t("person.show")}>
          <Icon name="down" size={16} />
        </AriaButton>
      </div>
      {isRequired && chosen.data && (
        <Text slot="description" className="hint">
          {chosen.data.email}, {called("kind", chosen.data.kind)}, {called("status", chosen.data.status)}
        </Text>
      )}
      <FieldError className="error">{complaint}</FieldError>
      <Popover className="popover">
        <ListBox<User> className="listbox" renderEmptyState={() => <span className="menu-head">{t("users.none")}</span>}>
          {(user) => (
            <ListBoxItem id={user.id} className="option picked" textValue={fullName(user)}>
              <span>{fullName(user)}</span>
              <span className="faint">{user.email}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
