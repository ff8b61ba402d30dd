import { Component, createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { ProgressBar } from "react-aria-components";
import { Link } from "../router";
import { useLanguage } from "../texts";
import { Button } from "./controls";
import { Icon } from "./icons";
import { Problem } from "./problem";

/** The frame of every page: where one is, what the page is called, what can be done on it. */
export function PageFrame({ title, trail = [], actions, children }: {
  title: string;
  /** The pages above this one. */
  trail?: { href: string; name: string }[];
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useLanguage();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – Mandate`;
  }, [title]);
  // Whoever cannot see that the page is another one hears its name.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <>
      {trail.length > 0 && (
        <nav aria-label={t("frame.trail")} className="trail">
          <ol>
            {trail.map((step) => (
              <li key={step.href}>
                <Link href={step.href}>{step.name}</Link>
                <Icon name="right" size={14} />
              </li>
            ))}
          </ol>
        </nav>
      )}
      <header className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

/** Something is on its way. */
export function Loading() {
  const { t } = useLanguage();
  return (
    <ProgressBar isIndeterminate aria-label={t("loading")} className="loading">
      <span className="bar" />
    </ProgressBar>
  );
}

/** There is nothing, and why, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** What a query answered: waiting, refused, or there. */
export function Loaded<T>({ query, children }: { query: { data: T | undefined; error: Error | null; refetch: () => unknown }; children: (data: T) => ReactNode }) {
  const { t } = useLanguage();
  if (query.data !== undefined) return children(query.data);
  if (!query.error) return <Loading />;
  return (
    <div className="refused">
      <Problem error={query.error} />
      <Button onPress={() => void query.refetch()}>{t("tryAgain")}</Button>
    </div>
  );
}

/** A state, in a word and a colour. */
export function Badge({ tone = "neutral", children }: { tone?: "neutral" | "good" | "warn" | "bad" | "accent"; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

interface Toast {
  id: number;
  text: string;
}

const Tell = createContext<(text: string) => void>(() => {});

/** How long a toast stays. Nothing is said in a toast alone that somebody could need later. */
const toastLasts = 6000;

/** Says what was done, seen and heard, wherever the page has gone meanwhile. */
export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, set] = useState<Toast[]>([]);
  const next = useRef(0);
  const tell = useCallback((text: string) => {
    const id = next.current++;
    set((before) => [...before, { id, text }]);
    setTimeout(() => set((before) => before.filter((toast) => toast.id !== id)), toastLasts);
  }, []);
  return (
    <Tell value={tell}>
      {children}
      <div className="toasts" role="status">
        {toasts.map((toast) => (
          <p key={toast.id} className="toast">
            <Icon name="done" />
            {toast.text}
          </p>
        ))}
      </div>
    </Tell>
  );
}

export const useTell = () => useContext(Tell);

/** A moment, in the viewer's zone and the language's form. */
export function Time({ at, style }: { at: string | undefined; style?: "date" | "full" }) {
  const { moment } = useLanguage();
  if (!at) return null;
  return (
    <time dateTime={at} title={at}>
      {moment(at, style)}
    </time>
  );
}

/** Counts down to a moment, and then calls. It is said once, not at every second. */
export function Countdown({ to, onEnd }: { to: string; onEnd?: () => void }) {
  const { locale } = useLanguage();
  const [now, set] = useState(() => Date.now());
  const left = Math.max(0, Math.round((Date.parse(to) - now) / 1000));
  const ended = left === 0;
  useEffect(() => {
    if (ended) {
      onEnd?.();
      return;
    }
    const timer = setInterval(() => set(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [ended]);
  const text = useMemo(() => {
    const [unit, size]: ["day" | "hour" | "minute" | "second", number] =
      left >= 172_800 ? ["day", 86_400] : left >= 7200 ? ["hour", 3600] : left >= 120 ? ["minute", 60] : ["second", 1];
    return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(left / size), unit);
  }, [left, locale]);
  return <time dateTime={to}>{text}</time>;
}

/** Shows what a mistake of the console's own leaves: never an empty page. */
export class Boundary extends Component<{ children: ReactNode; fallback: (error: Error) => ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};
  static getDerivedStateFromError(error: Error) {
    return { error };
  }
  override render() {
    return this.state.error ? this.props.fallback(this.state.error) : this.props.children;
  }
}
