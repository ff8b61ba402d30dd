import { useMutation } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import type { ProblemError } from "../../api/client";
import { useWrite, type Me } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Button, TextField } from "../../ui/controls";
import { Dialog } from "../../ui/dialog";
import { Loading } from "../../ui/frame";
import { Form, Problem } from "../../ui/problem";
import { Left, Outcome, Outlook, type Answer, type Write } from "./outcome";

/**
 * An act on a user: what it asks for, where it asks for something (children, whose fields are the names); then what it would
 * do, as the API sees it (3.11); then the act, and what came of it.
 */
export function ActDialog({ title, text, act, done, danger, write, me, onClose, onDone, names = [], typed, children }: {
  title: string;
  text: string;
  /** What the button says. */
  act: string;
  /** What is told when it took effect. */
  done: string;
  danger?: boolean;
  write: Write;
  me: Me;
  onClose: () => void;
  /** After what came of it was seen. */
  onDone?: (answer: Answer) => void;
  names?: readonly string[];
  /** What has to be typed for it to be meant. */
  typed?: string;
  children?: ReactNode;
}) {
  const { t } = useLanguage();
  const [looking, setLooking] = useState(!children);
  const [typing, setTyping] = useState("");
  const preview = useMutation<Answer, ProblemError>({ mutationFn: () => write({ preview: true }), onSuccess: () => setLooking(true) });
  const real = useWrite((_: undefined, key) => write({ key }));
  const { mutate } = preview;
  useEffect(() => {
    if (!children) mutate();
  }, []);
  const close = () => {
    onClose();
    if (real.data) onDone?.(real.data);
  };
  const outlook = preview.data?.preview;
  return (
    <Dialog title={title} open onClose={close} wide={Boolean(outlook?.diff.length) && !real.data}>
      {real.data ? (
        <Outcome answer={real.data} done={done} onClose={close} />
      ) : looking ? (
        <Form error={real.error} names={[]} onSubmit={() => real.mutate(undefined)}>
          <p>{text}</p>
          <Problem error={preview.error} />
          {preview.isPending && <Loading />}
          <Left left={preview.data?.left} me={me} />
          {outlook && <Outlook outlook={outlook} me={me} ends={danger} />}
          {typed && outlook && <TextField label={t("userAct.typed", { name: typed })} value={typing} onChange={setTyping} autoComplete="off" />}
          <div className="row end">
            <Button onPress={children ? () => setLooking(false) : close}>{t(children ? "back" : "cancel")}</Button>
            {!preview.error && (
              <Button look={danger ? "danger" : "primary"} type="submit" isPending={real.isPending} isDisabled={!outlook || (typed !== undefined && typing.trim() !== typed)}>
                {act}
              </Button>
            )}
          </div>
        </Form>
      ) : (
        <Form error={preview.error} names={names} onSubmit={() => mutate()}>
          <p>{text}</p>
          {children}
          <div className="row end">
            <Button onPress={close}>{t("cancel")}</Button>
            <Button look="primary" type="submit" isPending={preview.isPending}>
              {t("newUser.review")}
            </Button>
          </div>
        </Form>
      )}
    </Dialog>
  );
}
