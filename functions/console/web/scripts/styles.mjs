// Holds the style sheets apart: the pages' come as their pages do and stay, so what one says of another's class holds on
// whichever page one has been before.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Complains of classes that selectors of several sheets begin with. */
export function checkStyles(root) {
  const sheets = new Map();
  for (const name of readdirSync(join(root, "src"), { recursive: true }).filter((name) => name.endsWith(".css"))) {
    const rules = readFileSync(join(root, "src", name), "utf8").replace(/\/\*[^]*?\*\//g, "");
    for (const [, selectors] of rules.matchAll(/([^{};]+)\{/g)) {
      for (const selector of selectors.split(",")) {
        const head = /^(\.[\w-]+)+/.exec(selector.trim())?.[0];
        if (head) sheets.set(head, (sheets.get(head) ?? new Set()).add(name));
      }
    }
  }
  return [...sheets].filter(([, names]) => names.size > 1).map(([head, names]) => `${head} is styled in ${[...names].sort().join(" and ")}`);
}
