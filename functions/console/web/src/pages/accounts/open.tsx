import { useState } from "react";
import { answer, api } from "../../api/client";
import { useWrite } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Button, Select, TextField } from "../../ui/controls";
import { Dialog } from "../../ui/dialog";
import { useTell } from "../../ui/frame";
import { Form } from "../../ui/problem";
import type { Company } from "./parts";

/** Adds a company to the organisation; the platform's staff does. */
export function CompanyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLanguage();
  const tell = useTell();
  const [name, setName] = useState("");
  const create = useWrite((_: undefined, key) => answer(api.POST("/v1/companies", { body: { name }, params: { header: { "Idempotency-Key": key } } })), {
    onSuccess() {
      tell(t("accounts.companyCreated", { name }));
      onClose();
    },
  });
  return (
    <Dialog title={t("accounts.createCompany")} open onClose={onClose}>
      <Form error={create.error} names={["name"]} onSubmit={() => create.mutate(undefined)}>
        <TextField name="name" label={t("accounts.companyName")} value={name} onChange={setName} isRequired autoFocus autoComplete="off" />
        <div className="row end">
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={create.isPending}>
            {t("accounts.createCompany")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

/** Opens an account of a company; the organisation's admins are told who lacks it. */
export function AccountDialog({ companies, onClose }: { companies: Company[]; onClose: () => void }) {
  const { t } = useLanguage();
  const tell = useTell();
  const [company, setCompany] = useState(companies[0]?.id);
  const [name, setName] = useState("");
  const open = useWrite(
    (_: undefined, key) => answer(api.POST("/v1/accounts", { body: { company: company ?? "", name }, params: { header: { "Idempotency-Key": key } } })),
    {
      onSuccess() {
        tell(t("accounts.accountOpened", { name }));
        onClose();
      },
    },
  );
  return (
    <Dialog title={t("accounts.open")} open onClose={onClose}>
      <Form error={open.error} names={["company", "name"]} onSubmit={() => open.mutate(undefined)}>
        <Select name="company" label={t("user.company")} options={companies} value={company} onChange={setCompany} isRequired />
        <TextField name="name" label={t("accounts.name")} value={name} onChange={setName} isRequired autoFocus autoComplete="off" hint={t("accounts.openHint")} />
        <div className="row end">
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={open.isPending}>
            {t("accounts.open")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
