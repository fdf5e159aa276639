import AxeBuilder from "@axe-core/playwright";
import { atWork, client, doctor, expect, openRoom, patient, signIn, test, type Page } from "./people";

// Each has people of its own, and the file is the longest of all.
test.describe.configure({ mode: "parallel" });

async function examine(page: Page, where: string): Promise<void> {
  // As tall as its content: what happens to lie beneath a bar that stays is reached by scrolling.
  const size = page.viewportSize()!;
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: size.width, height: Math.max(size.height, height + 100) });
  const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  const told = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" | ")}`);
  expect(told, where).toEqual([]);
  await page.setViewportSize(size);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [390, 820, 1440]) {
    test(`axe finds nothing at ${width} px, ${colorScheme}`, async ({ visitor }) => {
      test.setTimeout(150_000);
      const options = { colorScheme, viewport: { width, height: 900 } };
      const hale = await visitor(options);
      await hale.goto("/login");
      await examine(hale, "sign-in");
      await signIn(hale, patient);
      await atWork(hale);
      await examine(hale, "a patient's home");
      await hale.goto("/nowhere");
      await examine(hale, "a missing page");
      const okafor = await visitor(options);
      await signIn(okafor, doctor);
      await atWork(okafor);
      await examine(okafor, "a practitioner's home");
      await okafor.goto("/chat");
      await atWork(okafor);
      await examine(okafor, "the list");
      await okafor.goto("/settings");
      await atWork(okafor);
      await examine(okafor, "the settings");
      await okafor.goto("/notifications");
      await atWork(okafor);
      await examine(okafor, "what happened meanwhile");
      await okafor.goto("/");
      await openRoom(okafor, "Margaret Hale");
      await examine(okafor, "a conversation");
      await okafor.goto("/team");
      await atWork(okafor);
      await examine(okafor, "the directory");
      await okafor.getByRole("button", { name: "Chat with Ingrid Lindqvist" }).click();
      await expect(okafor.getByRole("dialog").getByRole("log")).toBeVisible();
      await examine(okafor, "a conversation in front of it");
      const bell = await visitor(options);
      await signIn(bell, client);
      await bell.goto("/jobs?show=all");
      await atWork(bell);
      await examine(bell, "the jobs");
      await bell.locator("a.job").first().click();
      await expect(bell.getByRole("dialog")).toBeVisible();
      await examine(bell, "a job");
      await bell.getByRole("dialog").getByRole("link", { name: "Chat" }).click();
      await expect(bell.getByRole("log")).toBeVisible();
      await examine(bell, "a job's conversation");
      await bell.goto("/jobs?new=1");
      await atWork(bell);
      await examine(bell, "asking for a job");
      await bell.goto("/docs");
      await examine(bell, "the API's page");
      await bell.goto("/offline");
      await examine(bell, "the page without network");
      const overflow = await okafor.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, "nothing scrolls sideways").toBeLessThanOrEqual(0);
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
