// Networks that break what a page needs: refused, swallowed, held back, frozen, gone.
import { atWork, doctor, expect, message, openRoom, patient, pill, secondPatient, send, signIn, STORED, test, words, type Page } from "./people";
import { Proxy } from "./proxy";

test.describe.configure({ mode: "parallel" });

const OKAFOR = "Dr Amara Okafor";
const HALE = "Margaret Hale";
const HTTP = "Connected by HTTP";

let proxy: Proxy;
test.beforeEach(async () => {
  test.setTimeout(120_000);
  proxy = await Proxy.fresh();
});
test.afterEach(() => proxy.remove());

/** Messages go both ways, are told in both directions, and stand once each. */
async function talk(okafor: Page, hale: Page): Promise<string[]> {
  const said: string[] = [];
  for (const round of [1, 2]) {
    const question = words(`Question ${round}`);
    await send(okafor, HALE, question);
    await expect(message(hale, question)).toHaveCount(1);
    await expect(message(okafor, question)).toHaveAttribute("data-state", "read", { timeout: 15_000 });
    const answer = words(`Answer ${round}`);
    await send(hale, OKAFOR, answer);
    await expect(message(okafor, answer)).toHaveCount(1);
    said.push(question, answer);
  }
  return said;
}

/** All of it, in this order, once, on every page; and after a reload as well. */
async function expectOnce(said: string[], ...pages: Page[]): Promise<void> {
  for (const page of pages) {
    for (const text of said) await expect(message(page, text)).toHaveCount(1);
    const order = await page.getByRole("log").locator("li.msg .bubble__text").allTextContents();
    expect(order.filter((text) => said.includes(text))).toEqual(said);
  }
}

/** A better way is looked for each minute, and at once when there is a reason to: but not within five seconds. */
async function hurry(page: Page): Promise<void> {
  await page.waitForTimeout(5_500);
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
}

const CALLS = /\/(_fn|events|commands)/;

/** Nothing reaches the server from this page any more, while others go on. */
async function part(page: Page): Promise<void> {
  proxy.sockets = "refuse";
  await page.route(CALLS, (route) => route.abort());
  proxy.cut();
}

async function rejoin(page: Page): Promise<void> {
  proxy.sockets = "pass";
  await page.unroute(CALLS);
  // It may have found its way by itself meanwhile, and be another page already.
  await page.evaluate(() => window.dispatchEvent(new Event("online"))).catch(() => undefined);
}

test("where no socket gets through, messages go by HTTP, and by socket again once one does", async ({ visitor }) => {
  proxy.sockets = "refuse";
  const okafor = await visitor({}, proxy.url);
  const hale = await visitor({}, proxy.url);
  await signIn(okafor, doctor);
  await signIn(hale, patient);
  await openRoom(okafor, HALE, HTTP);
  await openRoom(hale, OKAFOR, HTTP);
  const said = await talk(okafor, hale);
  expect(proxy.seen).toContain("GET /events");
  expect(proxy.seen).toContain("POST /commands");
  expect(proxy.seen).not.toContain("GET /events/poll");
  // Somebody who writes is seen writing.
  await okafor.getByLabel(`Message to ${HALE}`).pressSequentially("Wait");
  await expect(hale.locator(".typing")).toHaveCount(1);
  await okafor.getByLabel(`Message to ${HALE}`).fill("");

  proxy.sockets = "pass";
  await hurry(okafor);
  const between = words("In the middle of it");
  await send(okafor, HALE, between);
  await expect(pill(okafor)).toHaveText("Connected", { timeout: 15_000 });
  await expect(message(hale, between)).toHaveCount(1);
  await hurry(hale);
  await expect(pill(hale)).toHaveText("Connected", { timeout: 15_000 });
  const commands = proxy.seen.filter((line) => line === "POST /commands").length;
  said.push(between, ...(await talk(okafor, hale)));
  expect(proxy.seen.filter((line) => line === "POST /commands").length).toBe(commands);
  await expectOnce(said, okafor, hale);
  await okafor.reload();
  await expectOnce(said, okafor);
});

test("a stream that is held back gives way to polling", async ({ visitor }) => {
  proxy.sockets = "refuse";
  proxy.holdsStreams = true;
  const okafor = await visitor({}, proxy.url);
  const hale = await visitor({}, proxy.url);
  await signIn(okafor, doctor);
  await signIn(hale, patient);
  await openRoom(okafor, HALE, HTTP);
  await openRoom(hale, OKAFOR, HTTP);
  expect(proxy.seen).toContain("GET /events/poll");
  const said = await talk(okafor, hale);
  // A room that is not open is heard of as well.
  await hale.goto("/chat");
  await atWork(hale);
  await expect(hale).toHaveTitle(/Messages/);
  const unopened = words("To the list");
  await send(okafor, HALE, unopened);
  await expect(hale.locator(".convo", { hasText: OKAFOR })).toContainText(unopened, { timeout: 30_000 });
  await expect(hale.locator(".convo", { hasText: OKAFOR }).locator(".badge")).toHaveText("1 unread");
  await expectOnce([...said, unopened], okafor);
});

test("a socket that opens and carries nothing is given up for HTTP", async ({ visitor }) => {
  proxy.sockets = "swallow";
  const okafor = await visitor({}, proxy.url);
  await signIn(okafor, doctor);
  await openRoom(okafor, HALE, HTTP);
  const text = words("Through the side door");
  await send(okafor, HALE, text);
  await expect(message(okafor, text)).toHaveAttribute("data-state", STORED);
  expect(proxy.seen).toContain("POST /commands");
});

test("a socket that dies without a word is noticed, and what was written meanwhile arrives once", async ({ visitor }) => {
  const okafor = await visitor({}, proxy.url);
  await signIn(okafor, doctor);
  await openRoom(okafor, HALE);
  proxy.freeze();
  const text = words("Into the void");
  await send(okafor, HALE, text);
  await expect(message(okafor, text)).toHaveAttribute("data-state", "sending");
  // Looking at the page is a reason to ask whether anybody is there.
  await okafor.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(message(okafor, text)).toHaveAttribute("data-state", STORED, { timeout: 20_000 });
  await expect(pill(okafor)).toHaveText("Connected");
  await okafor.reload();
  await expectOnce([text], okafor);
});

test("a dead socket is noticed without anybody writing", async ({ visitor }) => {
  const okafor = await visitor({}, proxy.url);
  await signIn(okafor, doctor);
  await openRoom(okafor, HALE);
  proxy.freeze();
  await okafor.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(pill(okafor)).toHaveText("Reconnecting…", { timeout: 12_000 });
  await expect(pill(okafor)).toHaveText("Connected", { timeout: 12_000 });
});

test("cut off and back again, with much written in between, all is there once and in order", async ({ visitor }) => {
  const okafor = await visitor({}, proxy.url);
  const hale = await visitor({}, proxy.url);
  await signIn(okafor, doctor);
  await signIn(hale, patient);
  await openRoom(okafor, HALE);
  await openRoom(hale, OKAFOR);
  const said: string[] = [];
  for (let round = 0; round < 4; round++) {
    const text = words(`Word ${round}`);
    said.push(text);
    await send(okafor, HALE, text);
    proxy.cut();
  }
  for (const text of said) {
    await expect(message(okafor, text)).toHaveAttribute("data-state", STORED, { timeout: 30_000 });
    await expect(message(hale, text)).toHaveCount(1, { timeout: 30_000 });
  }
  await expectOnce(said, okafor, hale);
});

test("when somebody else signs in on this device, not a word goes out under their name", async ({ visitor }) => {
  const okafor = await visitor({}, proxy.url);
  await signIn(okafor, doctor);
  await openRoom(okafor, HALE);
  await part(okafor);
  const unsent = words("Not for George to send");
  await send(okafor, HALE, unsent);
  await expect(message(okafor, unsent)).toHaveAttribute("data-state", "sending");

  const other = await okafor.context().newPage();
  await other.goto("/");
  await other.getByRole("button", { name: "Sign out" }).first().click();
  await signIn(other, secondPatient);
  await rejoin(okafor);
  await expect(okafor.getByRole("alert")).toContainText("Somebody else has signed in", { timeout: 30_000 });
  await expect(message(okafor, unsent)).toHaveCount(1);
  const asked = okafor.waitForEvent("dialog");
  const reload = okafor.getByRole("link", { name: "Load again" }).click();
  await (await asked).accept();
  await reload;
  // George's page now, and nothing of hers in it.
  await expect(okafor.getByText(unsent)).toHaveCount(0);
});

test("when somebody else signs in and nothing is unsent, the page becomes theirs", async ({ visitor }) => {
  const okafor = await visitor({}, proxy.url);
  await signIn(okafor, doctor);
  await atWork(okafor);
  await part(okafor);
  const other = await okafor.context().newPage();
  await other.goto("/");
  await other.getByRole("button", { name: "Sign out" }).first().click();
  await signIn(other, secondPatient);
  await rejoin(okafor);
  await expect(okafor.getByRole("heading", { level: 1 })).toContainText("George", { timeout: 30_000 });
});

test("signed out elsewhere, what is half written stays, and is sent after signing in again", async ({ visitor }) => {
  const okafor = await visitor({}, proxy.url);
  await signIn(okafor, doctor);
  await openRoom(okafor, HALE);
  const text = words("Nearly finished");
  await okafor.getByLabel(`Message to ${HALE}`).fill(text);
  const other = await okafor.context().newPage();
  await other.goto("/");
  await other.getByRole("button", { name: "Sign out" }).first().click();
  await expect(other).toHaveURL(/\/login/);
  const alert = okafor.getByRole("alert");
  await expect(alert).toContainText("You are signed out", { timeout: 20_000 });
  await okafor.getByRole("button", { name: "Send" }).click();
  await expect(message(okafor, text)).toHaveAttribute("data-state", "sending");
  await signIn(other, doctor);
  await okafor.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(message(okafor, text)).toHaveAttribute("data-state", STORED, { timeout: 20_000 });
  await expect(alert).toHaveCount(0);
});
