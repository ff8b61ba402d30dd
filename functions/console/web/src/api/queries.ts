import { keepPreviousData, MutationCache, QueryCache, QueryClient, queryOptions, useMutation, useQuery, type UseMutationOptions } from "@tanstack/react-query";
import { useRef } from "react";
import { answer, api, ProblemError, type Schemas } from "./client";

export type Me = Schemas["MeAnswerBody"];

/** Ends what was known when the session has ended: the shell then asks to sign in again. */
function signedOut(error: Error) {
  if (error instanceof ProblemError && error.code === "unauthenticated") forget();
}

/** The console's cache of what the API answered. Nothing survives the page. */
export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: signedOut }),
  mutationCache: new MutationCache({ onError: signedOut }),
  defaultOptions: {
    // Who is not connected is told so: to wait for the connection in silence would look like waiting for the service.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      refetchOnReconnect: true,
      staleTime: 10_000,
      // What was refused is refused again; what was not answered may be.
      retry: (count, error) => count < 2 && error instanceof ProblemError && (error.problem.status === 0 || error.problem.status >= 500),
    },
  },
});

/** Forgets everything, as nobody is signed in. */
export function forget() {
  queries.clear();
  queries.setQueryData(["me"], null);
}

/** Who is signed in: null is nobody. */
export const signedIn = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Me | null> => {
    try {
      return await answer(api.GET("/v1/me"));
    } catch (error) {
      if (error instanceof ProblemError && error.code === "unauthenticated") return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export const useSession = () => useQuery(signedIn);

/** Who is signed in, on pages that are for nobody else. */
export function useMe(): Me {
  const { data } = useSession();
  if (!data) throw new Error("nobody is signed in");
  return data;
}

/** What the person can prove a change or another act on others with: recovery codes are for signing in, and for one's own factors. */
export function useProofs(): ("passkey" | "totp")[] {
  const { secondFactors } = useMe();
  return [...(secondFactors.passkeys > 0 ? (["passkey"] as const) : []), ...(secondFactors.totp ? (["totp"] as const) : [])];
}

/** Whether the person has a permission, for all or for what is their own. What is refused is the API's to say. */
export const may = (me: Me, permission: string) => permission in me.permissions;

/** What a write leaves: who is signed in, and what is asked for once, since asking again would change it. */
const kept = new Set<unknown>(["me", "once"]);

/** Has what is shown read again; also what is on its way for the first time, which would otherwise be taken as it comes. */
export async function again() {
  const shown = { predicate: (query: { queryKey: readonly unknown[] }) => !kept.has(query.queryKey[0]) };
  await queries.cancelQueries(shown);
  await queries.invalidateQueries(shown);
}

/**
 * A write. It has an idempotency key, which stays the same while the answer is not known, so that trying again does not do
 * it twice; a definite answer ends it.
 */
export function useWrite<Input, Output>(write: (input: Input, key: string) => Promise<Output>, options?: Omit<UseMutationOptions<Output, ProblemError, Input>, "mutationFn">) {
  const key = useRef<string>(undefined);
  return useMutation<Output, ProblemError, Input>({
    ...options,
    mutationFn: async (input) => {
      key.current ??= crypto.randomUUID();
      try {
        const output = await write(input, key.current);
        key.current = undefined;
        return output;
      } catch (error) {
        if (error instanceof ProblemError && error.problem.status >= 400 && error.problem.status < 500) key.current = undefined;
        throw error;
      }
    },
    onSettled: (...settled) => {
      void again();
      return options?.onSettled?.(...settled);
    },
  });
}

/** How long nobody touches the page before polling stops: it would keep the session from its idle limit. */
const idle = 5 * 60_000;
let touched = Date.now();
for (const event of ["pointerdown", "keydown", "wheel", "focus"]) {
  addEventListener(event, () => (touched = Date.now()), { capture: true, passive: true });
}

/** A refetchInterval for what is on its way: while it is pending, and while somebody looks. */
export const polling =
  <T>(pending: (data: T) => boolean, every = 4000) =>
  (query: { state: { data: T | undefined } }) =>
    query.state.data !== undefined && pending(query.state.data) && Date.now() - touched < idle ? every : false;

export { keepPreviousData };
