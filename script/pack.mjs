// Makes the site folder: node script/pack.mjs NPM_HOME BINDGEN_OUTPUT SITE
//
// The three files of the browser half are named after their contents, so that a browser may keep them for ever;
// assets.json tells the server their names. Everything is compressed once, here, as hard as it goes.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { prune, words } from "./prune.mjs";

const [npmHome, bindgen, site] = process.argv.slice(2).map((path) => resolve(path));
const { build } = createRequire(join(npmHome, "package.json"))("esbuild");
const root = resolve(import.meta.dirname ?? ".", "..");

// Addresses of the site stay as they are; they are not files beside the style sheet.
const addresses = {
  name: "addresses",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\// }, ({ kind, path }) => (kind === "url-token" ? { path, external: true } : undefined)),
};

// Where classes are given to what is drawn.
const used = new Set(["src/ui", "src/server/public", "src/server/http"].flatMap((folder) => [...words(join(root, folder))]));

// As written for the browsers of today: nothing is rewritten for older ones.
const bundle = async (entry, more) => {
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    target: "esnext",
    legalComments: "none",
    charset: "utf8",
    logLevel: "warning",
    plugins: [addresses],
    ...more,
  });
  return built.outputFiles[0].contents;
};

const parts = {
  js: await bundle(join(bindgen, "confer.js"), { format: "esm" }),
  wasm: readFileSync(join(bindgen, "confer.wasm")),
  css: prune(new TextDecoder().decode(await bundle(join(root, "style/main.css"))), used, readFileSync(join(root, "style/reference.css"), "utf8")),
};

mkdirSync(join(site, "pkg"), { recursive: true });
cpSync(join(root, "public"), site, { recursive: true });
const assets = {};
for (const [kind, bytes] of Object.entries(parts)) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  assets[kind] = `/pkg/confer.${hash}.${kind}`;
  writeFileSync(join(site, assets[kind]), bytes);
}

const texts = new Set([".js", ".css", ".wasm", ".svg", ".txt", ".html", ".json", ".xml", ".webmanifest", ".ico"]);
const sizes = [];
for (const entry of readdirSync(site, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !texts.has(extname(entry.name))) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const bytes = readFileSync(path);
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  sizes.push([path.slice(site.length), bytes.length, brotli.length]);
}
// Last, and not for browsers.
writeFileSync(join(site, "assets.json"), `${JSON.stringify(assets)}\n`);

for (const [name, plain, brotli] of sizes.sort((a, b) => b[2] - a[2])) {
  console.log(`  ${String(plain).padStart(8)} → ${String(brotli).padStart(7)} br  ${name}`);
}
