// The people of the demo, and a page of theirs that fails its test on any word in the console.
import { test as base, expect, type Browser, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";

export const PASSWORD = "confer-demo";
export const doctor = "okafor@demo.confer";
export const patient = "hale@demo.confer";
export const secondPatient = "whitcombe@demo.confer";
export const client = "bell@demo.confer";
export const nurse = "lindqvist@demo.confer";
export const worker = "piotr@demo.confer";
export const office = "admin@demo.confer";

/** Opens a browser of one's own, signed in or not. */
export type Visitor = (options?: BrowserContextOptions, url?: string) => Promise<Page>;

/** Where the server of a page is. */
const places = new WeakMap<Page, string>();

export const test = base.extend<{ visitor: Visitor }>({
  visitor: async ({ browser }, use) => {
    const complaints: string[] = [];
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (options = {}, url) => {
      const context = await browser.newContext({ ...(url ? { baseURL: url } : {}), ...options });
      contexts.push(context);
      const page = await context.newPage();
      places.set(page, url ?? process.env.CONFER_URL ?? "http://127.0.0.1:3000");
      page.on("console", (message) => {
        const isUnused = options.javaScriptEnabled === false && message.text().includes("was preloaded");
        if (["error", "warning"].includes(message.type()) && !isUnused && !isExpected(message.text())) {
          complaints.push(`${message.type()}: ${message.text()}`);
        }
      });
      page.on("pageerror", (error) => complaints.push(`page error: ${error}`));
      return page;
    });
    for (const context of contexts) await context.close();
    expect(complaints, "the console stayed silent").toEqual([]);
  },
});

// The browser itself reports what a test provokes: a lost connection, a page that is not there.
function isExpected(text: string): boolean {
  return /WebSocket connection to .* failed|net::ERR_|status of 40[0-9]|status of 503/.test(text);
}

export { expect, type Browser, type Locator, type Page };

/** Waits until the page is at work, not merely drawn. */
export async function atWork(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true", { timeout: 15_000 });
}

/** Signs in through the form and waits for home. */
export async function signInByForm(page: Page, email: string): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Good ");
}

/** Sends what the form sends, and looks at no page yet. */
export async function signInAt(page: Page, email: string): Promise<void> {
  const origin = places.get(page)!;
  const answer = await page.request.post(`${origin}/login`, { headers: { origin }, form: { email, password: PASSWORD }, maxRedirects: 0 });
  expect(answer.status(), "signed in").toBe(303);
}

/** Signs in and waits for home. The form itself is tried where signing in is what matters. */
export async function signIn(page: Page, email: string): Promise<void> {
  if (!places.has(page)) return signInByForm(page, email);
  await signInAt(page, email);
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Good ");
}

/** Opens the room with somebody by the Chat button beside their name. */
export async function openRoom(page: Page, name: string, link = "Connected"): Promise<void> {
  await page.getByRole("button", { name: `Chat with ${name}` }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await atWork(page);
  await expect(pill(page)).toHaveText(link, { timeout: 20_000 });
}

/** What the page says of its connection. */
export function pill(page: Page) {
  return page.getByRole("main").locator(".conn");
}

/** Writes to the person opposite and sends. */
export async function send(page: Page, name: string, text: string): Promise<void> {
  await page.getByLabel(`Message to ${name}`).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

/** A message in the open conversation, by its words. */
export function message(page: Page, words: string) {
  return page.getByRole("log").locator("li.msg", { hasText: words });
}

/** The states of a message the server has on disk. */
export const STORED = /^(sent|delivered|read)$/;

/** Words nobody has written before. */
export function words(what: string): string {
  return `${what} ${Math.random().toString(36).slice(2, 10)}`;
}
