import { useEffect, useRef, type ReactNode } from "react";
import { Preferences } from "../../shell";
import "./alone.css";

/** A page for who is not signed in, or not yet wholly. Its heading is focused when it becomes another. */
export function Alone({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – Mandate`;
    if (!heading.current?.parentElement?.contains(document.activeElement)) heading.current?.focus();
  }, [title]);
  return (
    <div className="alone-page">
      <header>
        <img src="/icon.svg" alt="" width="28" height="28" />
        <strong translate="no">{brand}</strong>
        <span className="spacer" />
        <Preferences />
      </header>
      <main className="alone">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </main>
    </div>
  );
}

const brand = "Mandate";
