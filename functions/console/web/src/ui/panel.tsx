import { useId, type ReactNode } from "react";
import { Link, useLocation } from "../router";
import "./panel.css";

/** A part of a page, with a heading of its own and what can be done there. */
export function Panel({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="panel" role="group" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

export interface Fact {
  name: string;
  /** Absent: there is nothing to say of it, and it is left out. */
  value: ReactNode;
}

/** What is known of a thing, by name. */
export function Facts({ facts }: { facts: (Fact | false | undefined)[] }) {
  return (
    <dl className="facts">
      {facts
        .filter((fact): fact is Fact => Boolean(fact) && fact !== undefined && (fact as Fact).value !== undefined && (fact as Fact).value !== "")
        .map((fact) => (
          <div key={fact.name}>
            <dt>{fact.name}</dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** On a phone tabs are wider than the window: the one that one is at is in sight. */
export const intoSight = (tab: HTMLElement | null) => tab?.scrollIntoView({ block: "nearest", inline: "center" });

/** Pages beside each other, each with an address of its own. */
export function PageTabs({ label, tabs }: { label: string; tabs: { href: string; name: string }[] }) {
  const [path] = useLocation();
  return (
    <nav className="page-tabs" aria-label={label}>
      <ul>
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link href={tab.href} aria-current={path === tab.href ? "page" : undefined} ref={path === tab.href ? intoSight : undefined}>
              {tab.name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
