// The details of a conversation: who can read it, and how far each of them has.
import { atWork, doctor, expect, message, openRoom, patient, send, signIn, test, words } from "./people";
import { Server } from "./server";

test.describe.configure({ mode: "parallel" });

const HALE = "Margaret Hale";

let server: Server;
test.beforeEach(async () => {
  server = await Server.fresh();
});
test.afterEach(() => server.remove());

for (const width of [390, 820, 1440]) {
  test(`details open and close by keyboard at ${width} px`, async ({ visitor }) => {
    const okafor = await visitor({ viewport: { width, height: 800 } }, server.url);
    await signIn(okafor, doctor);
    await openRoom(okafor, HALE);
    const button = okafor.getByRole("link", { name: "Conversation details" });
    const pane = okafor.getByRole("region", { name: "Details" });
    await expect(button).toHaveAttribute("aria-expanded", "false");
    await expect(pane).toHaveCount(0);
    await button.focus();
    await okafor.keyboard.press("Enter");
    await expect(okafor.getByRole("heading", { level: 2, name: "Details" })).toBeFocused();
    await expect(pane).toBeVisible();
    await expect(pane.getByRole("heading", { level: 2, name: HALE })).toBeVisible();
    await expect(pane).toContainText("12 Mar 1951");
    await expect(pane.getByRole("heading", { name: "Who can read this" })).toBeVisible();
    await expect(pane.locator(".person").filter({ hasText: "You" })).toHaveCount(1);
    const box = (await okafor.locator("#details").boundingBox())!;
    const log = okafor.getByRole("log");
    if (width === 390) {
      expect(box.width).toBe(390);
      await expect(log).toBeHidden();
    } else {
      const thread = (await log.boundingBox())!;
      expect(thread.x + thread.width > box.x + 1, "in front of the conversation, or beside it").toBe(width < 1320);
    }
    await okafor.keyboard.press("Escape");
    await expect(pane).toHaveCount(0);
    await expect(button).toBeFocused();
    await expect(button).toHaveAttribute("aria-expanded", "false");
    await okafor.keyboard.press("Enter");
    await expect(pane).toBeVisible();
    await okafor.goBack();
    await expect(pane).toHaveCount(0);
    await expect(okafor.getByRole("heading", { level: 1, name: HALE })).toBeVisible();
  });
}

test("how far everybody has come with a message is told by name and time, as it happens", async ({ visitor }) => {
  const okafor = await visitor({ viewport: { width: 1440, height: 900 } }, server.url);
  await signIn(okafor, doctor);
  await openRoom(okafor, HALE);
  const text = words("Please weigh yourself tomorrow");
  await send(okafor, HALE, text);
  await expect(message(okafor, text)).toHaveAttribute("data-state", "sent");
  await message(okafor, text).locator(".msg__status").click();
  const about = okafor.locator("#details section", { has: okafor.getByRole("heading", { name: "Who has read this message" }) });
  await expect(about).toContainText(text);
  const hale = about.locator(".person", { hasText: HALE });
  await expect(hale).toContainText("Not delivered yet");
  const phone = await visitor({ viewport: { width: 390, height: 800 } }, server.url);
  await signIn(phone, patient);
  await atWork(phone);
  await expect(hale).toContainText("Delivered, not read yet");
  await openRoom(phone, "Dr Amara Okafor");
  await expect(hale).toContainText(/Read at \d\d:\d\d/);
  await send(okafor, HALE, words("And the day after"));
  await expect(hale).toContainText(/Read by \d\d:\d\d/);
  const all = okafor.locator("#details section", { has: okafor.getByRole("heading", { name: "Who can read this" }) });
  await expect(all.locator(".person", { hasText: HALE })).toContainText(/Read up to \d\d:\d\d/);
  // From the newest to the one before by keyboard.
  await message(okafor, "And the day after").locator(".msg__status").focus();
  await okafor.keyboard.press("ArrowUp");
  await okafor.keyboard.press("Enter");
  await expect(about).toContainText(text);
  // Beside the conversation they stay from one to the next.
  await okafor.locator(".convo", { hasText: "George Whitcombe" }).click();
  await expect(okafor.locator("#details").getByRole("heading", { name: "George Whitcombe" })).toBeVisible();
  await expect(about).toHaveCount(0);
  await okafor.getByRole("link", { name: "Close details" }).click();
  await expect(okafor.locator("#details")).toHaveCount(0);
});

test("the details of a job's conversation have an address, and the page at it works as any other", async ({ visitor }) => {
  const bell = await visitor({}, server.url);
  await signIn(bell, "bell@demo.confer");
  await bell.goto("/jobs/2/chat?details");
  await atWork(bell);
  await expect(bell.getByRole("heading", { name: "Who can read this" })).toBeVisible();
  await expect(bell.getByRole("region", { name: "The job" })).toHaveCount(1);
  const said = words("The gate is open");
  await bell.getByRole("textbox").fill(said);
  await bell.keyboard.press("Enter");
  await expect(message(bell, said)).toBeVisible();
  await bell.getByRole("link", { name: "Close details" }).click();
  await expect(bell.locator("#details")).toHaveCount(0);
});

test("without a script the details are a page", async ({ visitor }) => {
  const hale = await visitor({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } }, server.url);
  await signIn(hale, patient);
  await hale.getByRole("button", { name: "Chat with Dr Amara Okafor" }).or(hale.locator(".convo", { hasText: "Dr Amara Okafor" })).first().click();
  await hale.getByRole("link", { name: "Conversation details" }).click();
  await expect(hale).toHaveURL(/\?details$/);
  await expect(hale.getByRole("heading", { name: "Who can read this" })).toBeVisible();
  await expect(hale.locator("#details .person").first()).toBeVisible();
  await hale.getByRole("link", { name: "Close details" }).click();
  await expect(hale.getByRole("heading", { name: "Who can read this" })).toHaveCount(0);
  const own = hale.getByRole("log").locator("a.ticks").last();
  await own.click();
  await expect(hale.getByRole("heading", { name: "Who has read this message" })).toBeVisible();
});

test("what comes behind the details of a phone is not read before they are closed", async ({ visitor }) => {
  const okafor = await visitor({ viewport: { width: 390, height: 800 } }, server.url);
  const hale = await visitor({}, server.url);
  await signIn(okafor, doctor);
  await signIn(hale, patient);
  await openRoom(okafor, HALE);
  await openRoom(hale, "Dr Amara Okafor");
  await okafor.getByRole("link", { name: "Conversation details" }).click();
  await expect(okafor.getByRole("log")).toBeHidden();
  const text = words("It hurts again");
  await send(hale, "Dr Amara Okafor", text);
  await expect(message(hale, text)).toHaveAttribute("data-state", "delivered");
  await okafor.waitForTimeout(1_500);
  await expect(message(hale, text)).toHaveAttribute("data-state", "delivered");
  await okafor.keyboard.press("Escape");
  await expect(message(okafor, text)).toBeVisible();
  await expect(message(hale, text)).toHaveAttribute("data-state", "read");
});
