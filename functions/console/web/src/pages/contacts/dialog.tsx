import { useState } from "react";
import { answer, api } from "../../api/client";
import { useWrite } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Button, Checkbox, TextField } from "../../ui/controls";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/problem";
import { fullName, useOutcome } from "../changes/parts";
import type { Contact } from "./list";

const types = ["general", "invoices", "contracts"] as const;
type Type = (typeof types)[number];

/** A contact's details: of a new one, or of one that is there. */
export function ContactDialog({ contact, onClose }: { contact: Contact | undefined; onClose: () => void }) {
  const { t, name } = useLanguage();
  const outcome = useOutcome();
  const [first, setFirst] = useState(contact?.name.first ?? "");
  const [last, setLast] = useState(contact?.name.last ?? "");
  const [email, setEmail] = useState(contact?.email ?? "");
  const [phone, setPhone] = useState(contact?.phone ?? "");
  const [chosen, setChosen] = useState<string[]>(contact?.types ?? ["general"]);
  const save = useWrite(
    (_: undefined, key) => {
      const body = { name: { first, last }, email, phone, types: types.filter((type) => chosen.includes(type)) as Type[] };
      return answer(
        contact
          ? api.PATCH("/v1/contacts/{contactId}", { body, params: { path: { contactId: contact.id }, header: { "If-Match": contact.etag } } })
          : api.POST("/v1/contacts", { body, params: { header: { "Idempotency-Key": key } } }),
      );
    },
    {
      onSuccess({ contact: saved, change }) {
        onClose();
        outcome(change, t(contact ? "contacts.saved" : "contacts.created", { name: fullName(saved) }));
      },
    },
  );
  return (
    <Dialog title={t(contact ? "contacts.editTitle" : "contacts.new")} open onClose={onClose}>
      <Form error={save.error} names={["name.first", "name.last", "email", "phone"]} onSubmit={() => save.mutate(undefined)}>
        <div className="pair">
          <TextField name="name.first" label={t("user.firstName")} value={first} onChange={setFirst} isRequired autoFocus autoComplete="off" />
          <TextField name="name.last" label={t("user.lastName")} value={last} onChange={setLast} autoComplete="off" />
        </div>
        <TextField name="email" type="email" label={t("user.email")} value={email} onChange={setEmail} autoComplete="off" hint={t("contacts.reach")} />
        <TextField name="phone" type="tel" label={t("contacts.phone")} value={phone} onChange={setPhone} autoComplete="off" hint={t("contacts.phoneHint")} />
        <fieldset className="fieldset">
          <legend>{t("contacts.types")}</legend>
          {types.map((type) => (
            <Checkbox key={type} isSelected={chosen.includes(type)} onChange={(on) => setChosen(on ? [...chosen, type] : chosen.filter((one) => one !== type))}>
              {name("contacts.type", type)}
            </Checkbox>
          ))}
        </fieldset>
        <div className="row end">
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={save.isPending}>
            {t(contact ? "contacts.save" : "contacts.create")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
