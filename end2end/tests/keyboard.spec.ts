// Everything by keyboard alone, with the focus always in sight.
import { lost, PLACES, visit } from "./pages";
import { atWork, client, doctor, expect, message, PASSWORD, signInAt, test, words, type Locator, type Page } from "./people";

test.describe.configure({ mode: "parallel" });

/** Presses Tab until it is there, looking at the focus on the way. */
async function tabTo(page: Page, there: Locator, key = "Tab"): Promise<void> {
  const isThere = () => there.evaluate((one) => one === document.activeElement);
  for (let presses = 0; presses < 80 && !(await isThere()); presses++) {
    await page.keyboard.press(key);
    expect.soft(await lost(page)).toBe("");
  }
  await expect(there).toBeFocused();
}

test("from signing in to a sent message, and on to the next conversation", async ({ visitor }) => {
  const page = await visitor({ viewport: { width: 1_280, height: 800 } });
  await page.goto("/login");
  await tabTo(page, page.getByLabel("Email address"));
  await page.keyboard.type(doctor);
  await tabTo(page, page.getByLabel("Password"));
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Good ");
  await atWork(page);
  await tabTo(page, page.getByRole("button", { name: "Chat with Margaret Hale" }).last());
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Margaret Hale" })).toBeVisible();
  await atWork(page);
  await tabTo(page, page.getByLabel("Message to Margaret Hale"));
  const text = words("Written without a mouse");
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await expect(message(page, text)).toHaveCount(1);
  await expect(page.getByLabel("Message to Margaret Hale")).toBeFocused();
  await tabTo(page, page.locator(".convo", { hasText: "George Whitcombe" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "George Whitcombe" })).toBeVisible();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(page.getByRole("heading", { level: 1, name: "George Whitcombe" })).toHaveCount(0);
});

for (const close of ["Escape", "the button that closes it"]) {
  const leave = async (page: Page) => {
    if (close !== "Escape") await tabTo(page, page.getByRole("dialog").locator("[data-close]"));
    await page.keyboard.press(close === "Escape" ? "Escape" : "Enter");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  };

  test(`a chat in front of the team is entered, and left by ${close}`, async ({ visitor }) => {
    const page = await visitor({ viewport: { width: 1_280, height: 500 } });
    await signInAt(page, doctor);
    await page.goto("/team");
    await atWork(page);
    // Far down, whoever of them is there just now.
    const last = (await page.locator(".person__name").last().textContent())!;
    const opener = page.getByRole("button", { name: `Chat with ${last}` });
    await tabTo(page, opener);
    const scrolled = await page.evaluate(() => scrollY);
    expect(scrolled).toBeGreaterThan(200);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog").getByRole("log")).toBeVisible();
    await expect(page.getByRole("dialog").getByRole("textbox")).toBeFocused();
    await leave(page);
    await expect(opener).toBeFocused();
    // But for the lines that come and go with those who do.
    expect(Math.abs((await page.evaluate(() => scrollY)) - scrolled), "the page stays where it was").toBeLessThan(60);
  });

  test(`a job is looked at, and left by ${close}`, async ({ visitor }) => {
    const page = await visitor({ viewport: { width: 1_280, height: 500 } });
    await signInAt(page, client);
    await page.goto("/jobs");
    await atWork(page);
    const row = page.locator("a.job").nth(1);
    await tabTo(page, row);
    const scrolled = await page.evaluate(() => scrollY);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog").getByRole("heading", { level: 2 })).toBeFocused();
    await leave(page);
    await expect(row).toBeFocused();
    expect(await page.evaluate(() => scrollY), "the page stays where it was").toBe(scrolled);
  });
}

test("settings are changed", async ({ visitor }) => {
  const page = await visitor({ viewport: { width: 1_280, height: 600 } });
  await signInAt(page, doctor);
  await page.goto("/settings");
  await atWork(page);
  const saved = page.getByText("Saved", { exact: true });
  await tabTo(page, page.getByRole("checkbox", { name: "Less movement" }).or(page.locator("input[name=motion]")));
  await page.keyboard.press("Space");
  await expect(page.locator("html")).toHaveAttribute("data-motion", "reduce");
  await expect(saved).toBeVisible();
  await tabTo(page, page.getByRole("radio", { name: "Same as this device" }).or(page.locator("input[name=theme]:checked")), "Shift+Tab");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
});

for (const width of [390, 1_280]) {
  for (const who of new Set(PLACES.map(({ who }) => who))) {
    test(`the focus is in sight on its way through every page, ${width} px: ${who?.split("@")[0] ?? "nobody"}`, async ({ visitor }) => {
      test.setTimeout(120_000);
      const page = await visitor({ viewport: { width, height: 640 } });
      if (who) await signInAt(page, who);
      for (const place of PLACES.filter((place) => place.who === who && !place.long)) {
        await visit(page, place);
        const wrong = new Set<string>();
        let [first, presses] = ["", 0];
        for (; presses < 45; presses++) {
          await page.keyboard.press("Tab");
          const at = await page.evaluate(() => {
            const one = document.activeElement as HTMLElement & { counted?: string };
            return one === document.body ? "" : (one.counted ??= String(Math.random()));
          });
          // Once around.
          if (presses > 0 && (at === "" || at === first)) break;
          first ||= at;
          const told = await lost(page);
          if (told) wrong.add(told);
        }
        expect.soft([...wrong], place.name).toEqual([]);
        expect.soft(presses, `there is something to go to on ${place.name}`).toBeGreaterThan(0);
      }
    });
  }
}
