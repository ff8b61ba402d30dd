import { lazy, Suspense, useEffect, useRef, type ReactNode } from "react";
import { RouterProvider } from "react-aria-components";
import { Route, Switch } from "wouter";
import { part, ProblemError } from "./api/client";
import { again, queries, signedIn, useSession, type Me } from "./api/queries";
import { entries, pageAt, pages } from "./pages";
import { Link, Redirect, useLocation } from "./router";
import { Shell } from "./shell";
import { useLanguage, Worded } from "./texts";
import { Button } from "./ui/controls";
import { Boundary, Empty, Loading, PageFrame } from "./ui/frame";
import { Icon } from "./ui/icons";
import { Problem } from "./ui/problem";

// Before signing in, and until a session is good for everything. None of it is in the shell's script.
const signIn = part(() => import("./pages/signin/signin"));
const mailedLink = part(() => import("./pages/link/link"));
const SignIn = lazy(signIn);
const Forgot = lazy(part(() => import("./pages/signin/forgot")));
const Onward = lazy(part(() => import("./pages/link/onward")));
const MailedLink = lazy(mailedLink);

/**
 * Asks for what the first page takes side by side, before anything is drawn: who is signed in, the page that the address
 * leads to, and the sign-in, which is small. What fails is asked for again by who needs it.
 */
export function begin(path: string) {
  const parts = path === "/link" ? [mailedLink()] : [queries.prefetchQuery(signedIn), signIn(), pageAt(path)?.load()];
  void Promise.allSettled(parts);
}

/**
 * What there is to see. Who is not signed in is asked to where the address leads, and is there afterwards; who has a stage
 * to pass first passes it. A mailed link is followed whoever is signed in.
 */
export function App() {
  const [path, navigate] = useLocation();
  return (
    <RouterProvider navigate={navigate}>
      <Boundary fallback={(error) => <Broken error={error} />}>
        <Suspense fallback={<Loading />}>{path === "/link" ? <MailedLink /> : <Behind />}</Suspense>
      </Boundary>
    </RouterProvider>
  );
}

function Behind() {
  const session = useSession();
  const [path] = useLocation();
  const { t } = useLanguage();
  if (session.data) return session.data.next ? <Onward next={session.data.next} user={session.data.user} /> : (
    <Worded accountsAre={session.data.organisation.settings.accountsAre}>
      <Signed me={session.data} />
    </Worded>
  );
  if (session.data === null) return path === "/forgot-password" ? <Forgot /> : <SignIn />;
  if (session.error) {
    return (
      <main className="alone refused">
        <Problem error={session.error} />
        <Button onPress={() => void session.refetch()}>{t("tryAgain")}</Button>
      </main>
    );
  }
  return <Loading />;
}

function Signed({ me }: { me: Me }) {
  const [path] = useLocation();
  const { tag } = useLanguage();
  const read = useRef(tag);
  useEffect(() => {
    if (read.current !== tag) void again(); // what the API says in words, in the other language
    read.current = tag;
  }, [tag]);
  const first = entries(me)[0];
  return (
    <Shell me={me}>
      <Boundary key={path} fallback={(error) => <Broken error={error} />}>
        <Suspense fallback={<Loading />}>
          <Switch>
            <Route path="/">
              {first ? <Redirect href={first.path} replace /> : <Welcome me={me} />}
            </Route>
            {pages.map(({ path, Content, shown }) => (
              <Route key={path} path={path}>
                {(shown?.(me) ?? true) ? <Content /> : <Nowhere />}
              </Route>
            ))}
            <Route>
              <Nowhere />
            </Route>
          </Switch>
        </Suspense>
      </Boundary>
    </Shell>
  );
}

/** Where those are who have nothing to administer. */
function Welcome({ me }: { me: Me }) {
  const { t } = useLanguage();
  return (
    <PageFrame title={t("welcome.title", { name: me.user.name.first })}>
      <Empty title={t("welcome.text", { organisation: me.organisation.name })} />
    </PageFrame>
  );
}

function Nowhere(): ReactNode {
  const { t } = useLanguage();
  return (
    <PageFrame title={t("nowhere.title")}>
      <Empty title={t("nowhere.text")}>
        <Link href="/">{t("nowhere.home")}</Link>
      </Empty>
    </PageFrame>
  );
}

/** Where the page would be: why it is not there, and the way out. */
function Broken({ error }: { error: Error }): ReactNode {
  const { t } = useLanguage();
  return (
    <div className="refused">
      {error instanceof ProblemError ? (
        <Problem error={error} />
      ) : (
        <div className="notice bad" role="alert">
          <Icon name="warning" />
          <div>
            <strong>{t("broken.title")}</strong>
            <p>{t("broken.text")}</p>
          </div>
        </div>
      )}
      <Button onPress={() => location.reload()}>{t("broken.reload")}</Button>
    </div>
  );
}
