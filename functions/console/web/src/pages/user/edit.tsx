import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, answered, api, ProblemError } from "../../api/client";
import { queries, useMe, useWrite } from "../../api/queries";
import { Link, useLocation, useParams } from "../../router";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { Dialog } from "../../ui/dialog";
import { Empty, Loaded, PageFrame } from "../../ui/frame";
import { Form, Problem } from "../../ui/problem";
import { fullName, rights, useCatalogue, type Catalogue } from "./catalogue";
import { draftOf, patch, stepNames, steps, stepTitle } from "./draft";
import { Accounts, Basics, Rights } from "./fields";
import { asPut, Outcome, Outlook, type Answer, type How } from "./outcome";
import "./user.css";

/** Changing a user (1.7): what there is, then what would change and what it takes (3.11), then the act. */
export default function EditUser() {
  const { t } = useLanguage();
  const me = useMe();
  const { id = "" } = useParams();
  const catalogue = useCatalogue(me);
  const seen = useQuery({
    queryKey: ["once", "user", id],
    queryFn: () => answered(api.GET("/v1/users/{userId}", { params: { path: { userId: id } } })),
    staleTime: Infinity, // the form is of the version that was seen; the API tells where there is another
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const user = seen.data?.body.user;
  const trail = [{ href: "/users", name: t("users.title") }, ...(user ? [{ href: `/users/${id}`, name: fullName(user.name) }] : [])];
  return (
    <PageFrame title={t("editUser.title")} trail={trail}>
      <Loaded query={seen}>
        {({ body, etag }) =>
          rights(me, body.user).edit ? (
            <Loaded query={catalogue}>{(catalogue) => <Edit user={body.user} etag={etag} catalogue={catalogue} />}</Loaded>
          ) : (
            <Empty title={t("editUser.not")}>
              <Link href={`/users/${id}`}>{fullName(body.user.name)}</Link>
            </Empty>
          )
        }
      </Loaded>
    </PageFrame>
  );
}

const names = stepNames.flatMap((step) => steps[step] as readonly string[]);

function Edit({ user, etag, catalogue }: { user: Answer["user"]; etag: string | undefined; catalogue: Catalogue }) {
  const { t } = useLanguage();
  const me = useMe();
  const [, navigate] = useLocation();
  const [before] = useState(() => draftOf(user));
  const [draft, setDraft] = useState(before);
  const [looking, setLooking] = useState(false);
  const [done, setDone] = useState<Answer>();
  const body = patch(before, draft);
  const send = (how: How) => answer(api.PATCH("/v1/users/{userId}", { params: { path: { userId: user.id }, ...asPut({ ...how, etag }) }, body }));
  const preview = useMutation<Answer, ProblemError>({ mutationFn: () => send({ preview: true }), onSuccess: () => setLooking(true) });
  const update = useWrite((_: undefined, key) => send({ key }), {
    onSuccess(made) {
      queries.removeQueries({ queryKey: ["user", user.id] }); // the page of the user comes as it is now, and with it what is done there next
      setDone(made);
    },
  });
  const set = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
  const close = () => navigate(`/users/${user.id}`);
  return (
    <>
      <Form error={preview.error} names={names} onSubmit={() => preview.mutate()}>
        <section className="card stack">
          <h2>{t("newUser.step.basics")}</h2>
          <Basics draft={draft} set={set} me={me} />
        </section>
        <section className="card stack">
          <h2>{t("newUser.step.accounts")}</h2>
          <Accounts draft={draft} set={set} me={me} catalogue={catalogue} />
        </section>
        <section className="card stack">
          <h2>{t(stepTitle("rights", me))}</h2>
          <Rights draft={draft} set={set} me={me} catalogue={catalogue} />
        </section>
        <div className="row end sticky">
          <Link href={`/users/${user.id}`} className="button plain">
            {t("cancel")}
          </Link>
          <Button look="primary" type="submit" isPending={preview.isPending} isDisabled={Object.keys(body).length === 0}>
            {t("newUser.review")}
          </Button>
        </div>
      </Form>
      <Dialog title={t("editUser.review", { name: fullName(user.name) })} open={looking} onClose={() => (done ? close() : setLooking(false))} wide>
        {done ? (
          <Outcome answer={done} done={t("editUser.done")} onClose={close} />
        ) : (
          <>
            <Problem error={update.error} />
            {preview.data?.preview && <Outlook outlook={preview.data.preview} me={me} />}
            <footer>
              <Button onPress={() => setLooking(false)}>{t("back")}</Button>
              <Button look="primary" onPress={() => update.mutate(undefined)} isPending={update.isPending}>
                {t(preview.data?.preview?.state === "awaitingApproval" ? "newUser.ask" : "editUser.save")}
              </Button>
            </footer>
          </>
        )}
      </Dialog>
    </>
  );
}
