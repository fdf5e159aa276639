// The directory: who is there, seen without asking again, and a conversation in front of it.
import { atWork, doctor, expect, message, nurse, patient, send, signIn, test, words, type Page } from "./people";

const colleague = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });
const modal = (page: Page) => page.getByRole("dialog");

async function directory(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Team" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Team" })).toBeVisible();
  await atWork(page);
}

test("P1.6 P1.7: of all colleagues those are shown as available who are, and nobody else", async ({ visitor }) => {
  const okafor = await visitor();
  await signIn(okafor, doctor);
  await directory(okafor);
  const ingrid = colleague(okafor, "Ingrid Lindqvist");
  const kofi = colleague(okafor, "Kofi Mensah");
  await expect(ingrid.locator(".presence-text")).not.toHaveText("Available");
  const lindqvist = await visitor();
  await signIn(lindqvist, nurse);
  await atWork(lindqvist);
  await expect(ingrid.locator(".presence-text")).toHaveText("Available");
  await expect(ingrid.locator(".presence[data-presence=available]")).toBeVisible();
  await expect(kofi.locator(".presence-text")).not.toHaveText("Available");
  await ingrid.locator(".has-tip").hover();
  await expect(ingrid.getByRole("tooltip")).toContainText("Ingrid Lindqvist, available now");
  await okafor.locator("fieldset label", { hasText: "Available now" }).click();
  await expect(kofi).toBeHidden();
  await expect(ingrid).toBeVisible();
  await lindqvist.context().close();
  await okafor.locator("fieldset label", { hasText: "Everyone" }).click();
  await expect(ingrid.locator(".presence-text")).toContainText("Last seen", { timeout: 20_000 });
});

test("P2.6: a conversation opens in front of the directory and is closed again", async ({ visitor }) => {
  const [okafor, lindqvist] = [await visitor(), await visitor()];
  await signIn(okafor, doctor);
  await signIn(lindqvist, nurse);
  for (const [page, name] of [[okafor, "Ingrid Lindqvist"], [lindqvist, "Dr Amara Okafor"]] as const) {
    await directory(page);
    await page.getByRole("button", { name: `Chat with ${name}` }).click();
    await expect(modal(page).getByRole("heading", { name })).toBeVisible();
  }
  const question = words("Could you see Mrs Marsh?");
  await send(okafor, "Ingrid Lindqvist", question);
  await expect(message(lindqvist, question)).toHaveCount(1);
  await expect(message(okafor, question)).toHaveAttribute("data-state", "read", { timeout: 15_000 });
  await okafor.keyboard.press("Escape");
  await expect(modal(okafor)).toHaveCount(0);
  const answer = words("At eleven.");
  await send(lindqvist, "Dr Amara Okafor", answer);
  const badge = okafor.getByRole("button", { name: "Chat with Ingrid Lindqvist" }).locator(".badge");
  await expect(badge).toHaveText(/1/);
  await okafor.getByRole("button", { name: "Chat with Ingrid Lindqvist" }).click();
  await expect(message(okafor, answer)).toHaveCount(1);
  await expect(badge).toHaveCount(0);
  await modal(okafor).getByRole("link", { name: "Open as full page" }).click();
  await expect(okafor.getByRole("heading", { level: 1, name: "Ingrid Lindqvist" })).toBeVisible();
});

test("of two that are asked for on a slow line the last is opened, and stays", async ({ visitor }) => {
  const okafor = await visitor();
  await signIn(okafor, doctor);
  await directory(okafor);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let asked = 0;
  await okafor.route(/_fn\/room\/open/, async (route) => {
    if (asked++ === 0) await held;
    await route.continue();
  });
  await okafor.getByRole("button", { name: "Chat with Kofi Mensah" }).click();
  await okafor.getByRole("button", { name: "Chat with Ingrid Lindqvist" }).click();
  await expect(modal(okafor).getByRole("heading", { name: "Ingrid Lindqvist" })).toBeVisible();
  const late = okafor.waitForResponse(/_fn\/room\/open/);
  release();
  await late;
  await okafor.waitForTimeout(500);
  await expect(modal(okafor).getByRole("heading", { name: "Ingrid Lindqvist" })).toBeVisible();
});

test("whoever has no colleagues is told that nothing stands at their address, and can go on", async ({ visitor }) => {
  const hale = await visitor();
  await signIn(hale, patient);
  const answer = await hale.goto("/team");
  expect(answer!.status()).toBe(404);
  await expect(hale.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
  await expect(hale.getByRole("alert")).toHaveCount(0);
  await expect(hale).toHaveTitle(/^(?!.*Team)/);
  await hale.getByRole("link", { name: "Messages" }).click();
  await expect(hale.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
});
