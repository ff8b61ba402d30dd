import { useMutation } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { answer, api, ProblemError } from "../../api/client";
import { useMe, useWrite } from "../../api/queries";
import { Link, useLocation, useSearch } from "../../router";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { Loaded, Loading, PageFrame } from "../../ui/frame";
import { Icon } from "../../ui/icons";
import { Form, Problem } from "../../ui/problem";
import { fullName, useCatalogue, type Catalogue } from "./catalogue";
import { body, newDraft, stepNames, stepOf, stepTitle, steps } from "./draft";
import { Accounts, Basics, Rights } from "./fields";
import { asPost, Outcome, Outlook, type Answer, type How } from "./outcome";
import "./user.css";

const all = [...stepNames, "review"] as const;
const fields = { step: all } as const;

/** A new user, in steps (1.1): each is looked at by the API before the next, and the last shows what it will do (3.11). */
export default function NewUser() {
  const { t } = useLanguage();
  const me = useMe();
  const catalogue = useCatalogue(me);
  const [made, setMade] = useState<Answer>();
  const [, navigate] = useLocation();
  const trail = [{ href: "/users", name: t("users.title") }];
  if (made) {
    return (
      <PageFrame title={fullName(made.user.name)} trail={trail}>
        <div className="card narrow-page">
          <Outcome answer={made} done={t("newUser.done")} onClose={() => navigate(`/users/${made.user.id}`)} />
        </div>
      </PageFrame>
    );
  }
  return (
    <PageFrame title={t("newUser.title")} trail={trail}>
      <Loaded query={catalogue}>{(catalogue) => <Steps catalogue={catalogue} onMade={setMade} />}</Loaded>
    </PageFrame>
  );
}

function Steps({ catalogue, onMade }: { catalogue: Catalogue; onMade: (made: Answer) => void }) {
  const { t } = useLanguage();
  const me = useMe();
  const [{ step: asked }, change] = useSearch(fields);
  const [draft, setDraft] = useState(() => newDraft(me));
  const [reached, setReached] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const number = Math.min(all.indexOf(asked ?? "basics"), reached);
  const step = all[number]!;
  const send = (how: How) => answer(api.POST("/v1/users", { params: asPost(how), body: body(draft) }));
  const preview = useMutation<Answer, ProblemError>({ mutationFn: () => send({ preview: true }) });
  const create = useWrite((_: undefined, key) => send({ key }), { onSuccess: onMade });
  const problem = create.error ?? preview.error;
  const wrong = new Set((problem?.problem.errors ?? []).map((one) => stepOf(one.field)));

  const go = (to: number) => {
    setReached((before) => Math.max(before, to));
    change({ step: all[to] });
    requestAnimationFrame(() => heading.current?.focus());
  };
  const edit = (part: Partial<typeof draft>) => {
    setDraft({ ...draft, ...part });
  };
  // The API looks at the whole user; what it says of later steps is theirs to show.
  const next = () =>
    preview.mutate(undefined, {
      onSettled: (_, error) => {
        const mend = error?.problem.errors?.some((one) => stepOf(one.field) === step);
        if (!mend && error?.code !== "unreachable") go(number + 1);
      },
    });
  // What is said of other steps is said there.
  const here = useMemo(() => {
    const errors = problem?.problem.errors?.filter((one) => stepOf(one.field) === step);
    if (errors?.length) return new ProblemError({ ...problem!.problem, errors });
    return problem?.code === "unreachable" ? problem : null;
  }, [problem, step]);
  return (
    <div className="steps">
      <nav aria-label={t("newUser.steps")}>
        <ol>
          {all.map((one, i) => (
            <li key={one}>
              <button type="button" className="step" aria-current={i === number ? "step" : undefined} disabled={i > reached} onClick={() => go(i)}>
                <span className="number" aria-hidden="true">
                  {i + 1}
                </span>
                <span>{t(stepTitle(one, me))}</span>
                {one !== "review" && reached > i && wrong.has(one) && (
                  <span className="mark bad" role="img" aria-label={t("newUser.wrong")}>
                    <Icon name="warning" size={16} />
                  </span>
                )}
              </button>
            </li>
          ))}
        </ol>
      </nav>
      <section className="card">
        <h2 ref={heading} tabIndex={-1}>
          {t(stepTitle(step, me))}
        </h2>
        {step === "review" ? (
          <div className="stack">
            {preview.isPending && <Loading />}
            {problem && <Problem error={problem} />}
            {[...wrong].filter((one) => one !== undefined).map((one) => (
              <p key={one}>
                <Button look="plain" onPress={() => go(all.indexOf(one))}>
                  {t("newUser.mend", { step: t(stepTitle(one, me)) })}
                </Button>
              </p>
            ))}
            {preview.data?.preview && !create.error && <Outlook outlook={preview.data.preview} me={me} />}
            <div className="row ends">
              <Button onPress={() => go(number - 1)}>{t("back")}</Button>
              <Button look="primary" onPress={() => create.mutate(undefined)} isPending={create.isPending} isDisabled={!preview.data?.preview || preview.isPending}>
                {t(preview.data?.preview?.state === "awaitingApproval" ? "newUser.ask" : "newUser.create")}
              </Button>
            </div>
          </div>
        ) : (
          <Form key={step} error={here} names={steps[step]} onSubmit={next}>
            {step === "basics" && <Basics draft={draft} set={edit} me={me} isNew />}
            {step === "accounts" && <Accounts draft={draft} set={edit} me={me} catalogue={catalogue} />}
            {step === "rights" && <Rights draft={draft} set={edit} me={me} catalogue={catalogue} />}
            <div className="row ends">
              {number > 0 ? <Button onPress={() => go(number - 1)}>{t("back")}</Button> : <Link href="/users" className="button plain">{t("cancel")}</Link>}
              <Button look="primary" type="submit" isPending={preview.isPending}>
                {t("newUser.next")}
              </Button>
            </div>
          </Form>
        )}
      </section>
    </div>
  );
}
