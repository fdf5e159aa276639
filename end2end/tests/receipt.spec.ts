// What people see of each other: who writes, what has arrived, what is read, what is not.
import { atWork, doctor, expect, group, message, nurse, openRoom, patient, secondPatient, send, signIn, STORED, test, words, type Page } from "./people";
import { Server } from "./server";

test.describe.configure({ mode: "parallel" });

const OKAFOR = "Dr Amara Okafor";
const HALE = "Margaret Hale";

let server: Server;
test.beforeEach(async () => {
  server = await Server.fresh();
});
test.afterEach(() => server.remove());

/** The unread badge of a conversation in the list. */
function badge(page: Page, name: string) {
  return page.locator(".convo", { hasText: name }).locator(".badge");
}

test("one sees that the other writes, and no longer when they have sent, emptied the field, or paused", async ({ visitor }) => {
  const okafor = await visitor({}, server.url);
  const hale = await visitor({}, server.url);
  await signIn(okafor, doctor);
  await signIn(hale, patient);
  await openRoom(okafor, HALE);
  await openRoom(hale, OKAFOR);
  const field = okafor.getByLabel(`Message to ${HALE}`);
  const line = hale.locator(".typing");
  await field.pressSequentially("One mo");
  await expect(line).toContainText("Dr Okafor is writing…");
  await expect(hale.locator(".convo__typing")).toHaveText("writing…");
  await expect(okafor.locator(".typing")).toHaveCount(0);
  // While she goes on, it stays.
  for (let keys = 0; keys < 9; keys++) {
    await okafor.waitForTimeout(500);
    await field.press("m");
    await expect(line).toHaveCount(1);
  }
  await field.fill("");
  await expect(line).toHaveCount(0);
  await field.pressSequentially("Here it comes");
  await expect(line).toHaveCount(1);
  await field.press("Enter");
  await expect(message(hale, "Here it comes")).toHaveCount(1);
  await expect(line).toHaveCount(0);
  await field.pressSequentially("And then");
  await expect(line).toHaveCount(1);
  await expect(line).toHaveCount(0, { timeout: 6_000 });
  // Looking elsewhere is no writing, and what was begun is still there afterwards.
  await field.press("!");
  await expect(line).toHaveCount(1);
  await okafor.locator(".convo", { hasText: "George Whitcombe" }).click();
  await expect(line).toHaveCount(0);
  await expect(okafor.getByLabel("Message to George Whitcombe")).toHaveValue("");
  const left = okafor.locator(".convo", { hasText: HALE });
  await expect(left.locator(".convo__preview")).toHaveText(/^Draft\s*And then!$/);
  await left.click();
  await expect(field).toHaveValue("And then!");
  await expect(left.locator(".convo__draft")).toHaveCount(0);
});

test("ticks tell how far a message has come, and only go forward", async ({ visitor }) => {
  const okafor = await visitor({}, server.url);
  await signIn(okafor, doctor);
  await openRoom(okafor, HALE);
  const text = words("How are you today?");
  await send(okafor, HALE, text);
  const own = message(okafor, text);
  await expect(own).toHaveAttribute("data-state", "sent");
  await expect(own.locator(".ticks")).toHaveText("Sent");

  const hale = await visitor({}, server.url);
  await signIn(hale, patient);
  await atWork(hale);
  await expect(own).toHaveAttribute("data-state", "delivered");
  await expect(own.locator(".ticks")).toHaveText("Delivered");
  await expect(own.locator("use")).toHaveAttribute("href", "#i-ticks");

  await openRoom(hale, OKAFOR);
  await expect(own).toHaveAttribute("data-state", "read");
  await expect(own.locator(".ticks")).toHaveText("Read");
  await expect(own.locator(".msg__status")).toHaveText("Read");
  await okafor.reload();
  await expect(message(okafor, text)).toHaveAttribute("data-state", "read");
});

test("what is scrolled out of sight is not read", async ({ visitor }) => {
  const okafor = await visitor({}, server.url);
  const hale = await visitor({ viewport: { width: 390, height: 600 } }, server.url);
  await signIn(okafor, doctor);
  await signIn(hale, patient);
  await openRoom(okafor, HALE);
  await openRoom(hale, OKAFOR);
  const log = hale.getByRole("log");
  await log.evaluate((log) => log.scrollTo({ top: -1_000 }));
  await hale.waitForTimeout(300);
  const text = words("Below the fold");
  await send(okafor, HALE, text);
  await expect(message(okafor, text)).toHaveAttribute("data-state", "delivered");
  await okafor.waitForTimeout(1_000);
  await expect(message(okafor, text)).toHaveAttribute("data-state", "delivered");
  await log.evaluate((log) => log.scrollTo({ top: 0 }));
  await expect(message(okafor, text)).toHaveAttribute("data-state", "read");
});

test("who scrolls through what is new has read as far as they have seen, and no further", async ({ visitor }) => {
  await server.fill(group("Handover", 120, 60));
  const okafor = await visitor({}, server.url);
  const lindqvist = await visitor({}, server.url);
  for (const [page, who] of [[lindqvist, nurse], [okafor, doctor]] as const) {
    await signIn(page, who);
    await page.goto("/chat");
    await page.locator(".convo", { hasText: "Handover" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Handover" })).toBeVisible();
    await atWork(page);
  }
  // What the nurse sees of her own.
  const own = (number: number) => message(lindqvist, `Number ${number}.`);
  const scrollTo = async (number: number) => {
    await expect(async () => {
      const log = okafor.getByRole("log");
      await log.evaluate((log) => log.scrollBy({ top: 150 }));
      await expect(message(okafor, `Number ${number}.`)).toBeInViewport({ ratio: 1, timeout: 100 });
    }).toPass({ timeout: 20_000 });
  };
  await expect(okafor.locator(".sep-new + li")).toContainText("Number 61.");
  await expect(own(118)).toHaveAttribute("data-state", "delivered");
  await scrollTo(82);
  await expect(own(82)).toHaveAttribute("data-state", "read");
  await expect(own(118)).toHaveAttribute("data-state", "delivered");
  await expect.poll(async () => Number.parseInt((await badge(okafor, "Handover").textContent()) ?? "", 10)).toBeLessThan(27);
  // Nobody looks at a window that is behind another.
  await okafor.evaluate(() => (document.hasFocus = () => false));
  await scrollTo(100);
  await okafor.waitForTimeout(1_000);
  await expect(own(100)).toHaveAttribute("data-state", "delivered");
  await okafor.evaluate(() => {
    document.hasFocus = () => true;
    window.dispatchEvent(new Event("focus"));
  });
  await expect(own(100)).toHaveAttribute("data-state", "read");
  // Looking back takes nothing back, and the room is opened again where one had come to.
  await okafor.getByRole("log").evaluate((log) => log.scrollBy({ top: -2_000 }));
  await okafor.waitForTimeout(600);
  await expect(own(100)).toHaveAttribute("data-state", "read");
  await expect(own(118)).toHaveAttribute("data-state", "delivered");
  await okafor.reload();
  const first = await okafor.locator(".sep-new + li").textContent();
  expect(Number(/Number (\d+)/.exec(first ?? "")?.[1])).toBeGreaterThan(100);
});

test("unread messages are counted in the list, the rail and the title of every tab, and cleared in all of them", async ({ visitor }) => {
  const okafor = await visitor({}, server.url);
  await signIn(okafor, doctor);
  await openRoom(okafor, "George Whitcombe");
  const home = await okafor.context().newPage();
  await home.goto("/");
  await atWork(home);
  const hale = await visitor({}, server.url);
  await signIn(hale, patient);
  // What the demo left unread is cleared first, so that the numbers below are known.
  await okafor.goto("/chat");
  const total = okafor.getByRole("navigation", { name: "Main" }).locator(".badge");
  for (let left = 20; left > 0; left--) {
    await atWork(okafor);
    await okafor.waitForTimeout(400);
    if ((await okafor.locator(".convo .badge").count()) === 0) break;
    await okafor.locator(".convo", { has: okafor.locator(".badge") }).first().click();
    await expect(okafor.getByRole("log")).toBeVisible();
    await okafor.waitForTimeout(400);
  }
  await expect(total).toHaveCount(0);
  await okafor.goto("/chat");
  await expect(okafor).toHaveTitle("Messages · Confer");
  await expect(home).toHaveTitle("Home · Confer");

  await openRoom(hale, OKAFOR);
  for (let number = 1; number <= 3; number++) {
    await send(hale, OKAFOR, words(`Question ${number}`));
    await expect(badge(okafor, HALE)).toHaveText(`${number} unread`);
  }
  await expect(total).toHaveText("3 unread");
  await expect(okafor).toHaveTitle("(3) Messages · Confer");
  await expect(home).toHaveTitle("(3) Home · Confer");
  await expect(home.getByRole("button", { name: `Chat with ${HALE} 3 unread` })).toBeVisible();
  // One's own words are not unread, neither here nor there.
  await expect(hale).toHaveTitle(/^(\(\d+\) )?Dr Amara Okafor/);
  // The server's own page says the same before any script.
  await okafor.reload({ waitUntil: "commit" });
  await expect(badge(okafor, HALE)).toHaveText("3 unread");
  await atWork(okafor);

  await okafor.locator(".convo", { hasText: HALE }).click();
  await expect(badge(okafor, HALE)).toHaveCount(0);
  await expect(okafor).toHaveTitle(`${HALE} · Confer`);
  await expect(home).toHaveTitle("Home · Confer");
  await expect(home.getByRole("button", { name: `Chat with ${HALE}`, exact: true })).toBeVisible();
});

test("what one's other device wrote and read is known here", async ({ visitor }) => {
  const desk = await visitor({}, server.url);
  const phone = await visitor({ viewport: { width: 390, height: 844 } }, server.url);
  const george = await visitor({}, server.url);
  for (const page of [desk, phone]) await signIn(page, doctor);
  await signIn(george, secondPatient);
  await openRoom(desk, "George Whitcombe");
  await openRoom(phone, "George Whitcombe");
  const text = words("From the phone");
  await send(phone, "George Whitcombe", text);
  await expect(message(desk, text)).toHaveAttribute("data-dir", "out");
  await expect(message(desk, text)).toHaveAttribute("data-state", STORED);
  await openRoom(george, OKAFOR);
  await expect(message(desk, text)).toHaveAttribute("data-state", "read");
});

test("what happens to a room stands between its messages, and its head follows", async ({ visitor }) => {
  const okafor = await visitor({}, server.url);
  await signIn(okafor, doctor);
  await openRoom(okafor, HALE);
  const readers = okafor.locator("#compose-hint");
  const before = await readers.textContent();
  expect(before).toContain("Margaret");
  const room = Number(new URL(okafor.url()).pathname.split("/").pop());
  const hale = await visitor({}, server.url);
  await signIn(hale, patient);
  await openRoom(hale, OKAFOR);
  const field = okafor.getByLabel(`Message to ${HALE}`);
  await field.fill("Half a sen");
  const status = await okafor.evaluate(async (room) => {
    const headers = { "content-type": "application/json", accept: "application/json" };
    const body = JSON.stringify({ room, account: 15 });
    return (await fetch("/_fn/member/invite", { method: "POST", headers, body })).status;
  }, room);
  expect(status).toBe(200);
  const note = okafor.locator("li.sysmsg").last();
  await expect(note).toContainText(/joined|added|brought/i);
  await expect(hale.locator("li.sysmsg").last()).toContainText(/joined|added|brought/i);
  await expect(readers).not.toHaveText(before ?? "");
  await expect(field).toHaveValue("Half a sen");
  await expect(field).toBeFocused();
});
