// Home: who waits, who comes, and that it stays true while somebody looks at it.
import { atWork, doctor, expect, message, openRoom, patient, send, signIn, test, words, type Page } from "./people";
import { Server } from "./server";

let server: Server;
test.beforeAll(async () => {
  server = await Server.fresh();
});
test.afterAll(() => server.remove());

const row = (page: Page, name: string) => page.getByRole("row", { name });
const queue = (page: Page) => page.getByRole("region", { name: "Waiting longest" });

test("a practitioner sees who waits and what they say, and it goes once they are answered", async ({ visitor }) => {
  const [okafor, hale] = [await visitor({}, server.url), await visitor({}, server.url)];
  await signIn(okafor, doctor);
  await atWork(okafor);
  await signIn(hale, patient);
  await openRoom(hale, "Dr Amara Okafor");
  const said = words("My ankles are swollen again");
  await send(hale, "Dr Amara Okafor", said);
  // Nobody has touched the page.
  await expect(queue(okafor).getByRole("listitem").filter({ hasText: "Margaret Hale" })).toContainText(said, { timeout: 10_000 });
  await expect(row(okafor, "Margaret Hale")).toContainText(said);
  await expect(row(okafor, "Margaret Hale").locator(".badge")).toContainText("unread");
  await expect(row(okafor, "Margaret Hale").locator(".presence")).toHaveAttribute("data-presence", "available");

  const waits = queue(okafor).getByRole("listitem").filter({ hasText: "Margaret Hale" });
  await waits.getByRole("button", { name: "Open chat" }).click();
  await expect(message(okafor, said)).toBeVisible();
  await atWork(okafor);
  // Reading is no answer.
  await okafor.getByRole("link", { name: "Home", exact: true }).click();
  await expect(waits).toContainText("Read, not answered");
  await waits.getByRole("button", { name: "Open chat" }).click();
  await atWork(okafor);
  const answer = words("Put them up, I ring you at ten");
  await send(okafor, "Margaret Hale", answer);
  await expect(message(hale, answer)).toBeVisible();
  await okafor.getByRole("link", { name: "Home", exact: true }).click();
  await expect(row(okafor, "Margaret Hale")).toContainText("Answered");
  await expect(row(okafor, "Margaret Hale").locator(".ticks")).toHaveAttribute("data-state", "read");
  await expect(queue(okafor).getByRole("listitem").filter({ hasText: "Margaret Hale" })).toHaveCount(0);
  await hale.context().close();
  await expect(row(okafor, "Margaret Hale").locator(".presence")).toHaveAttribute("data-presence", "offline", { timeout: 20_000 });
});

test("who needs no answer waits no longer, until they write again", async ({ visitor }) => {
  const [okafor, hale] = [await visitor({}, server.url), await visitor({}, server.url)];
  await signIn(hale, patient);
  await openRoom(hale, "Dr Amara Okafor");
  await send(hale, "Dr Amara Okafor", words("Thank you, I will"));
  await signIn(okafor, doctor);
  await atWork(okafor);
  const other = await okafor.context().newPage();
  await other.goto("/");
  await atWork(other);
  const waits = (page: Page) => queue(page).getByRole("listitem").filter({ hasText: "Margaret Hale" });
  // Of what nobody has read nobody can say so.
  await expect(waits(okafor).getByRole("button")).toHaveCount(1);
  await waits(okafor).getByRole("button", { name: "Open chat" }).click();
  await expect(okafor.getByRole("heading", { level: 1, name: "Margaret Hale" })).toBeVisible();
  await atWork(okafor);
  await okafor.getByRole("link", { name: "Home", exact: true }).click();
  await waits(okafor).getByRole("button", { name: "No answer needed Margaret Hale" }).click();
  await expect(waits(okafor)).toHaveCount(0);
  await expect(waits(other)).toHaveCount(0, { timeout: 10_000 });
  await expect(row(okafor, "Margaret Hale")).not.toContainText("Read, not answered");
  const again = words("One thing, though");
  await send(hale, "Dr Amara Okafor", again);
  await expect(waits(okafor)).toContainText(again, { timeout: 10_000 });
  await other.close();
});

test("a row that moves takes the focus with it, and what is typed stays", async ({ visitor }) => {
  const [okafor, hale] = [await visitor({}, server.url), await visitor({}, server.url)];
  await signIn(hale, patient);
  await openRoom(hale, "Dr Amara Okafor");
  await signIn(okafor, doctor);
  await atWork(okafor);
  // Somebody below is written to from another tab, and stands above.
  const names = await okafor.locator("tbody th b").allTextContents();
  expect(names).toHaveLength(8);
  const [below, name] = [names[7], names[5]];
  const other = row(okafor, name).getByRole("button");
  const place = () => row(okafor, name).evaluate((one) => [...one.parentElement!.children].indexOf(one));
  await other.focus();
  expect(await place()).toBe(5);
  const tab = await okafor.context().newPage();
  await tab.goto("/");
  await openRoom(tab, below);
  await send(tab, below, words("How was the night?"));
  await expect.poll(place, { timeout: 10_000 }).toBe(6);
  await expect(other).toBeFocused();
  await tab.close();
  await send(hale, "Dr Amara Okafor", words("One more thing"));
  await expect(queue(okafor).getByRole("listitem").filter({ hasText: "Margaret Hale" })).toBeVisible({ timeout: 10_000 });
  await expect(other).toBeFocused();

  const field = okafor.getByRole("searchbox");
  await field.pressSequentially("1951");
  await expect(okafor.locator("tbody tr")).toHaveCount(1);
  await expect(row(okafor, "Margaret Hale")).toBeVisible();
  const said = words("Only when I climb stairs");
  await send(hale, "Dr Amara Okafor", said);
  await expect(row(okafor, "Margaret Hale")).toContainText(said, { timeout: 10_000 });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("1951");
  await field.fill("nobody of that name");
  await expect(okafor.getByText("Nobody here by that name or date.")).toBeVisible();
  await field.fill("");
  await okafor.getByText("Waiting", { exact: true }).first().click();
  await expect(okafor).toHaveURL(/show=waiting/);
  await expect(row(okafor, "Aoife Brennan")).toHaveCount(0);
});

test("all patients stand on a page of their own, the team and the jobs behind their tabs", async ({ visitor }) => {
  const okafor = await visitor({}, server.url);
  await signIn(okafor, doctor);
  await atWork(okafor);
  await okafor.getByRole("link", { name: "Team 24" }).click();
  await expect(okafor.getByRole("listitem").filter({ hasText: "Abena Osei" })).toBeVisible();
  await okafor.getByRole("link", { name: /^Jobs \d/ }).click();
  // After midnight it is one of today's as well.
  await expect(okafor.locator("#people").getByRole("link", { name: /Home visit/ })).toContainText("Walter Simms");
  await okafor.getByRole("link", { name: "My patients" }).click();
  await okafor.getByRole("link", { name: "See all 12 patients" }).click();
  await expect(okafor.getByRole("heading", { level: 1, name: "My patients" })).toBeVisible();
  await expect(okafor.locator("tbody tr")).toHaveCount(12);
});

test("a patient sees who comes and when, and closing the visit leads back to where they were", async ({ visitor }) => {
  const hale = await visitor({}, server.url);
  await signIn(hale, patient);
  await atWork(hale);
  const visits = hale.getByRole("region", { name: "Coming visits" });
  await expect(visits).toContainText("Ingrid Lindqvist, District nurse");
  await expect(visits.getByRole("link", { name: /Blood test/ })).toContainText("Requested");
  await visits.getByRole("link", { name: "See all" }).click();
  await expect(hale.getByRole("heading", { level: 1, name: "Visits" })).toBeVisible();
  await expect(hale).toHaveTitle(/Visits · Confer$/);
  await expect(hale.getByRole("searchbox", { name: "Search visits" })).toBeVisible();
  // What is not theirs to decide is not offered.
  await expect(hale.getByRole("link", { name: "New job" })).toHaveCount(0);
  const visit = hale.getByRole("link", { name: /Home visit/ });
  await visit.click();
  await expect(hale.getByRole("dialog")).toContainText("Born 12 Mar 1951");
  await expect(hale.getByRole("dialog")).toContainText("Who comes");
  await hale.keyboard.press("Escape");
  await expect(hale.getByRole("dialog")).toHaveCount(0);
  await expect(visit).toBeFocused();
  await visit.click();
  await hale.getByRole("dialog").getByRole("link", { name: "Chat" }).click();
  await atWork(hale);
  await hale.getByRole("textbox").fill("Is the front door all right?");
  await hale.keyboard.press("Enter");
  await expect(message(hale, "Is the front door all right?")).toHaveAttribute("data-state", /sent|delivered/);
});

test.describe("without JavaScript", () => {
  test("a patient is looked for with Enter, and written to", async ({ visitor }) => {
    const okafor = await visitor({ javaScriptEnabled: false }, server.url);
    await signIn(okafor, doctor);
    await okafor.getByRole("searchbox").fill("simms");
    await okafor.keyboard.press("Enter");
    await expect(okafor.locator("tbody tr")).toHaveCount(1);
    await row(okafor, "Walter Simms").getByRole("button").click();
    await expect(okafor.getByRole("heading", { level: 1, name: "Walter Simms" })).toBeVisible();
  });
});
