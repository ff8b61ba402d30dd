import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import { part } from "./api/client";
import type { Me } from "./api/queries";
import type { Key } from "./texts";
import type { IconName } from "./ui/icons";

/** Where a page stands in the side navigation. */
export interface Entry {
  icon: IconName;
  /** Entries are in the order of their groups, and within one by this. */
  group: "people" | "control" | "organisation";
  order: number;
}

/** A page, as its folder declares it in page.ts. */
export interface Declaration {
  /** The address's path, as "/users/:id". */
  path: string;
  title: Key;
  load: () => Promise<{ default: ComponentType }>;
  /** Whether the person has anything to do here: by their permissions, and by the organisation's settings. */
  shown?: (me: Me) => boolean;
  entry?: Entry;
}

export interface Page extends Declaration {
  Content: LazyExoticComponent<ComponentType>;
}

const groups: Entry["group"][] = ["people", "control", "organisation"];
const declared = import.meta.glob<Declaration | Declaration[]>("./pages/*/page.ts", { eager: true, import: "default" });

/** Every page behind the sign-in. Paths without parameters go before those with. */
export const pages: Page[] = Object.values(declared)
  .flat()
  .map((page) => ({ ...page, Content: lazy(part(page.load)) }))
  .sort((a, b) => Number(a.path.includes(":")) - Number(b.path.includes(":")));

/** The page at a path, if there is one. */
export const pageAt = (path: string): Page | undefined => pages.find((page) => new RegExp(`^${page.path.replace(/:\w+/g, "[^/]+")}$`).test(path));

/** The pages of the side navigation that are for a person, in their order. */
export const entries = (me: Me): (Page & { entry: Entry })[] =>
  pages
    .filter((page): page is Page & { entry: Entry } => page.entry !== undefined && (page.shown?.(me) ?? true))
    .sort((a, b) => groups.indexOf(a.entry.group) - groups.indexOf(b.entry.group) || a.entry.order - b.entry.order);
