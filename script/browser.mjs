// The browser of the end-to-end tests, for scripts: the system's own where there is one, Playwright's otherwise.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const { chromium } = createRequire(resolve(import.meta.dirname, "../end2end/package.json"))("@playwright/test");
const system = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find((path) => existsSync(path));

export const launch = () =>
  chromium.launch({
    executablePath: system,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
