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
  // Whoever waits stands above all others too.
  await page.getByRole("button", { name: `Chat with ${name}` }).last().click();
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

/** A group of the doctor and the nurse with so many messages, the doctor having read some of them. */
export function group(title: string, count: number, read: number): string {
  const people = `(select id from account where email = '${doctor}') as a, (select id from account where email = '${nurse}') as b`;
  const now = Date.now() - 60_000;
  const id = `(select id from room where title = '${title}')`;
  return `
    insert into room (kind, title, owner_id, last_seq, created_at, active_at)
      select 'group', '${title}', a, ${count}, ${now - count * 180_000}, ${now} from (select ${people});
    insert into member (room_id, account_id, joined_at, delivered_seq, read_seq)
      select ${id}, id, ${now}, ${count}, case when email = '${doctor}' then ${read} else ${count} end
      from account where email in ('${doctor}', '${nurse}');
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})
      insert into message (room_id, seq, change, sender_id, cid, body, sent_at)
      select ${id}, i, i, case when i % 3 = 0 then a else b end, randomblob(16),
      'Number ' || i || '. ' || substr('The left one is a little better than it was yesterday, the right one is as it was.', 1, 5 + i * 7 % 75),
      ${now} - (${count} - i) * 180000 from n, (select ${people});`;
}
