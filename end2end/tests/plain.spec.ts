import { doctor, expect, message, patient, signInByForm as signIn, STORED, test, words } from "./people";

test.describe("without JavaScript", () => {
  test("one signs in, reads, sends once and is answered", async ({ visitor }) => {
    const hale = await visitor({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    await hale.goto("/chat");
    await expect(hale).toHaveURL(/\/login\?next=\/chat$/);
    await hale.getByLabel("Email address").fill(patient);
    await hale.getByLabel("Password").fill("not the password");
    await hale.getByRole("button", { name: "Sign in" }).click();
    await expect(hale.getByRole("alert")).toContainText("does not match");
    await expect(hale.getByLabel("Email address")).toHaveValue(patient);
    await hale.getByLabel("Password").fill("confer-demo");
    await hale.getByRole("button", { name: "Sign in" }).click();
    await expect(hale.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();

    await hale.locator(".convo", { hasText: "Dr Amara Okafor" }).click();
    await expect(hale.getByRole("heading", { level: 1, name: "Dr Amara Okafor" })).toBeVisible();
    await expect(hale.getByRole("log").locator("li.msg")).not.toHaveCount(0);
    const question = words("May I take it with food?");
    await hale.getByLabel("Message to Dr Amara Okafor").fill(question);
    await hale.getByRole("button", { name: "Send" }).click();
    await expect(message(hale, question)).toHaveCount(1);

    const okafor = await visitor();
    await signIn(okafor, doctor);
    await okafor.getByRole("button", { name: "Chat with Margaret Hale" }).last().click();
    await expect(message(okafor, question)).toHaveCount(1);
    const answer = words("Yes, with breakfast.");
    await okafor.getByLabel("Message to Margaret Hale").fill(answer);
    await okafor.getByRole("button", { name: "Send" }).click();
    await expect(message(okafor, answer)).toHaveCount(1);
    await hale.reload();
    await expect(message(hale, answer)).toHaveCount(1);
    await expect(message(hale, question)).toHaveCount(1);

    await hale.getByRole("link", { name: "Show earlier messages" }).click();
    await expect(hale).toHaveURL(/before=/);
    await expect(hale.getByRole("log").locator("li.msg")).not.toHaveCount(0);
  });

  test("the Chat button and signing out work as forms", async ({ visitor }) => {
    const okafor = await visitor({ javaScriptEnabled: false });
    await signIn(okafor, doctor);
    await okafor.getByRole("button", { name: "Chat with George Whitcombe" }).click();
    await expect(okafor.getByRole("heading", { level: 1, name: "George Whitcombe" })).toBeVisible();
    await expect(okafor.getByText("George and you can read this")).toBeVisible();
    await okafor.getByRole("button", { name: "Sign out" }).click();
    await expect(okafor).toHaveURL(/\/login$/);
    await okafor.goto("/chat");
    await expect(okafor).toHaveURL(/\/login/);
  });
});

test("the page can be read and used before its script has come", async ({ visitor }) => {
  const hale = await visitor();
  await signIn(hale, patient);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await hale.route(/\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  await hale.goto("/chat");
  await hale.locator(".convo", { hasText: "Dr Amara Okafor" }).click();
  await expect(hale.getByRole("log").locator("li.msg").last()).toBeVisible();
  const painted = await hale.evaluate(() => performance.getEntriesByName("first-contentful-paint").length);
  expect(painted, "painted while the script is still on its way").toBe(1);
  const typed = words("typed early");
  await hale.getByLabel("Message to Dr Amara Okafor").fill(typed);
  release();
  await expect(hale.locator("html")).toHaveAttribute("data-hydrated", "true");
  await expect(hale.getByLabel("Message to Dr Amara Okafor")).toHaveValue(typed);
  await hale.getByRole("button", { name: "Send" }).click();
  await expect(message(hale, typed)).toHaveAttribute("data-state", STORED);
});
