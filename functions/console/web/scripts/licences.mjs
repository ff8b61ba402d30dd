// Names what the bundle has of others: each package whose code is in it, its version, its licence and the licence's text, as
// most of them ask for. A licence that nobody has admitted stops the build.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Those that ask for no more than to be named; infra/licenses admits the same of Go's modules. */
const admitted = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "Unlicense"]);

/** A plugin of the bundler that leaves the list beside the bundle, in licences.txt. */
export function licences() {
  return {
    name: "licences",
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((one) => (one.type === "chunk" ? Object.keys(one.modules) : []));
      this.emitFile({ type: "asset", fileName: "licences.txt", source: listed(modules) });
    },
  };
}

/** The list of the packages that modules are of, by their files. */
function listed(modules) {
  const folders = new Set(modules.map((id) => packageOf(id.replace(/^\0/, "").replace(/\?.*$/, ""))).filter(Boolean));
  const packages = [...folders].map(described).sort((a, b) => (a.name < b.name ? -1 : 1));
  const index = packages.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
  const texts = packages.map(({ name, version, text }) => `${name} ${version}\n\n${text.trim()}`);
  return `The console has in it:\n\n${index.join("\n")}\n\n${texts.map((text) => `${"-".repeat(80)}\n\n${text}`).join("\n\n")}\n`;
}

/** The folder of the package that a file is of; undefined of the console's own. */
function packageOf(file) {
  const at = file.lastIndexOf("/node_modules/");
  if (at < 0) return undefined;
  const [scope, name] = file.slice(at + "/node_modules/".length).split("/");
  return join(file.slice(0, at), "node_modules", scope.startsWith("@") ? `${scope}/${name}` : scope);
}

function described(folder) {
  const { name, version, license: licence } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!admitted.has(licence)) throw new Error(`${name} ${version} has the licence ${JSON.stringify(licence)}, which nobody has admitted`);
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return { name, version, licence, text: file ? readFileSync(join(folder, file), "utf8") : licence };
}
