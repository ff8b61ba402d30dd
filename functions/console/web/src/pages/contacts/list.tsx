import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { all } from "../../api/lists";
import { may, polling, useMe } from "../../api/queries";
import { Link, useSearch } from "../../router";
import { useLanguage } from "../../texts";
import { Button, SearchField } from "../../ui/controls";
import { Badge, Empty, Loaded, PageFrame } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { Address, DataTable, type Column } from "../../ui/table";
import { fullName } from "../changes/parts";
import { ContactDialog } from "./dialog";
import { DeleteDialog } from "./remove";
import "./contacts.css";

export type Contact = Schemas["Contact"];

const fields = { q: "text" } as const;

/** Whom the organisation is reached by: contacts, and the users who are contacts as well (1.10). */
export default function Contacts() {
  const { t, locale } = useLanguage();
  const [{ q = "" }, change] = useSearch(fields);
  const [editing, setEditing] = useState<Contact | "new">();
  const [deleting, setDeleting] = useState<Contact>();
  const list = useQuery({
    queryKey: ["contacts"],
    queryFn: () => all<Contact>((cursor) => answer(api.GET("/v1/contacts", { params: { query: { limit: 200, cursor } } }))),
    refetchInterval: polling((all) => all.some((contact) => contact.openChange)),
  });
  const columns = useColumns(setEditing, setDeleting);
  const typed = q.trim().toLocaleLowerCase(locale);
  const fits = (contact: Contact) => `${fullName(contact)}\n${contact.email ?? ""}\n${contact.phone ?? ""}`.toLocaleLowerCase(locale).includes(typed);
  return (
    <PageFrame
      title={t("contacts.title")}
      actions={
        <Button look="primary" icon="plus" onPress={() => setEditing("new")}>
          {t("contacts.new")}
        </Button>
      }
    >
      <p className="lead">{t("contacts.text")}</p>
      <Loaded query={list}>
        {(contacts) => {
          if (contacts.length === 0) return <Empty title={t("contacts.none")}>{<p>{t("contacts.noneText")}</p>}</Empty>;
          const shown = contacts.filter(fits);
          return (
            <>
              <div className="toolbar" role="search">
                <SearchField label={t("contacts.search")} value={q} onChange={(value) => change({ q: value })} />
              </div>
              {shown.length === 0 ? <Empty title={t("contacts.noneFound")} /> : <DataTable label={t("contacts.title")} columns={columns} rows={shown} rowKey={(one) => one.id} />}
            </>
          );
        }}
      </Loaded>
      {editing && <ContactDialog contact={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />}
      {deleting && <DeleteDialog contact={deleting} onClose={() => setDeleting(undefined)} />}
    </PageFrame>
  );
}

function useColumns(edit: (contact: Contact) => void, remove: (contact: Contact) => void): Column<Contact>[] {
  const { t, name } = useLanguage();
  const sees = may(useMe(), "users:view");
  return [
    {
      id: "name", name: t("user.name"), heads: true,
      cell: (contact) => (
        <>
          {contact.user && sees ? <Link href={`/users/${contact.user}`}>{fullName(contact)}</Link> : fullName(contact)}
          {contact.user && <Badge tone="accent">{t("contacts.user")}</Badge>}
        </>
      ),
    },
    { id: "email", name: t("user.email"), long: true, cell: (contact) => contact.email && <a href={`mailto:${contact.email}`}><Address of={contact.email} /></a> },
    { id: "phone", name: t("contacts.phone"), cell: (contact) => contact.phone && <a href={`tel:${contact.phone}`}>{contact.phone}</a> },
    { id: "types", name: t("contacts.types"), cell: (contact) => contact.types.map((type) => name("contacts.type", type)).join(", ") },
    {
      id: "status", name: t("user.status"),
      cell: (contact) => (
        <>
          <Badge tone={contact.status === "active" ? "good" : "warn"}>{name("status", contact.status)}</Badge>
          {contact.openChange && (
            <Link href={`/changes/${contact.openChange}`} className="mark" aria-label={t("user.pending")} title={t("user.pending")}>
              <Icon name="pending" size={16} />
            </Link>
          )}
        </>
      ),
    },
    {
      id: "acts", name: t("contacts.acts"), hidden: true,
      cell: (contact) =>
        !contact.user &&
        !contact.openChange && (
          <span className="contact-acts">
            <Button look="quiet" onPress={() => edit(contact)} aria-label={t("contacts.editOne", { name: fullName(contact) })}>
              {t("contacts.edit")}
            </Button>
            <Button look="quiet" onPress={() => remove(contact)} aria-label={t("contacts.deleteOne", { name: fullName(contact) })}>
              {t("contacts.delete")}
            </Button>
          </span>
        ),
    },
  ];
}
