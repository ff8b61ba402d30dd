import { useState, type ReactNode } from "react";
import { answer, api, type Schemas, type User } from "../../api/client";
import { useWrite, type Me } from "../../api/queries";
import { Link, useLocation } from "../../router";
import { useLanguage, type Key } from "../../texts";
import { Button, TextField } from "../../ui/controls";
import { Dialog } from "../../ui/dialog";
import { useTell } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { Form } from "../../ui/problem";
import { ActDialog } from "./act";
import { fullName, rights } from "./catalogue";
import { ActionsMenu, type Action } from "./menu";
import { asPost, asPut, keyed, Warnings } from "./outcome";

interface Props {
  user: User;
  me: Me;
  etag: string | undefined;
}

/** What a person may do to a user, by what they may and how the user stands. */
export function Actions(props: Props) {
  const { t } = useLanguage();
  const { user, me } = props;
  const [, navigate] = useLocation();
  const [doing, setDoing] = useState<Action>();
  const may = rights(me, user);
  return (
    <>
      {may.edit && (
        <Link href={`/users/${user.id}/edit`} className="button primary">
          {t("userAct.edit")}
        </Link>
      )}
      <ActionsMenu user={user} me={me} look="plain" label={t("userAct.more")} onAction={setDoing}>
        {t("userAct.more")}
        <Icon name="down" size={14} />
      </ActionsMenu>
      {doing && <Doing action={doing} {...props} onClose={() => setDoing(undefined)} onGone={() => navigate("/users")} />}
    </>
  );
}

/** An action's dialog. */
export function Doing({ action, user, me, etag, onClose, onGone }: Props & {
  action: Action;
  onClose: () => void;
  /** After it was seen that the user is no more. */
  onGone?: () => void;
}) {
  const { t } = useLanguage();
  const path = { userId: user.id };
  const name = fullName(user.name);
  if (action === "duplicate") return <Duplicate user={user} me={me} onClose={onClose} />;
  const common = { me, onClose, title: t(`userAct.${action}Title`, { name }), text: t(`userAct.${action}Text`, { name, email: user.email }), done: t(`userAct.${action}Done`) };
  switch (action) {
    case "verification":
      return <MailDialog {...common} send={(key) => answer(api.POST("/v1/users/{userId}/verification", { params: { path, header: keyed(key) } }))} />;
    case "passwordReset":
      return <MailDialog {...common} send={(key) => answer(api.POST("/v1/users/{userId}/password-reset", { params: { path, header: keyed(key) } }))} />;
    case "setPassword":
      return <SetPassword user={user} onClose={onClose} />;
    case "secondFactor":
      return <ActDialog {...common} act={t("userAct.secondFactor")} danger write={(how) => answer(api.POST("/v1/users/{userId}/mfa-reset", { params: { path, ...asPost(how) } }))} />;
    case "owner":
      return <ActDialog {...common} act={t("userAct.owner")} write={(how) => answer(api.POST("/v1/users/{userId}/owner", { params: { path, ...asPost(how) } }))} />;
    case "reactivate":
      return <ActDialog {...common} act={t("userAct.reactivate")} write={(how) => answer(api.POST("/v1/users/{userId}/reactivate", { params: { path, ...asPost(how) } }))} />;
    case "deactivate":
      return <ActDialog {...common} act={t("userAct.deactivate")} danger write={(how) => answer(api.POST("/v1/users/{userId}/deactivate", { params: { path, ...asPost(how) } }))} />;
    case "remove":
      return (
        <ActDialog
          {...common}
          act={t("userAct.remove")}
          danger
          typed={name}
          write={(how) => answer(api.DELETE("/v1/users/{userId}", { params: { path, ...asPut({ ...how, etag }) } }))}
          onDone={(made) => !made.change && onGone?.()}
        />
      );
  }
}

/** Sends a mail, saying to whom; what the service knows of the address is told. */
function MailDialog({ title, text, done, send, onClose }: { title: string; text: string; done: string; send: (key: string) => Promise<Schemas["MailAnswerBody"]>; onClose: () => void }) {
  const { t } = useLanguage();
  const tell = useTell();
  const mail = useWrite((_: undefined, key) => send(key), {
    onSuccess(sent) {
      tell(done);
      if (!sent.warnings?.length) onClose();
    },
  });
  return (
    <Dialog title={title} open onClose={onClose}>
      <Form error={mail.error} names={[]} onSubmit={() => mail.mutate(undefined)}>
        <p>{text}</p>
        <Warnings warnings={mail.data?.warnings} />
        <Footer onClose={onClose}>
          {mail.data ? null : (
            <Button look="primary" type="submit" isPending={mail.isPending}>
              {t("userAct.send")}
            </Button>
          )}
        </Footer>
      </Form>
    </Dialog>
  );
}

function Footer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const { t } = useLanguage();
  return (
    <div className="row end">
      <Button onPress={onClose}>{t(children ? "cancel" : "close")}</Button>
      {children}
    </div>
  );
}

/** Sets a password as the platform's staff (5.7). */
function SetPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useLanguage();
  const tell = useTell();
  const [password, setPassword] = useState("");
  const name = fullName(user.name);
  const write = useWrite((_: undefined, key) => answer(api.POST("/v1/users/{userId}/password", { params: { path: { userId: user.id }, header: keyed(key) }, body: { password } })), {
    onSuccess() {
      tell(t("userAct.setPasswordDone"));
      onClose();
    },
  });
  return (
    <Dialog title={t("userAct.setPasswordTitle", { name })} open onClose={onClose}>
      <Form error={write.error} names={["password"]} onSubmit={() => write.mutate(undefined)}>
        <p>{t("userAct.setPasswordText", { name })}</p>
        <TextField name="password" type="password" label={t("link.password")} hint={t("link.passwordHint")} value={password} onChange={setPassword} isRequired autoFocus autoComplete="new-password" />
        <Footer onClose={onClose}>
          <Button look="primary" type="submit" isPending={write.isPending}>
            {t("userAct.setPassword")}
          </Button>
        </Footer>
      </Form>
    </Dialog>
  );
}

/** A new user with another's access (1.6): what is its own is asked for. */
function Duplicate({ user, me, onClose }: { user: User; me: Me; onClose: () => void }) {
  const { t } = useLanguage();
  const [, navigate] = useLocation();
  const [own, set] = useState({ first: "", last: "", email: "", username: "", phone: "" });
  const settings = me.organisation.settings;
  const person = user.kind !== "api";
  const field = (name: keyof typeof own, path: string, label: Key, more?: object) => (
    <TextField name={path} label={t(label)} value={own[name]} onChange={(value) => set({ ...own, [name]: value })} autoComplete="off" {...more} />
  );
  return (
    <ActDialog
      me={me}
      title={t("userAct.duplicateTitle", { name: fullName(user.name) })}
      text={t("userAct.duplicateText")}
      act={t("userAct.duplicateAct")}
      done={t("newUser.done")}
      names={["name.first", "name.last", "email", "username", "phone"]}
      write={(how) =>
        answer(
          api.POST("/v1/users/{userId}/duplicate", {
            params: { path: { userId: user.id }, ...asPost(how) },
            body: { name: { first: own.first, last: own.last || undefined }, email: own.email, username: own.username || undefined, phone: own.phone || undefined },
          }),
        )
      }
      onClose={onClose}
      onDone={(made) => navigate(`/users/${made.user.id}`)}
    >
      <div className="pair">
        {field("first", "name.first", person ? "user.firstName" : "user.name", { isRequired: true, autoFocus: true })}
        {person && field("last", "name.last", "user.lastName")}
        {field("email", "email", "user.email", { type: "email", isRequired: true })}
        {settings.signInName === "username" && person && field("username", "username", "user.username", { isRequired: true, spellCheck: "false" })}
        {person && field("phone", "phone", "user.phone", { type: "tel", isRequired: settings.phone === "required" })}
      </div>
    </ActDialog>
  );
}
