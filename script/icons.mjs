// The icons of the installed app, from our own logo: node script/icons.mjs PUBLIC
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { launch } from "./browser.mjs";

const folder = resolve(process.argv[2]);
const logo = readFileSync(join(folder, "favicon.svg"), "utf8");
// Systems that cut the icon themselves want it filled to the edge, with all that matters in the middle.
const filled = (scale) => {
  const move = (32 * (1 - scale)) / 2;
  return logo
    .replace(' rx="8"', "")
    .replace(/translate\(4\.2 4\.2\) scale\(\.74\)/, `translate(${move} ${move}) scale(${scale})`);
};
const icons = [
  ["icon-192.png", 192, logo],
  ["icon-512.png", 512, logo],
  ["icon-maskable.png", 512, filled(0.6)],
  ["apple-touch-icon.png", 180, filled(0.74)],
];

const browser = await launch();
for (const [name, size, svg] of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>html,body{margin:0;background:transparent}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  await page.screenshot({ path: join(folder, name), omitBackground: true });
  await page.close();
}
await browser.close();
