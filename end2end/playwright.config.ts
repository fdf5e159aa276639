import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";

// The system's own browser where there is one, Playwright's otherwise.
const chromium = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find((path) => existsSync(path));

export default defineConfig({
  testDir: "./tests",
  outputDir: "./results",
  // One picture for all machines of a kind; look.spec.ts knows which kind that is.
  snapshotPathTemplate: "{testDir}/../look/{arg}{ext}",
  // Many of the tests wait for something most of the time: two cores serve three of them.
  workers: 3,
  // What one waits for is timed where it is waited for; a test as a whole may meet a busy machine.
  timeout: 60_000,
  retries: 0,
  forbidOnly: !!process.env.CI,
  reporter: "line",
  use: {
    ...devices["Desktop Chrome"],
    locale: "en-GB",
    baseURL: process.env.CONFER_URL ?? "http://127.0.0.1:3000",
    // A film of every test would cost a tenth of the time; what the page was like at each step is kept.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true, sources: true },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
