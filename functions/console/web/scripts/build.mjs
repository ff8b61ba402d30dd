// Makes the console: node scripts/build.mjs <openapi.json> <folder for the files>. The client's types are made of the API's
// document first, so that a console that no longer fits the API fails here.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import openapi, { astToString } from "openapi-typescript";
import { build } from "vite";
import { checkStyles } from "./styles.mjs";
import { checkTexts } from "./texts.mjs";

/** Bytes of script, compressed with Brotli, that the first page may load. */
const firstLoadLimit = 250_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const [document, out] = process.argv.slice(2);
if (!document || !out) fail(["usage: build.mjs <openapi.json> <folder>"]);

function fail(complaints) {
  for (const complaint of complaints) console.error(complaint);
  process.exit(1);
}

async function types() {
  const made = astToString(await openapi(JSON.parse(readFileSync(document, "utf8")), { alphabetize: true }));
  const file = "src/api/schema.d.ts";
  if (!existsSync(file) || readFileSync(file, "utf8") !== made) writeFileSync(file, made);
}

function check() {
  const complaints = [...checkTexts(root), ...checkStyles(root)];
  if (complaints.length) fail(complaints);
  const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "--noEmit"], { encoding: "utf8" });
  if (tsc.status !== 0) fail([tsc.stdout, tsc.stderr]);
}

function files(folder) {
  return readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((name) => statSync(name).isFile()).sort();
}

const brotli = (content) => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });

function compress() {
  for (const name of files(out)) {
    const content = readFileSync(name);
    if (![".html", ".js", ".css", ".svg", ".txt"].includes(extname(name)) || content.length < 512) continue;
    writeFileSync(`${name}.br`, brotli(content));
    writeFileSync(`${name}.gz`, gzipSync(content, { level: 9 }));
  }
}

/** What the first page loads: the entry with all that it imports, and the largest of the languages and pages. */
function firstLoad(manifest) {
  const size = (chunk) => (chunk.file.endsWith(".js") ? brotli(readFileSync(join(out, chunk.file))).length : 0);
  const closure = (key, seen = new Set()) => {
    if (seen.has(key)) return seen;
    seen.add(key);
    for (const next of manifest[key].imports ?? []) closure(next, seen);
    return seen;
  };
  const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
  const always = closure(entry);
  const total = (keys) => [...keys].reduce((sum, key) => sum + size(manifest[key]), 0);
  const beside = (key) => total([...closure(key)].filter((one) => !always.has(one)));
  const lazy = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
  const largest = (part) => Math.max(0, ...lazy.filter((key) => key.includes(part)).map(beside));
  return { shell: total(always), first: total(always) + largest("texts/") + largest("pages/") };
}

await types();
check();
mkdirSync(out, { recursive: true });
await build({ configFile: "vite.config.mjs", logLevel: "warn", build: { outDir: out, emptyOutDir: true } });
const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
rmSync(join(out, "manifest.json"));
const { shell, first } = firstLoad(manifest);
if (first > firstLoadLimit) fail([`the first page loads ${first} bytes of compressed script, more than ${firstLoadLimit}`]);
compress();
console.log(`shell ${(shell / 1000).toFixed(1)} kB, with the largest page ${(first / 1000).toFixed(1)} kB of script, compressed`);
