import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button as AriaButton, ComboBox, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Text } from "react-aria-components";
import { answer, api, type User } from "../../api/client";
import { keepPreviousData } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Icon } from "../../ui/icons";
import { useComplaint } from "../../ui/problem";
import { fullName } from "../changes/parts";

/** A user of the organisation, found as one types its name or address. */
export function UserPicker({ label, name, onPick, kind, status }: {
  label: string;
  name: string;
  onPick: (user: User | undefined) => void;
  kind?: User["kind"];
  status?: "active" | "inactive";
}) {
  const { t, name: called } = useLanguage();
  const complaint = useComplaint(name);
  const [typed, setTyped] = useState("");
  const [picked, setPicked] = useState<User>();
  const [q, setQ] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQ(picked && typed === fullName(picked) ? "" : typed.trim()), 250);
    return () => clearTimeout(timer);
  }, [typed, picked]);
  const found = useQuery({
    queryKey: ["users", "picker", q, kind, status],
    queryFn: async () => (await answer(api.GET("/v1/users", { params: { query: { q: q || undefined, kind: kind === "operator" ? undefined : kind, status, limit: 20 } } }))).items,
    placeholderData: keepPreviousData,
  });
  return (
    <ComboBox
      className="field"
      name={name}
      validationBehavior="aria"
      isInvalid={complaint !== undefined}
      items={found.data ?? []}
      inputValue={typed}
      onInputChange={setTyped}
      value={picked?.id ?? null}
      onChange={(id) => {
        const user = found.data?.find((one) => one.id === id);
        if (id !== null && !user) return;
        setPicked(user);
        setTyped(user ? fullName(user) : "");
        onPick(user);
      }}
      menuTrigger="focus"
      allowsEmptyCollection
      isRequired
    >
      <Label>{label}</Label>
      <div className="combo">
        <Input placeholder={t("users.search")} />
        <AriaButton aria-label={t("requests.showUsers")}>
          <Icon name="down" size={16} />
        </AriaButton>
      </div>
      {picked && (
        <Text slot="description" className="hint">
          {picked.email}, {called("kind", picked.kind)}, {called("status", picked.status)}
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
