// Holds the catalogues to the sources: every language has every text with the same values, none that nobody says, in the
// order of the keys; and no text stands in the sources themselves.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Attributes of elements that people read or hear. */
const spoken = new Set(["aria-label", "aria-description", "aria-roledescription", "alt", "title", "placeholder", "label", "description"]);

export function checkTexts(root) {
  const complaints = [];
  const folder = join(root, "src/texts");
  const catalogues = Object.fromEntries(
    readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))]),
  );
  const source = catalogues["en.json"];
  const { literals, heads, found } = scan(root);
  complaints.push(...found);
  for (const key of Object.keys(source)) {
    const [usual, word] = key.split("@");
    if (word ? !(usual in source) : !literals.has(key) && !heads.some((head) => key.startsWith(head))) complaints.push(`src/texts/en.json: nobody says ${key}`);
  }
  // A page is in the words of one system: what speaks of accounts does so in all of the words for them.
  const parts = Object.keys(source).map((key) => key.split("@"));
  const words = new Set(parts.flatMap(([, word]) => word ?? []));
  for (const usual of new Set(parts.flatMap(([usual, word]) => (word ? usual : [])))) {
    for (const word of words) if (!(`${usual}@${word}` in source)) complaints.push(`src/texts/en.json: lacks ${usual}@${word}`);
  }
  for (const [name, texts] of Object.entries(catalogues)) {
    const keys = Object.keys(texts);
    keys.forEach((key, i) => {
      if (i > 0 && keys[i - 1] >= key) complaints.push(`src/texts/${name}: ${key} is out of order`);
      if (!(key in source)) complaints.push(`src/texts/${name}: ${key} is not in English`);
      else if (values(texts[key]) !== values(source[key])) complaints.push(`src/texts/${name}: ${key} has other values than in English`);
      if (!texts[key].trim()) complaints.push(`src/texts/${name}: ${key} is empty`);
    });
    for (const key of Object.keys(source)) if (!(key in texts)) complaints.push(`src/texts/${name}: lacks ${key}`);
  }
  return complaints;
}

/** What stands for values in a text; the cases of a plural are texts, not values. */
const values = (message) => {
  const text = message.replace(/\{(\w+), *plural,(?:[^{}]|\{[^{}]*\})*\}/g, "{$1}");
  return [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map((match) => match[1]))].sort().join(" ");
};

function scan(root) {
  const literals = new Set();
  const heads = [];
  const found = [];
  for (const name of readdirSync(join(root, "src"), { recursive: true })) {
    const path = join(root, "src", name);
    if (!/\.tsx?$/.test(name) || name.endsWith(".d.ts") || statSync(path).isDirectory()) continue;
    const file = ts.createSourceFile(name, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
    const complain = (node, text) => {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`src/${name}:${line + 1}: ${JSON.stringify(text.trim())} is no catalogue's`);
    };
    const visit = (node) => {
      if (ts.isStringLiteralLike(node)) literals.add(node.text);
      // name("status", code) says what codes of the API are called: any of status.…
      if (ts.isCallExpression(node) && ["name", "words"].includes(node.expression.getText()) && node.arguments[0] && ts.isStringLiteral(node.arguments[0])) {
        heads.push(`${node.arguments[0].text}.`);
      }
      if (ts.isTemplateExpression(node) && node.head.text.includes(".")) heads.push(node.head.text);
      if (ts.isJsxText(node) && /\p{L}{2}/u.test(node.text)) complain(node, node.text);
      if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer) && spoken.has(node.name.getText()) && /\p{L}{2}/u.test(node.initializer.text)) {
        complain(node, node.initializer.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { literals, heads, found };
}
