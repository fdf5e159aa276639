// Every page for everybody: on the smallest screens, in large letters, widely spaced, from right to left, for thumbs.
import { PLACES, roomWith, small, untidy, visit } from "./pages";
import { doctor, expect, message, patient, send, signInAt, test, words } from "./people";

test.describe.configure({ mode: "parallel" });

// Letters, lines and paragraphs as far apart as WCAG 1.4.12 wants them to be allowed.
const SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }";
const PRESSED = "a[href], button, input:not([type=hidden]), select, textarea, summary";
const BY_THUMB = ".btn, .icon-btn, .rail__item, .convo, a.row, .input, .seg label, .toc a, .matrix label, .check, .chip, .composer textarea";

// Programmers read the API's page at a desk; axe looks at it as well.
for (const place of PLACES.filter(({ long }) => !long)) {
  test(`nothing of ${place.name} is wide, cut off or out of reach, however it is looked at`, async ({ visitor }) => {
    // A desk of 1,280 px whose browser draws everything twice as large has half of them left.
    const page = await visitor({ viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 });
    if (place.who) await signInAt(page, place.who);
    await visit(page, place);
    const isTidy = async (how: string) => {
      expect.soft(await untidy(page), `${place.name}, ${how}`).toEqual([]);
      const first = place.first(page);
      await first.scrollIntoViewIfNeeded();
      await expect.soft(first, how).toBeInViewport({ ratio: 0.95 });
    };
    await isTidy("at twice the size");
    await page.evaluate(() => (document.documentElement.dataset.text = "larger"));
    await isTidy("at twice the size, in larger letters");
    await page.evaluate(() => delete document.documentElement.dataset.text);
    for (const width of [320, 390, 820, 1280]) {
      await page.setViewportSize({ width, height: width === 320 ? 640 : 800 });
      await isTidy(`at ${width} px`);
      await page.evaluate(() => (document.documentElement.dir = "rtl"));
      await isTidy(`at ${width} px, from right to left`);
      await page.evaluate(() => document.documentElement.removeAttribute("dir"));
    }
    expect.soft(await small(page, 24, PRESSED), "large enough for a mouse").toEqual([]);
    await page.evaluate((rules) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(rules);
      document.adoptedStyleSheets = [sheet];
    }, SPACED);
    await isTidy("at 1280 px, spaced");
    await page.setViewportSize({ width: 390, height: 800 });
    await isTidy("at 390 px, spaced");
    await page.evaluate(() => (document.adoptedStyleSheets = []));
    await page.setViewportSize({ width: 320, height: 640 });
    await page.evaluate(() => (document.documentElement.dataset.text = "larger"));
    await isTidy("at 320 px, in larger letters");
  });

  test(`everything of ${place.name} is large enough for a thumb`, async ({ visitor }) => {
    const phone = await visitor({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    if (place.who) await signInAt(phone, place.who);
    await visit(phone, place);
    expect.soft(await small(phone, 24, PRESSED)).toEqual([]);
    expect.soft(await small(phone, 44, BY_THUMB)).toEqual([]);
  });
}

test("from right to left one's own messages stand at the left", async ({ visitor }) => {
  const page = await visitor({ viewport: { width: 1_280, height: 800 } });
  await signInAt(page, doctor);
  await visit(page, PLACES.find(({ name }) => name === "a room")!);
  const sides = () =>
    page.evaluate(() => {
      const side = (which: string) => {
        const bubble = document.querySelector(`.msg[data-dir=${which}] .bubble`)!.getBoundingClientRect();
        const log = document.querySelector(".thread__inner")!.getBoundingClientRect();
        return log.right - bubble.right < bubble.left - log.left ? "right" : "left";
      };
      const rail = document.querySelector(".rail")!.getBoundingClientRect();
      return { own: side("out"), theirs: side("in"), rail: rail.left < innerWidth / 2 ? "left" : "right" };
    });
  expect(await sides()).toEqual({ own: "right", theirs: "left", rail: "left" });
  await page.evaluate(() => (document.documentElement.dir = "rtl"));
  expect(await sides()).toEqual({ own: "left", theirs: "right", rail: "right" });
});

test("a message in Arabic or Hebrew reads from right to left among the others", async ({ visitor }) => {
  const [page, other] = [await visitor({ viewport: { width: 390, height: 800 } }), await visitor()];
  await signInAt(page, patient);
  await signInAt(other, doctor);
  await other.goto(await roomWith(other, "Margaret Hale"));
  await page.goto(await roomWith(page, "Amara Okafor"));
  const mark = words("");
  for (const text of [`صباح الخير، كيف حالك اليوم؟ هل تحسن الكاحل منذ أن تحدثنا آخر مرة؟${mark}`, `בוקר טוב, מה שלומך היום? האם הקרסול השתפר מאז שדיברנו בפעם האחרונה?${mark}`]) {
    await send(other, "Margaret Hale", text);
    const told = message(page, text).locator(".bubble__text");
    await expect(told).toBeVisible();
    const reads = await told.evaluate((paragraph) => {
      const node = paragraph.firstChild!;
      const range = document.createRange();
      const at = (from: number) => {
        range.setStart(node, from);
        range.setEnd(node, from + 1);
        return range.getBoundingClientRect();
      };
      const bubble = paragraph.closest(".bubble")!.getBoundingClientRect();
      const whole = document.createRange();
      whole.selectNodeContents(paragraph);
      // What runs one way is one of these; a line may have several.
      const lines = new Map<number, number>();
      for (const { top, right } of whole.getClientRects()) lines.set(Math.round(top), Math.max(right, lines.get(Math.round(top)) ?? 0));
      return { backwards: at(0).left > at(3).left, lines: lines.size, toTheRight: [...lines.values()].every((right) => bubble.right - right < 30) };
    });
    expect(reads.backwards, "the first letter stands right of the fourth").toBe(true);
    expect(reads.lines, "it needs some lines").toBeGreaterThan(1);
    expect(reads.toTheRight, "each line begins at the right").toBe(true);
  }
  // What one writes oneself does so while it is written.
  const field = page.getByRole("textbox");
  await field.fill("مرحبا");
  expect(await field.evaluate((one) => getComputedStyle(one).direction)).toBe("rtl");
});
