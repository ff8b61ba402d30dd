import { useEffect, useState, type ReactNode } from "react";
import { Button as AriaButton, Header, Menu, MenuItem, MenuSection, MenuTrigger, Modal, ModalOverlay, Dialog, Popover, Separator } from "react-aria-components";
import { answer, api } from "./api/client";
import { forget, useWrite, type Me } from "./api/queries";
import { useEnter } from "./enter";
import { entries } from "./pages";
import { Link, useLocation } from "./router";
import { languages, nameOf, useLanguage } from "./texts";
import { Button } from "./ui/controls";
import { useTell } from "./ui/frame";
import { Icon, type IconName } from "./ui/icons";
import { themes, useTheme } from "./ui/theme";

/** What is around every page: where one is, who one is, where one can go. */
export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const { t } = useLanguage();
  const [open, setOpen] = useState(false);
  useFocusKept();
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t("shell.skip")}
      </a>
      <header className="bar-top">
        <span className="narrow">
          <Button look="quiet" icon="menu" aria-label={t("shell.menu")} onPress={() => setOpen(true)} />
        </span>
        <OrganisationMenu me={me} />
        <span className="spacer" />
        <Preferences />
        <OwnMenu me={me} />
      </header>
      <nav className="side" aria-label={t("shell.navigation")}>
        <Entries me={me} />
      </nav>
      <ModalOverlay isOpen={open} onOpenChange={setOpen} isDismissable className="overlay drawer">
        <Modal>
          <Dialog aria-label={t("shell.navigation")}>
            <Button look="quiet" icon="close" aria-label={t("close")} onPress={() => setOpen(false)} />
            <nav aria-label={t("shell.navigation")}>
              <Entries me={me} onGo={() => setOpen(false)} />
            </nav>
          </Dialog>
        </Modal>
      </ModalOverlay>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

/** How long what had the focus before, or comes in its place, has to take it. */
const untilLost = 100;

/** Where what has the focus goes with its own act, as a decision's button does, the focus goes to the page's heading, and not nowhere. */
function useFocusKept() {
  useEffect(() => {
    let last: EventTarget | null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      if (document.activeElement === document.body && last instanceof Element && !last.isConnected) document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
    };
    const remember = ({ target }: FocusEvent) => {
      if (target instanceof Element && target.closest("main")) last = target;
    };
    const watch = new MutationObserver(() => (timer ??= setTimeout(look, untilLost)));
    watch.observe(document.body, { childList: true, subtree: true });
    document.addEventListener("focusin", remember);
    return () => {
      clearTimeout(timer);
      watch.disconnect();
      document.removeEventListener("focusin", remember);
    };
  }, []);
}

function Entries({ me, onGo }: { me: Me; onGo?: () => void }) {
  const { t } = useLanguage();
  const [path] = useLocation();
  const all = entries(me);
  return (
    <ul>
      {all.map((page, i) => (
        <li key={page.path} className={i > 0 && all[i - 1]?.entry.group !== page.entry.group ? "apart" : undefined}>
          <Link href={page.path} onClick={onGo} aria-current={path === page.path ? "page" : path.startsWith(`${page.path}/`) ? "true" : undefined}>
            <Icon name={page.entry.icon} />
            {t(page.title)}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** A button with a menu of choices. */
function Choices({ label, icon, text, children, selected, onAction }: {
  label: string;
  icon?: IconName;
  text?: string;
  children: ReactNode;
  selected?: string[];
  onAction: (id: string) => void;
}) {
  return (
    <MenuTrigger>
      <AriaButton className="button quiet" aria-label={text ? `${label}: ${text}` : label}>
        {icon && <Icon name={icon} />}
        {text && <span className="cut">{text}</span>}
        {text && <Icon name="down" size={14} />}
      </AriaButton>
      <Popover className="popover">
        <Menu aria-label={label} className="listbox" onAction={(id) => onAction(String(id))} selectionMode={selected ? "single" : "none"} selectedKeys={selected ?? []}>
          {children}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function Choice({ id, children }: { id: string; children: string }) {
  return (
    <MenuItem id={id} className="option" textValue={children}>
      {children}
    </MenuItem>
  );
}

function OrganisationMenu({ me }: { me: Me }) {
  const { t } = useLanguage();
  const tell = useTell();
  const enter = useEnter((error) => tell(error.message));
  const others = me.organisations?.filter((one) => one.id !== me.organisation.id) ?? [];
  if (others.length === 0) return <span className="organisation">{me.organisation.name}</span>;
  return (
    <Choices label={t("shell.organisation")} text={me.organisation.name} onAction={(id) => enter.mutate({ organisation: id })}>
      <MenuSection>
        <Header className="menu-head">{t("shell.switch")}</Header>
        {others.map((one) => (
          <Choice key={one.id} id={one.id}>
            {one.name}
          </Choice>
        ))}
      </MenuSection>
    </Choices>
  );
}

/** Language and theme, which also those have who are not signed in. */
export function Preferences() {
  const { t, tag, choose } = useLanguage();
  const [theme, setTheme] = useTheme();
  return (
    <>
      <Choices label={t("shell.language")} icon="globe" selected={[tag]} onAction={choose}>
        {languages.map((one) => (
          <Choice key={one} id={one}>
            {nameOf(one)}
          </Choice>
        ))}
      </Choices>
      <Choices label={t("shell.theme")} icon={theme === "dark" ? "moon" : "sun"} selected={[theme]} onAction={(id) => setTheme(themes.find((one) => one === id) ?? "system")}>
        {themes.map((one) => (
          <Choice key={one} id={one}>
            {t(`theme.${one}`)}
          </Choice>
        ))}
      </Choices>
    </>
  );
}

function OwnMenu({ me }: { me: Me }) {
  const { t } = useLanguage();
  const [, navigate] = useLocation();
  const signOut = useWrite(() => answer(api.DELETE("/v1/session")), {
    onSettled() {
      forget();
      navigate("/");
    },
  });
  const name = `${me.user.name.first} ${me.user.name.last ?? ""}`.trim();
  return (
    <Choices label={t("shell.own")} icon="profile" text={name} onAction={(id) => (id === "out" ? signOut.mutate(undefined) : navigate(id))}>
      <MenuSection>
        <Header className="menu-head">{me.user.email}</Header>
        <Choice id="/profile">{t("shell.profile")}</Choice>
      </MenuSection>
      <Separator />
      <Choice id="out">{t("shell.signOut")}</Choice>
    </Choices>
  );
}
