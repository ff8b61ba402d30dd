import react from "@vitejs/plugin-react";
import locales from "@react-aria/optimize-locales-plugin";
import { readdirSync } from "node:fs";
import { licences } from "./scripts/licences.mjs";

const languages = readdirSync(new URL("src/texts", import.meta.url))
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -".json".length));

/** @type {import("vite").UserConfig} */
export default {
  plugins: [
    react(),
    // The components' own strings, in the console's languages alone.
    { ...locales.vite({ locales: languages.map((tag) => ({ en: "en-US", fr: "fr-FR" })[tag] ?? tag) }), enforce: "pre" },
    licences(),
  ],
  build: {
    target: "es2023",
    assetsInlineLimit: 0, // the policy allows no script or style but files
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: "manifest.json",
  },
};
