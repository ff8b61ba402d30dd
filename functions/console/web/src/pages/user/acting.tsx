import { useQuery } from "@tanstack/react-query";
import { answered, api } from "../../api/client";
import type { Me } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Dialog } from "../../ui/dialog";
import { Problem } from "../../ui/problem";
import { Doing } from "./actions";
import type { Action } from "./menu";
import "./user.css";

/** What a list has done to a user. */
export interface Acted {
  id: string;
  action: Action;
}

/** An action on a user of a list, who is read for it as the user is now. */
export default function Acting({ id, action, me, onClose }: Acted & { me: Me; onClose: () => void }) {
  const { t } = useLanguage();
  const seen = useQuery({
    queryKey: ["user", id],
    queryFn: () => answered(api.GET("/v1/users/{userId}", { params: { path: { userId: id } } })),
  });
  if (seen.data) return <Doing action={action} user={seen.data.body.user} etag={seen.data.etag} me={me} onClose={onClose} />;
  if (!seen.error) return null;
  return (
    <Dialog title={t(`userAct.${action}`)} open onClose={onClose}>
      <Problem error={seen.error} />
    </Dialog>
  );
}
