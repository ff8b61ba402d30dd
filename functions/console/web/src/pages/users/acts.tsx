import type { User } from "../../api/client";
import type { Me } from "../../api/queries";
import { Link } from "../../router";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { Icon } from "../../ui/icons";
import { fullName, rights } from "../user/catalogue";
import { ActionsMenu, type Action } from "../user/menu";

/** What can be done to a user of the list: all of it in a menu, and where there is room, what is done most beside it. */
export function Acts({ user, me, act }: { user: User; me: Me; act: (action: Action) => void }) {
  const { t } = useLanguage();
  const may = rights(me, user);
  const name = fullName(user.name);
  return (
    <>
      {may.edit && (
        <Link href={`/users/${user.id}/edit`} className="button quiet roomy" aria-label={t("users.editNamed", { name })} title={t("userAct.edit")}>
          <Icon name="edit" />
        </Link>
      )}
      {may.duplicate && (
        <span className="roomy" title={t("userAct.duplicate")}>
          <Button look="quiet" icon="copy" aria-label={t("users.duplicateNamed", { name })} onPress={() => act("duplicate")} />
        </span>
      )}
      <ActionsMenu user={user} me={me} leads look="quiet" label={t("users.actsNamed", { name })} onAction={act}>
        <Icon name="more" />
      </ActionsMenu>
    </>
  );
}
