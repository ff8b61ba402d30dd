import { answer, api, inCookie } from "./api/client";
import { forget, queries, useWrite } from "./api/queries";
import { useLocation } from "./router";

/** Leaves the organisation that one is in for another, and goes on at a page there. Nothing of the first is kept. */
export function useEnter(onError?: (error: Error) => void) {
  const [, navigate] = useLocation();
  return useWrite(
    ({ organisation }: { organisation: string; to?: string }, key) =>
      answer(api.POST("/v1/session/organisation", { body: { organisation }, params: { header: { "Idempotency-Key": key, ...inCookie } } })),
    {
      async onSuccess(entered, { to = "/" }) {
        if (entered.challenge) forget(); // the other one asks for a second factor, which this session has not given
        else {
          const me = await answer(api.GET("/v1/me"));
          queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" });
          queries.setQueryData(["me"], me);
        }
        navigate(to);
      },
      onError,
    },
  );
}
