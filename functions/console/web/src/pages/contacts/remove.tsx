import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { useWrite } from "../../api/queries";
import { useLanguage } from "../../texts";
import { ConfirmDialog } from "../../ui/dialog";
import { Outlook } from "../changes/outlook";
import { fullName, useOutcome } from "../changes/parts";
import type { Contact } from "./list";

/** Asks whether a contact is to be no more, saying what that would do. */
export function DeleteDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useLanguage();
  const outcome = useOutcome();
  const seen = { path: { contactId: contact.id }, header: { "If-Match": contact.etag } };
  const preview = useQuery({
    queryKey: ["once", "contact", contact.id, contact.etag],
    queryFn: () => answer(api.DELETE("/v1/contacts/{contactId}", { params: { ...seen, query: { preview: "true" } } })),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const remove = useWrite((_: undefined) => answer(api.DELETE("/v1/contacts/{contactId}", { params: seen })), {
    onSuccess({ change }) {
      onClose();
      outcome(change, t("contacts.deleted", { name: fullName(contact) }));
    },
  });
  return (
    <ConfirmDialog
      title={t("contacts.deleteOne", { name: fullName(contact) })}
      act={t("contacts.delete")}
      danger
      open
      onClose={onClose}
      onConfirm={() => remove.mutate(undefined)}
      pending={remove.isPending || preview.isPending}
      error={remove.error ?? preview.error}
    >
      <p>{t("contacts.deleteText")}</p>
      {preview.data?.preview && <Outlook outlook={preview.data.preview} diff={false} />}
    </ConfirmDialog>
  );
}
