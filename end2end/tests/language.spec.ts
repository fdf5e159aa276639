// A German reader: the server draws German, and the page stays German once it is at work.
import { atWork, doctor, expect, message, openRoom, PASSWORD, patient, signInAt, signInByForm as signIn, test, words, type Page } from "./people";
import { untidy } from "./pages";
import { Server } from "./server";

const OKAFOR = "Dr Amara Okafor";
const HALE = "Margaret Hale";
const DAY = /^(Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag), \d{1,2}\. [A-Z][a-zä]+$/;

let server: Server;
test.beforeEach(async () => {
  server = await Server.fresh();
});
test.afterEach(() => server.remove());

/** Signs in through the German form and waits for home. */
async function anmelden(page: Page, email: string): Promise<void> {
  await page.goto("/login");
  await expect(page).toHaveTitle("Anmelden · Confer");
  await page.getByLabel("E-Mail-Adresse").fill(email);
  await page.getByLabel("Passwort").fill(PASSWORD);
  await page.getByRole("button", { name: "Anmelden" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Guten ");
}

test("German words fit where English ones do, at every width", async ({ visitor }) => {
  const page = await visitor({ locale: "de-DE", viewport: { width: 1_440, height: 900 } }, server.url);
  await signInAt(page, doctor);
  for (const address of ["/", "/chat", "/team", "/jobs", "/settings", "/notifications"]) {
    await page.goto(address);
    await atWork(page);
    for (const width of [1_440, 820, 390, 320]) {
      await page.setViewportSize({ width, height: 900 });
      expect.soft(await untidy(page), `${address} at ${width} px`).toEqual([]);
    }
  }
});

test("somebody whose browser is German reads German from the first form to the last state", async ({ visitor }) => {
  const hale = await visitor({ locale: "de-DE" }, server.url);
  await anmelden(hale, patient);
  await expect(hale.locator("html")).toHaveAttribute("lang", "de");
  await atWork(hale);
  await expect(hale).toHaveTitle(/Start · Confer$/);
  await expect(hale.getByRole("heading", { level: 1 })).toHaveText(/^Guten (Morgen|Tag|Abend), Margaret$/);
  await expect(hale.locator(".page-head time")).toHaveText(DAY);
  await expect(hale.locator(".conn")).toHaveText("Verbunden", { timeout: 20_000 });
  await expect(hale.getByRole("heading", { name: "Wählen Sie im Notfall die 999" })).toBeVisible();

  // Going on without a new page stays in the language.
  await hale.getByRole("link", { name: "Chats" }).click();
  await expect(hale.getByRole("heading", { level: 1, name: "Nachrichten" })).toBeVisible();
  await hale.locator(".convo", { hasText: OKAFOR }).click();
  await expect(hale.getByRole("heading", { level: 1, name: OKAFOR })).toBeVisible();
  const text = words("Guten Tag!");
  await hale.getByLabel(`Nachricht an ${OKAFOR}`).fill(text);
  await hale.getByRole("button", { name: "Senden" }).click();
  const own = message(hale, text);
  await expect(own).toHaveAttribute("data-state", /^(sent|delivered)$/);

  // Whoever reads English reads English, of the same conversation.
  const okafor = await visitor({ locale: "en-GB" }, server.url);
  await signIn(okafor, doctor);
  await openRoom(okafor, HALE);
  await expect(message(okafor, text)).toHaveCount(1);
  await expect(own).toHaveAttribute("data-state", "read");

  // Alone, the page knows its words without a server.
  await server.stop("SIGKILL");
  await expect(hale.getByRole("main").locator(".conn")).toHaveText("Verbindung wird wiederhergestellt…", { timeout: 20_000 });
  await server.start();
  await expect(hale.getByRole("main").locator(".conn")).toHaveText("Verbunden", { timeout: 30_000 });
});

// The open conversation takes its texts from the table last.
test("the states and days of a conversation are German as well", async ({ visitor }) => {
  const hale = await visitor({ locale: "de-DE" }, server.url);
  await anmelden(hale, patient);
  await hale.getByRole("button", { name: `Chat mit ${OKAFOR}` }).click();
  await atWork(hale);
  await expect(hale.getByRole("main").locator(".conn")).toHaveText("Verbunden", { timeout: 20_000 });
  const text = words("Guten Tag!");
  await hale.getByLabel(`Nachricht an ${OKAFOR}`).fill(text);
  await hale.getByRole("button", { name: "Senden" }).click();
  const own = message(hale, text);
  await expect(own.locator(".ticks")).toHaveText("Gesendet");
  await expect(own.locator(".msg__status")).toHaveText("Gesendet");
  await expect(hale.locator(".sep-date").last()).toHaveText(/^Heute, [A-Z][a-z]+tag|^Heute, Mittwoch/);
  const okafor = await visitor({ locale: "en-GB" }, server.url);
  await signIn(okafor, doctor);
  await openRoom(okafor, HALE);
  await expect(own.locator(".ticks")).toHaveText("Gelesen");
  await okafor.getByLabel(`Message to ${HALE}`).pressSequentially("One mo");
  await expect(hale.locator(".typing")).toContainText("Dr Okafor schreibt…");
});

test("a language that was chosen is kept against the browser's own", async ({ visitor }) => {
  const hale = await visitor({ locale: "de-DE" }, server.url);
  await hale.context().addCookies([{ name: "language", value: "en", url: server.url }]);
  await signIn(hale, patient);
  await atWork(hale);
  await expect(hale.locator("html")).toHaveAttribute("lang", "en-GB");
  await expect(hale.getByRole("heading", { name: "If it is an emergency, call 999" })).toBeVisible();
});
