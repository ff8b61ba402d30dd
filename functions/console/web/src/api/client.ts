import createClient from "openapi-fetch";
import { current } from "../texts";
import type { components, paths } from "./schema";

/** The types of the API's document. */
export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];
export type User = Schemas["User"];

/** What went wrong, as the API tells it (RFC 9457), or that it could not be reached. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
  /** The stable name of the problem; "unreachable" where there was no answer. */
  get code(): string {
    return this.problem.type.replace("/problems/", "");
  }
  /** What is wrong with a field, by its path in the body. */
  field(name: string): string | undefined {
    return this.problem.errors?.find((error) => error.field === name)?.detail;
  }
}

const unreachable = (status = 0) => new ProblemError({ type: "/problems/unreachable", title: "", status });

/** A part of the console that comes when it is needed. Fails with a {@link ProblemError}, as what it would ask does. */
export const part =
  <T>(load: () => Promise<T>): (() => Promise<T>) =>
  () =>
    load().catch(() => {
      throw unreachable();
    });

export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });

api.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", current.tag); // what the API says is in the language that is read here
    return request;
  },
});

/** Has what opens a session put it into the cookie. */
export const inCookie = { "Mandate-Session": "cookie" } as const;

/** What an operation answers, but to a preview of what takes effect at once. */
type Done<T> = Exclude<T, Schemas["Foreseen"]>;

/** The body of an answer, not as a table in text. Fails with a {@link ProblemError}. */
export async function answer<T>(request: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Exclude<Done<T>, string>> {
  return (await answered(request)).body as Exclude<Done<T>, string>;
}

/** An answer with its ETag, for the write that follows. */
export async function answered<T>(request: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<{ body: Done<T>; etag: string | undefined; response: Response }> {
  let got;
  try {
    got = await request;
  } catch {
    throw unreachable();
  }
  if (!got.response.ok) {
    throw isProblem(got.error) ? new ProblemError(got.error) : unreachable(got.response.status);
  }
  return { body: got.data as Done<T>, etag: got.response.headers.get("ETag") ?? undefined, response: got.response };
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "type" in value && "title" in value;
}
