import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover, Separator } from "react-aria-components";
import type { ReactNode } from "react";
import type { User } from "../../api/client";
import type { Me } from "../../api/queries";
import { useLanguage } from "../../texts";
import { rights } from "./catalogue";

const actions = ["duplicate", "verification", "passwordReset", "setPassword", "secondFactor", "owner", "reactivate", "deactivate", "remove"] as const;
export type Action = (typeof actions)[number];

/** Those that end something are apart from the others. */
const ends: Action[] = ["deactivate", "remove"];

/** The menu of what a person may do to a user, by what they may and how the user stands; in a list, also of where it leads. */
export function ActionsMenu({ user, me, label, look, onAction, leads, children }: {
  user: User;
  me: Me;
  label: string;
  look: "plain" | "quiet";
  onAction: (action: Action) => void;
  leads?: boolean;
  children: ReactNode;
}) {
  const { t } = useLanguage();
  const may = rights(me, user);
  const offered = actions.filter((action) => may[action]);
  const mild = offered.filter((action) => !ends.includes(action));
  const hard = offered.filter((action) => ends.includes(action));
  const item = (action: Action) => (
    <MenuItem key={action} className="option" onAction={() => onAction(action)}>
      {t(`userAct.${action}`)}
    </MenuItem>
  );
  if (offered.length === 0 && !leads) return null;
  return (
    <MenuTrigger>
      <AriaButton className={`button ${look}`} aria-label={label}>
        {children}
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu className="listbox" aria-label={label}>
          {leads && (
            <MenuItem className="option" href={`/users/${user.id}`}>
              {t("userAct.view")}
            </MenuItem>
          )}
          {leads && may.edit && (
            <MenuItem className="option" href={`/users/${user.id}/edit`}>
              {t("userAct.edit")}
            </MenuItem>
          )}
          {mild.map(item)}
          {(leads || mild.length > 0) && hard.length > 0 && <Separator />}
          {hard.map(item)}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
