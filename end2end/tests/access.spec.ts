import AxeBuilder from "@axe-core/playwright";
import { PLACES, visit } from "./pages";
import { atWork, doctor, expect, signIn, signInAt, test, type Page } from "./people";

// Each has people of its own, and the file is the longest of all.
test.describe.configure({ mode: "parallel" });

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe says of the page. None has frames: it may look without a second page to sum up on. */
async function told(page: Page, look: (axe: AxeBuilder) => AxeBuilder): Promise<string[]> {
  const { violations } = await look(new AxeBuilder({ page }).setLegacyMode()).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${id}: ${target} ${any[0]?.message ?? ""}`));
}

// Colours are all that differs in the dark, or where somebody asks for more contrast.
for (const who of new Set(PLACES.map(({ who }) => who))) {
  for (const width of [390, 820, 1440]) {
    test(`axe finds nothing at ${width} px, by light and in the dark: ${who?.split("@")[0] ?? "nobody"}`, async ({ visitor }) => {
      test.setTimeout(120_000);
      const page = await visitor({ viewport: { width, height: 900 }, colorScheme: "light", reducedMotion: "reduce" });
      if (who) await signInAt(page, who);
      for (const place of PLACES.filter((place) => place.who === who)) {
        await page.setViewportSize({ width, height: 900 });
        await visit(page, place);
        // As tall as its content: what happens to lie beneath a bar that stays is reached by scrolling.
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        await page.setViewportSize({ width, height: Math.max(900, height + 100) });
        if (!place.long || width === 390) expect.soft(await told(page, (axe) => axe.withTags(RULES)), place.name).toEqual([]);
        await page.emulateMedia({ colorScheme: "dark" });
        // Between a phone and a desk nothing has colours of its own.
        const isColoured = width === 1440 || (width === 390 && !place.long);
        if (isColoured) expect.soft(await told(page, (axe) => axe.withRules(["color-contrast"])), `${place.name} in the dark`).toEqual([]);
        if (width === 1440 && !place.long) {
          for (const colorScheme of ["light", "dark"] as const) {
            await page.emulateMedia({ colorScheme, contrast: "more" });
            expect.soft(await told(page, (axe) => axe.withRules(["color-contrast-enhanced"])), `${place.name} with more contrast, ${colorScheme}`).toEqual([]);
          }
        }
        await page.emulateMedia({ colorScheme: "light", contrast: null });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect.soft(overflow, `${place.name} scrolls sideways`).toBeLessThanOrEqual(0);
      }
    });
  }
}

test("a conversation is held by keyboard alone", async ({ visitor }) => {
  const okafor = await visitor();
  await signIn(okafor, doctor);
  await atWork(okafor);
  await okafor.keyboard.press("Tab");
  await expect(okafor.getByRole("link", { name: "Skip to main content" })).toBeFocused();
  await okafor.keyboard.press("Enter");
  const chat = okafor.getByRole("button", { name: "Chat with Margaret Hale" });
  for (let presses = 0; presses < 60 && !(await chat.evaluate((button) => button === document.activeElement)); presses++) {
    await okafor.keyboard.press("Tab");
  }
  await expect(chat).toBeFocused();
  await okafor.keyboard.press("Enter");
  await expect(okafor.getByRole("heading", { level: 1, name: "Margaret Hale" })).toBeVisible();
  await atWork(okafor);
  await expect(okafor.getByRole("log")).toHaveAccessibleName("Messages with Margaret Hale");
  const field = okafor.getByLabel("Message to Margaret Hale");
  for (let presses = 0; presses < 60 && !(await field.evaluate((one) => one === document.activeElement)); presses++) {
    await okafor.keyboard.press("Tab");
  }
  await expect(field).toBeFocused();
});
