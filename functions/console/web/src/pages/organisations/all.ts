import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../api/client";

/** Every organisation, for who looks for one by its name: the API lists them in pages. */
export const useOrganisations = () =>
  useQuery({
    queryKey: ["organisations"],
    queryFn: async () => {
      const items: Schemas["Organisation"][] = [];
      let cursor: string | undefined;
      do {
        const page = await answer(api.GET("/v1/organisations", { params: { query: { limit: 200, cursor } } }));
        items.push(...page.items);
        cursor = page.next;
      } while (cursor);
      return items.sort((a, b) => a.name.localeCompare(b.name));
    },
    staleTime: 30_000,
  });
