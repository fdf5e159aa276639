import { atWork, doctor, expect, openRoom, patient, secondPatient, send, signIn, test, words } from "./people";

test("a theme is chosen at once, kept, and there before anything is drawn", async ({ visitor }) => {
  const hale = await visitor();
  await signIn(hale, secondPatient);
  await hale.goto("/settings");
  await atWork(hale);
  await hale.getByText("Dark", { exact: true }).click();
  await expect(hale.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(hale.getByText("Saved", { exact: true })).toBeVisible();
  await hale.getByText("Larger", { exact: true }).click();
  await expect(hale.locator("html")).toHaveAttribute("data-text", "larger");
  await hale.waitForFunction(() => document.cookie.includes("look=dark.larger."));
  // Drawn by the server, before any script.
  const html = await (await hale.request.get("/chat")).text();
  expect(html).toContain('data-theme="dark" data-text="larger"');
  await hale.goto("/settings");
  await expect(hale.getByRole("radio", { name: "Dark" })).toBeChecked();
});

test("a choice that cannot be saved says so", async ({ visitor }) => {
  const hale = await visitor();
  await signIn(hale, secondPatient);
  await hale.goto("/settings");
  await atWork(hale);
  await hale.context().setOffline(true);
  await hale.getByRole("checkbox", { name: "New messages, pop-up" }).click();
  await expect(hale.getByText("Not saved. Check your connection")).toBeVisible();
  await hale.context().setOffline(false);
});

test("settings work without any script", async ({ visitor }) => {
  const plain = await visitor({ javaScriptEnabled: false });
  await signIn(plain, secondPatient);
  await plain.goto("/settings");
  await plain.getByLabel("Light", { exact: true }).check({ force: true });
  await plain.locator("form[action='/settings/look']").getByRole("button", { name: "Save" }).click();
  await expect(plain).toHaveURL(/done=saved#s-look/);
  await expect(plain.locator("html")).toHaveAttribute("data-theme", "light");
  await expect(plain.getByText("Saved", { exact: true })).toBeVisible();
});

test("a message to another page pops up, leads to its room, and stays away when nobody wants it", async ({ visitor }) => {
  const okafor = await visitor();
  const hale = await visitor();
  await signIn(okafor, doctor);
  await signIn(hale, patient);
  await hale.goto("/settings");
  await atWork(hale);
  await expect(hale.locator(".rail .badge")).toHaveCount(await hale.locator(".rail .badge").count());
  await openRoom(okafor, "Margaret Hale");
  const first = words("pops up");
  // The connection has to be there before what comes counts as news.
  await hale.waitForTimeout(1_500);
  await send(okafor, "Margaret Hale", first);
  const popup = hale.locator(".toast", { hasText: first });
  await expect(popup).toBeVisible();
  await expect(popup).toContainText("Okafor:");
  await popup.getByRole("link").click();
  await expect(hale.getByRole("heading", { level: 1, name: "Dr Amara Okafor" })).toBeVisible();
  await expect(popup).toBeHidden();
  await hale.goto("/settings");
  await atWork(hale);
  const wish = hale.getByRole("checkbox", { name: "New messages, pop-up" });
  await wish.click();
  await expect(hale.getByText("Saved", { exact: true })).toBeVisible();
  await hale.goto("/notifications");
  await atWork(hale);
  await hale.waitForTimeout(1_500);
  const second = words("stays away");
  await send(okafor, "Margaret Hale", second);
  await expect(hale).toHaveTitle(/^\(1\)/);
  await expect(hale.locator(".toast", { hasText: second })).toHaveCount(0);
  await hale.reload();
  await expect(hale.getByRole("main").getByText("1 new message")).toBeVisible();
  await hale.goto("/settings");
  await atWork(hale);
  await hale.getByRole("checkbox", { name: "New messages, pop-up" }).click();
  await expect(hale.getByText("Saved", { exact: true })).toBeVisible();
});

test("a phone left elsewhere is signed out from here", async ({ visitor }) => {
  const here = await visitor();
  const phone = await visitor({
    userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1",
  });
  await signIn(here, "bell@demo.confer");
  await signIn(phone, "bell@demo.confer");
  await atWork(phone);
  await here.goto("/settings#s-devices");
  await here.getByRole("button", { name: "Sign out iPhone, Safari" }).click();
  await expect(here.getByText("Signed out there")).toBeVisible();
  await expect(phone).toHaveURL(/\/login/, { timeout: 10_000 });
});
