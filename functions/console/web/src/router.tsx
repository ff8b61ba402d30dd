import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";

export { Link, Redirect, useLocation, useParams } from "wouter";

/** What a page keeps in its address: a text, or one of some words. */
type Field = "text" | readonly string[];
type Value<F extends Field> = F extends readonly (infer Word)[] ? Word : string;

/** The parameters of an address, typed; what the address does not have, or has wrongly, is absent. */
export type Search<Fields extends Record<string, Field>> = { [Name in keyof Fields]?: Value<Fields[Name]> };

/**
 * The page's part of the address's query, and how to change it. Declare the fields outside of the component. What is set
 * to undefined or "" leaves the address; a change replaces the entry of the history, as typing would fill it otherwise.
 */
export function useSearch<const Fields extends Record<string, Field>>(fields: Fields): [Search<Fields>, (change: Search<Fields>) => void] {
  const [parameters, set] = useSearchParams();
  const query = parameters.toString();
  const search = useMemo(() => {
    const given = new URLSearchParams(query);
    const known: Record<string, string> = {};
    for (const [name, field] of Object.entries(fields)) {
      const value = given.get(name);
      if (value && (field === "text" || field.includes(value))) known[name] = value;
    }
    return known as Search<Fields>;
  }, [query, fields]);
  const change = useCallback(
    (change: Search<Fields>) =>
      set(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(change)) {
            if (value) after.set(name, value as string);
            else after.delete(name);
          }
          return after;
        },
        { replace: true },
      ),
    [set],
  );
  return [search, change];
}
