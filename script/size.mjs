// What a browser fetches to open a room, in brotli: node script/size.mjs SITE ROOM
// ROOM is a running demo server's address, or a file with the HTML of a room. Fails where a budget is overdrawn.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const KB = 1024;
const BUDGET = { wasm: 275 * KB, total: 300 * KB };

const [site, room] = process.argv.slice(2);
const fail = (why) => {
  console.error(`size: ${why}`);
  process.exit(1);
};
if (!site || !room) fail("usage: node script/size.mjs SITE (http://ADDRESS | FILE)");

async function signedInRoom(address) {
  const login = await fetch(new URL("/login", address), {
    method: "POST",
    headers: { origin: new URL(address).origin },
    body: new URLSearchParams({ email: "okafor@demo.confer", password: "confer-demo" }),
    redirect: "manual",
  });
  const cookie = login.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  if (login.status >= 400 || !cookie) fail(`signing in was answered with ${login.status}`);
  const page = async (path) => {
    const response = await fetch(new URL(path, address), { headers: { cookie } });
    if (!response.ok) fail(`${path} was answered with ${response.status}`);
    return response.text();
  };
  const link = (await page("/chat")).match(/href="?(\/chat\/room\/[^"\s>?#]+)/);
  if (!link) fail("/chat links to no room");
  return page(link[1]);
}

const html = existsSync(room) ? readFileSync(room, "utf8") : await signedInRoom(room);
const assets = JSON.parse(readFileSync(join(site, "assets.json"), "utf8"));
const rows = [["HTML", Buffer.byteLength(html), brotliCompressSync(html).length]];
for (const kind of ["css", "js", "wasm"]) {
  const path = join(site, assets[kind]);
  rows.push([kind.toUpperCase(), readFileSync(path).length, readFileSync(`${path}.br`).length]);
}
const total = rows.reduce(([name, plain, brotli], row) => [name, plain + row[1], brotli + row[2]], ["total", 0, 0]);
rows.push(total);

const kb = (bytes) => `${(bytes / KB).toFixed(1)} KB`;
console.log(`${"".padEnd(6)} ${"plain".padStart(10)} ${"brotli".padStart(10)}`);
let over = false;
for (const [name, plain, brotli] of rows) {
  const budget = BUDGET[name.toLowerCase()];
  const verdict = budget ? `  of ${kb(budget)}${brotli > budget ? ": TOO MUCH" : ""}` : "";
  over ||= brotli > budget;
  console.log(`${name.padEnd(6)} ${kb(plain).padStart(10)} ${kb(brotli).padStart(10)}${verdict}`);
}
process.exit(over ? 1 : 0);
