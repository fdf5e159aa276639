// How the pages look, beside pictures of how they looked when somebody last agreed to it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { atWork, client, doctor, expect, openRoom, patient, signIn, test as base, type Browser, type Page } from "./people";
import { Server } from "./server";

// A Tuesday morning, at which server and browser stand still.
const NOW = new Date("2025-11-18T10:42:00Z");
const HEIGHT = { 390: 844, 820: 1_180, 1440: 900 };
const FONT = join(__dirname, "../look/font.json");

type Context = Awaited<ReturnType<Browser["newContext"]>>;
type Place = { name: string; who?: string; path: string; dark?: boolean; show?: (page: Page) => Promise<void> };

let server: Server;
let room: string;
const people = new Map<string, Context>();

const PLACES: Place[] = [
  { name: "sign-in", path: "/login" },
  { name: "patient", who: patient, path: "/", dark: true },
  { name: "practitioner", who: doctor, path: "/", dark: true },
  { name: "room", who: doctor, path: "room", dark: true },
  { name: "jobs", who: client, path: "/jobs" },
  { name: "job", who: client, path: "/jobs", show: openJob },
  { name: "team", who: doctor, path: "/team" },
  { name: "settings", who: doctor, path: "/settings", dark: true },
  { name: "offline", path: "/offline" },
];

async function openJob(page: Page): Promise<void> {
  await page.locator("a.job").first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
}

function open(browser: Browser, options = {}): Promise<Context> {
  return browser.newContext({ baseURL: server.url, timezoneId: "UTC", locale: "en-GB", reducedMotion: "reduce", ...options });
}

async function pageOf(context: Context): Promise<Page> {
  const page = await context.newPage();
  await page.clock.setFixedTime(NOW);
  return page;
}

/** How wide words come out tells one machine's fonts from another's. */
async function widthOfWords(browser: Browser): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.setContent("<span style='font:400 64px system-ui'>How wide is this, in grams?</span><b style='font:700 64px system-ui'>And this?</b>");
  const width = await page.evaluate(() => [...document.querySelectorAll("span, b")].reduce((sum, one) => sum + one.getBoundingClientRect().width, 0));
  await context.close();
  return Math.round(width);
}

// Everybody stays where they are, so that who is there does not depend on which test runs.
const test = base.extend<object, { house: void }>({
  house: [
    async ({ browser }, use) => {
      server = await Server.frozen(NOW);
      for (const email of [patient, doctor, client]) {
        const context = await open(browser);
        const page = await pageOf(context);
        await signIn(page, email);
        await atWork(page);
        people.set(email, context);
        // What is read is read before the first picture.
        if (email === patient) await openRoom(page, "Dr Amara Okafor");
        if (email === doctor) {
          await openRoom(page, "Margaret Hale");
          room = new URL(page.url()).pathname;
          await expect(page.locator(".convo[aria-current=page] .badge")).toHaveCount(0);
        }
      }
      await use();
      for (const context of people.values()) await context.close();
      await server.remove();
    },
    { scope: "worker", timeout: 90_000 },
  ],
});

// Other fonts break lines elsewhere: such a machine has nothing to compare with.
test.beforeAll(async ({ browser }, { config }) => {
  const width = await widthOfWords(browser);
  if (config.updateSnapshots === "all" || config.updateSnapshots === "changed" || !existsSync(FONT)) {
    mkdirSync(dirname(FONT), { recursive: true });
    writeFileSync(FONT, `${JSON.stringify({ width })}\n`);
  }
  const drawn = JSON.parse(readFileSync(FONT, "utf8")) as { width: number };
  test.skip(drawn.width !== width, `the pictures were drawn with other fonts than this machine's (${drawn.width} and ${width})`);
});

for (const { name, who, path, dark, show } of PLACES) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [390, 820, 1440] as const) {
      if (colorScheme === "dark" && (!dark || width === 820)) continue;
      test(`${name}, ${width} px, ${colorScheme}`, async ({ browser, house: _ }) => {
        const storageState = await people.get(who ?? "")?.storageState();
        const context = await open(browser, { storageState, colorScheme, viewport: { width, height: HEIGHT[width] } });
        const page = await pageOf(context);
        await page.goto(path === "room" ? room : path);
        if (who) await atWork(page);
        // Where it is said how the connection is, it is there.
        await expect(page.locator(".conn:not([data-state=online])")).toHaveCount(0, { timeout: 20_000 });
        await show?.(page);
        await expect(page).toHaveScreenshot(`${name}-${width}${colorScheme === "dark" ? "-dark" : ""}.png`, {
          animations: "disabled",
          // On machines of one kind they are the same to the pixel; a little is left for another browser version.
          maxDiffPixelRatio: 0.004,
        });
        await context.close();
      });
    }
  }
}
