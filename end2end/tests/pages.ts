// Every page there is, as its people come to it, and what can be said of any of them by looking.
import { atWork, client, doctor, expect, patient, type Locator, type Page } from "./people";

export type Place = {
  name: string;
  who?: string;
  path: string | ((page: Page) => Promise<string>);
  /** What is done there first. */
  show?: (page: Page) => Promise<void>;
  /** What one has come to do. */
  first: (page: Page) => Locator;
  /** Whether it is at work as soon as it is drawn. */
  still?: boolean;
  /** So long that what takes time is done on it at one width only. */
  long?: boolean;
};

const rooms = new Map<string, string>();

/** The path of the room with somebody, from the list of rooms. */
export async function roomWith(page: Page, name: string): Promise<string> {
  if (!rooms.has(name)) {
    await page.goto("/chat");
    rooms.set(name, (await page.locator(".convo", { hasText: name }).first().getAttribute("href"))!);
  }
  return rooms.get(name)!;
}

const dialog = (page: Page) => page.getByRole("dialog");
const button = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first();

export const PLACES: Place[] = [
  { name: "sign-in", path: "/login", first: button("Sign in"), still: true },
  { name: "a patient's home", who: patient, path: "/", first: button(/^Chat with/) },
  { name: "a practitioner's home", who: doctor, path: "/", first: button(/^Chat with/) },
  { name: "the list of messages", who: doctor, path: "/chat", first: (page) => page.locator(".convo").first() },
  { name: "a room", who: doctor, path: (page) => roomWith(page, "Margaret Hale"), first: button("Send") },
  { name: "a patient's room", who: patient, path: (page) => roomWith(page, "Amara Okafor"), first: button("Send") },
  { name: "the team", who: doctor, path: "/team", first: button("Chat with Ingrid Lindqvist") },
  { name: "a chat in front of the team", who: doctor, path: "/team", show: openChat, first: (page) => dialog(page).getByRole("button", { name: "Send" }) },
  { name: "the jobs", who: client, path: "/jobs", first: (page) => page.getByRole("link", { name: "New job" }) },
  { name: "a job", who: client, path: "/jobs", show: openJob, first: (page) => dialog(page).getByRole("link", { name: "Chat" }) },
  { name: "asking for a job", who: client, path: "/jobs?new=1", first: (page) => dialog(page).getByRole("button", { name: "Ask for this job" }) },
  { name: "the settings", who: doctor, path: "/settings", first: button("Change password") },
  { name: "the notifications", who: doctor, path: "/notifications", first: (page) => page.getByRole("main").getByRole("link").first() },
  { name: "the conversation of a job", who: client, path: "/jobs", show: openJobChat, first: button("Send") },
  { name: "a page that is not there", who: doctor, path: "/nowhere", first: (page) => page.getByRole("main").getByRole("link").first() },
  { name: "what could not be done", who: doctor, path: "/nowhere", show: fail, first: (page) => page.getByRole("link").first() },
  { name: "the page without network", path: "/offline", first: (page) => page.getByRole("link").first(), still: true },
  { name: "the API's page", path: "/docs", first: (page) => page.getByRole("link").first(), still: true, long: true },
];

async function openJob(page: Page): Promise<void> {
  await page.locator("a.job").first().click();
  await expect(dialog(page)).toBeVisible();
}

async function openJobChat(page: Page): Promise<void> {
  await openJob(page);
  await dialog(page).getByRole("link", { name: "Chat" }).click();
  await expect(page.getByRole("log")).toBeVisible();
}

/** Sends a form that asks for what cannot be. */
async function fail(page: Page): Promise<void> {
  await page.evaluate(() => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: "/chat/open" });
    form.innerHTML = '<input name="with" value="999999">';
    document.body.append(form);
    form.submit();
  });
  await expect(page.locator("html:not([data-hydrated]) main h1")).toBeVisible();
}

async function openChat(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Chat with Ingrid Lindqvist" }).click();
  await expect(dialog(page).getByRole("log")).toBeVisible();
}

/** Goes there, and waits until it is what its people see. */
export async function visit(page: Page, place: Place): Promise<void> {
  const path = typeof place.path === "string" ? place.path : await place.path(page);
  await page.goto(path);
  if (!place.still) await atWork(page);
  await place.show?.(page);
}

/** What is wide, cut off, or written over something else. */
export function untidy(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const BOXES = "button, .btn, .tag, .badge, .bubble, .datetile, .conn, .rail__item, .tab, .seg label, .toast, .person, .convo, .setting, dialog";
    // Laid over others on purpose.
    const ABOVE = ".sep-date, .jump, .toast-region, .tip, .badge, .skip-link";
    type Box = { left: number; right: number; top: number; bottom: number };
    const found = new Set<string>();
    const over = document.documentElement.scrollWidth - innerWidth;
    if (over > 0) found.add(`the page is ${over} px too wide`);
    const front = document.querySelector("dialog:modal");
    const walker = document.createTreeWalker(front ?? document.body, NodeFilter.SHOW_TEXT);
    const seen: { told: string; box: Box; parent: Element }[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const words = node.textContent!.trim();
      const parent = node.parentElement!;
      const isThere = parent.checkVisibility({ visibilityProperty: true, opacityProperty: true });
      const above: Element[] = [];
      for (let one: Element | null = parent; one && one !== front; one = one.parentElement) above.push(one);
      const isUnseen = above.some((one) => getComputedStyle(one).clipPath === "inset(50%)");
      if (!words || !isThere || isUnseen || parent.closest("script, style, option")) continue;
      const told = `“${words.slice(0, 40)}” in ${parent.className || parent.tagName.toLowerCase()}`;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const { left, right, top, bottom } of range.getClientRects()) {
        if (right - left < 2 || bottom - top < 2) continue;
        const box = { left, right, top, bottom };
        let [isFree, isFixed] = [true, false];
        // Whether nothing between the words and their box may be scrolled.
        const around = parent.closest(BOXES);
        let isHeld = true;
        for (const one of above) {
          if (one === around) isHeld = isFree;
          const style = getComputedStyle(one);
          const edge = one.getBoundingClientRect();
          const name = one.getAttribute("class") ?? one.tagName.toLowerCase();
          const isMeant = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
          const cuts = (way: string) => isFree && !isMeant && ["hidden", "clip"].includes(way);
          if (cuts(style.overflowX) && (left < edge.left - 1.5 || right > edge.right + 1.5)) found.add(`${told} is cut off at its side by ${name}`);
          if (cuts(style.overflowY) && (top < edge.top - 4 || bottom > edge.bottom + 4)) found.add(`${told} is cut off by ${name}`);
          if (style.overflowX !== "visible") [box.left, box.right] = [Math.max(box.left, edge.left), Math.min(box.right, edge.right)];
          if (style.overflowY !== "visible") [box.top, box.bottom] = [Math.max(box.top, edge.top), Math.min(box.bottom, edge.bottom)];
          if (isMeant || [style.overflowX, style.overflowY].some((way) => ["auto", "scroll"].includes(way))) isFree = false;
          isFixed ||= style.position === "fixed";
        }
        if (box.right - box.left < 2 || box.bottom - box.top < 2) continue;
        if (isFree && (left < -1 || right > innerWidth + 1)) found.add(`${told} goes beyond the edge`);
        const edge = around?.getBoundingClientRect();
        if (edge && isHeld && (left < edge.left - 1.5 || right > edge.right + 1.5 || top < edge.top - 4 || bottom > edge.bottom + 4)) found.add(`${told} is larger than ${around!.className}`);
        if (!isFixed && !parent.closest(".rail") && !parent.closest(ABOVE)) seen.push({ told, box, parent });
      }
    }
    const crosses = (a: Box, b: Box) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6;
    seen.forEach((one, at) => {
      const others = seen.slice(at + 1).filter(({ parent }) => parent !== one.parent && !parent.contains(one.parent) && !one.parent.contains(parent));
      others.filter(({ box }) => crosses(one.box, box)).forEach(({ told }) => found.add(`${one.told} and ${told} lie on each other`));
    });
    return [...found];
  });
}

/** Whatever can be pressed and is too small for it. */
export function small(page: Page, least: number, what: string): Promise<string[]> {
  return page.evaluate(
    ([least, what]) => {
      const front = document.querySelector("dialog:modal") ?? document.body;
      const found: string[] = [];
      for (const one of front.querySelectorAll<HTMLElement>(what as string)) {
        if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".skip-link")) continue;
        const label = one.closest("label");
        const { width, height } = (label ?? one).getBoundingClientRect();
        if (width === 0 || getComputedStyle(one).clipPath.startsWith("inset(50%")) continue;
        const around = [...(one.parentElement?.childNodes ?? [])].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim());
        const isInSentence = getComputedStyle(one).display === "inline" && around;
        if (!isInSentence && (width < (least as number) - 0.5 || height < (least as number) - 0.5)) {
          found.push(`${one.tagName.toLowerCase()}.${one.className} “${(one.getAttribute("aria-label") ?? one.textContent ?? "").trim().slice(0, 30)}” is ${Math.round(width)} by ${Math.round(height)}`);
        }
      }
      return found;
    },
    [least, what] as const,
  );
}

/** What is wrong with how the focus shows, if anything is. */
export function lost(page: Page): Promise<string> {
  return page.evaluate(() => {
    const one = document.activeElement as HTMLElement | null;
    if (!one || one === document.body) return "";
    const name = `${one.tagName.toLowerCase()}.${one.className} “${(one.getAttribute("aria-label") ?? one.textContent ?? "").trim().slice(0, 30)}”`;
    const ringed = [one, one.closest("label"), one.closest(".composer__box")].find((place) => {
      const style = place && getComputedStyle(place);
      return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    if (!ringed) return `${name} has the focus, and does not show it`;
    const box = ringed.getBoundingClientRect();
    const isTall = box.height > innerHeight * 0.6;
    if (box.bottom < 1 || box.top > innerHeight - 1 || box.right < 1 || box.left > innerWidth - 1) return `${name} has the focus out of sight`;
    // The middle, and the middles of its sides: corners may be round.
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const points = [[x, y], [x, box.top + 3], [x, box.bottom - 3], [box.left + 3, y], [box.right - 3, y]];
    for (const [x, y] of isTall ? points.slice(0, 1) : points) {
      if (y < 0 || y > innerHeight) return `${name} has the focus, and is partly out of sight`;
      const hit = document.elementFromPoint(x, y);
      if (hit && hit !== ringed && !ringed.contains(hit) && !hit.contains(ringed)) return `${name} has the focus, under ${hit.className || hit.tagName}`;
    }
    return "";
  });
}
