import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useNames } from "../../api/lists";
import { useLanguage } from "../../texts";
import { ConfirmDialog } from "../../ui/dialog";
import { Loading } from "../../ui/frame";
import { Outlook, Warnings } from "../changes/outlook";
import { Holders, useHolders, type Permissions, type Role } from "./parts";

/** Says what a write of a role would do, and what it would take from whom, before it is done (3.11). */
export function RolePreview({ title, act, danger, role, after, preview, onConfirm, onClose, pending, error }: {
  title: string;
  act: string;
  danger?: boolean;
  /** The role as it is; absent of a new one, which nobody has. */
  role?: Role;
  after: Permissions;
  preview: () => Promise<Schemas["RoleAnswerBody"]>;
  onConfirm: () => void;
  onClose: () => void;
  pending: boolean;
  error: Error | null;
}) {
  const [asked] = useState(() => crypto.randomUUID());
  const would = useQuery({ queryKey: ["once", "role", asked], queryFn: preview, staleTime: Infinity, gcTime: 0, retry: false });
  const outlook = would.data?.preview;
  return (
    <ConfirmDialog title={title} act={act} danger={danger} open onClose={onClose} onConfirm={onConfirm} pending={pending || would.isPending} error={error ?? would.error} wide>
      {would.isPending && <Loading />}
      {outlook && <Outlook outlook={outlook} created={!role} />}
      <Warnings warnings={would.data?.warnings?.filter((one) => !outlook?.warnings.some((other) => other.code === one.code))} />
      {role && <Effect role={role} after={after} />}
    </ConfirmDialog>
  );
}

/** Whose access it changes, and what they lose. */
function Effect({ role, after }: { role: Role; after: Permissions }) {
  const { t } = useLanguage();
  const called = useNames();
  const holders = useHolders(role.id);
  const taken = Object.keys(role.permissions).filter((id) => !(id in after) || (role.permissions[id] === "all" && after[id] === "own"));
  if (!holders.data) return null;
  if (holders.data.length === 0) return <p>{t("roles.nobodyAffected")}</p>;
  return (
    <div className="stack">
      <p>{taken.length > 0 ? t("roles.takes", { count: holders.data.length, permissions: taken.map(called).join(", ") }) : t("roles.affects", { count: holders.data.length })}</p>
      <Holders users={holders.data} />
    </div>
  );
}
