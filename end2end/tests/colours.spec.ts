// What colours and movement must not be needed for: forced colours, the contrast of messages, stillness.
import { PLACES, visit } from "./pages";
import { client, doctor, expect, signInAt, test, type Page } from "./people";

test.describe.configure({ mode: "parallel" });

const place = (name: string) => PLACES.find((one) => one.name === name)!;

/** What is painted of the first such thing that is there. */
function painted(page: Page, what: string): Promise<Record<string, string>> {
  return page.locator(what).first().evaluate((one) => {
    const style = getComputedStyle(one);
    const line = (side: string) => `${style.getPropertyValue(`${side}-style`)} ${style.getPropertyValue(`${side}-width`)} ${style.getPropertyValue(`${side}-color`)}`;
    return { border: line("border-top"), outline: line("outline"), fill: style.backgroundColor, image: style.backgroundImage, stroke: style.strokeWidth };
  });
}

/** Whether something has a line around it that can be seen. */
function isOutlined({ border, outline }: Record<string, string>): boolean {
  return [border, outline].some((line) => !line.startsWith("none") && !/ 0px /.test(line) && !line.endsWith("rgba(0, 0, 0, 0)"));
}

test("in forced colours everything that is told by colour is told by shape", async ({ visitor }) => {
  const options = { forcedColors: "active", viewport: { width: 1_280, height: 900 } } as const;
  const page = await visitor(options);
  await signInAt(page, doctor);
  await visit(page, place("a practitioner's home"));
  await expect(page.locator(".rail .presence[data-presence=available]")).toBeVisible();
  expect(isOutlined(await painted(page, ".rail__item[aria-current]")), "the way one is on").toBe(true);
  expect(isOutlined(await painted(page, ".rail__item:not([aria-current])")), "the other ways").toBe(false);
  expect(isOutlined(await painted(page, ".btn")), "a button").toBe(true);
  for (const badge of await page.locator(".badge").all()) expect(await badge.evaluate((one) => getComputedStyle(one).borderTopStyle)).toBe("solid");
  await visit(page, place("the team"));
  const there = await painted(page, ".rail .presence[data-presence=available]");
  const away = await painted(page, ".presence[data-presence=offline]");
  expect(there.fill, "who is there has a filled dot").not.toBe(away.fill);
  expect(isOutlined(await painted(page, ".seg label:has(:checked)")), "what is chosen").toBe(true);
  expect(isOutlined(await painted(page, ".seg label:not(:has(:checked))")), "what is not").toBe(false);
  await visit(page, place("a room"));
  expect(isOutlined(await painted(page, ".convo[aria-current]")), "the open conversation").toBe(true);
  expect(isOutlined(await painted(page, ".bubble")), "a bubble").toBe(true);
  expect(isOutlined(await painted(page, ".composer__box")), "the field").toBe(true);
  expect(isOutlined(await painted(page, ".composer__send")), "the button that sends").toBe(true);
  await expect(page.locator(".msg[data-state=read] .ticks .icon").first()).toHaveCSS("stroke-width", /^2\.6/);
  const bell = await visitor(options);
  await signInAt(bell, client);
  await visit(bell, place("the jobs"));
  const [chosen, other] = [await painted(bell, ".toolbar .seg label:has(:checked)"), await painted(bell, ".toolbar .seg label:not(:has(:checked))")];
  expect(`${chosen.border}, ${chosen.outline}`, "the jobs that are shown").not.toBe(`${other.border}, ${other.outline}`);
  await bell.goto("/jobs?show=all");
  const looks = new Set<string>();
  for (const state of ["done", "todo"]) {
    const row = bell.locator("a.job").filter({ hasText: state === "done" ? "Confirmed" : "Requested" }).first();
    await row.click();
    const dot = await painted(bell, `.steps li[data-state=${state}] .step__dot`);
    looks.add(dot.fill);
    const now = await painted(bell, ".steps li[aria-current=step] .step__dot");
    looks.add(`${now.border} ${now.outline} ${now.fill}`);
    await bell.keyboard.press("Escape");
  }
  expect(looks.size, "what is done, to be done and in hand").toBeGreaterThanOrEqual(3);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the words of a message have the highest contrast, ${colorScheme}`, async ({ visitor }) => {
    const page = await visitor({ colorScheme });
    await signInAt(page, doctor);
    await visit(page, place("a room"));
    for (const direction of ["in", "out"]) {
      const ratio = await page.locator(`.msg[data-dir=${direction}] .bubble__text`).first().evaluate((text) => {
        // What a colour is once it is on the screen, whatever it is written in.
        const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true })!;
        const luminance = (color: string) => {
          pen.fillStyle = color;
          pen.fillRect(0, 0, 1, 1);
          const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map((of) => (of / 255 <= 0.04045 ? of / 255 / 12.92 : ((of / 255 + 0.055) / 1.055) ** 2.4));
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const [low, high] = [getComputedStyle(text).color, getComputedStyle(text.closest(".bubble")!).backgroundColor].map(luminance).sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
      });
      expect(ratio, direction).toBeGreaterThanOrEqual(7);
    }
  });
}

test("who asks for stillness sees nothing move", async ({ visitor }) => {
  for (const who of [undefined, doctor, client]) {
    const page = await visitor({ reducedMotion: "reduce" });
    if (who) await signInAt(page, who);
    for (const one of PLACES.filter((one) => one.who === who && !one.long)) {
      await visit(page, one);
      expect.soft(await moving(page), one.name).toEqual([]);
      await page.emulateMedia({ reducedMotion: "no-preference" });
      await page.evaluate(() => (document.documentElement.dataset.motion = "reduce"));
      expect.soft(await moving(page), `${one.name}, chosen here`).toEqual([]);
      await page.emulateMedia({ reducedMotion: "reduce" });
    }
  }
});

/** What takes longer than the blink of an eye to change. */
function moving(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const seconds = (list: string) => Math.max(...list.split(", ").map(parseFloat));
    const found = new Set<string>();
    for (const one of document.querySelectorAll("*")) {
      for (const part of [undefined, "::before", "::after"]) {
        const style = getComputedStyle(one, part);
        const name = `${one.tagName.toLowerCase()}.${one.getAttribute("class") ?? ""}${part ?? ""}`;
        if (seconds(style.transitionDuration) > 0.01) found.add(`${name} changes in ${style.transitionDuration}`);
        if (style.animationName !== "none" && seconds(style.animationDuration) > 0.01) found.add(`${name} plays ${style.animationName}`);
      }
      if (getComputedStyle(one).scrollBehavior === "smooth") found.add(`${one.tagName} scrolls smoothly`);
    }
    return [...found];
  });
}
