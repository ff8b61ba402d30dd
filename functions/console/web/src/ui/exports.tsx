import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";
import { ProblemError } from "../api/client";
import { useLanguage } from "../texts";
import { Button } from "./controls";
import { useTell } from "./frame";

/** A page of an export: lines of CSV with their names above, and where the next page begins. */
export interface Sheet {
  text: string;
  next: string | undefined;
}

interface Job {
  name: string;
  lines: number;
}

interface Running {
  job: Job | undefined;
  error: ProblemError | undefined;
  /** Begins to fetch pages, one after another, into a file of this name. */
  begin: (name: string, page: (cursor: string | undefined, signal: AbortSignal) => Promise<Sheet>) => void;
}

const Context = createContext<Running | undefined>(undefined);

/** Exports go on while their person does other things; how far they are is told wherever that is. */
export function Exports({ children }: { children: ReactNode }) {
  const { t } = useLanguage();
  const tell = useTell();
  const [job, setJob] = useState<Job>();
  const [error, setError] = useState<ProblemError>();
  const stop = useRef<AbortController>(undefined);
  const begin = useCallback<Running["begin"]>(
    async (name, page) => {
      const control = (stop.current = new AbortController());
      const parts: string[] = [];
      let lines = 0;
      let cursor: string | undefined;
      setError(undefined);
      setJob({ name, lines });
      try {
        do {
          const sheet = await page(cursor, control.signal);
          const body = parts.length ? sheet.text.slice(sheet.text.indexOf("\n") + 1) : sheet.text;
          lines += body.split("\n").length - (parts.length ? 1 : 2);
          parts.push(body);
          cursor = sheet.next;
          setJob({ name, lines });
        } while (cursor && !control.signal.aborted);
        if (!control.signal.aborted) {
          save(name, parts);
          tell(t("exports.done", { name, lines }));
        }
      } catch (failure) {
        if (control.signal.aborted) return;
        if (!(failure instanceof ProblemError)) throw failure;
        setError(failure);
      } finally {
        setJob(undefined);
      }
    },
    [t, tell],
  );
  const running = useMemo(() => ({ job, error, begin }), [job, error, begin]);
  return (
    <Context value={running}>
      {children}
      {job && (
        <div className="job" role="status">
          {t("exports.running", { name: job.name, lines: job.lines })}
          <Button look="quiet" onPress={() => stop.current?.abort()}>
            {t("cancel")}
          </Button>
        </div>
      )}
    </Context>
  );
}

function save(name: string, parts: string[]) {
  const url = URL.createObjectURL(new Blob(parts, { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

export function useExports(): Running {
  const running = useContext(Context);
  if (!running) throw new Error("outside of Exports");
  return running;
}

/** Where the next page begins, as an answer's Link says (RFC 8288). */
export function nextCursor(response: Response): string | undefined {
  const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(response.headers.get("Link") ?? "")?.[1];
  return next ? (new URL(next, location.href).searchParams.get("cursor") ?? undefined) : undefined;
}
