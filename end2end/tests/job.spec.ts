// A job from its request to its end, with the conversation at every step; with a script and without.
import { atWork, client, expect, office, signIn, test, worker, type Page } from "./people";

const job = (page: Page) => page.getByRole("dialog");
const status = (page: Page, word: string) =>
  expect(job(page).locator(".dialog__head .tag")).toHaveText(word, { timeout: 10_000 });

/** Asks for a job at a time far enough away to be the last one, and answers its address. */
async function ask(page: Page, title: string): Promise<string> {
  await page.getByRole("link", { name: "Jobs" }).first().click();
  await page.getByRole("link", { name: "New job" }).click();
  await job(page).getByLabel("What is to be done").fill(title);
  await job(page).getByLabel("When").fill("2031-05-06T09:30");
  await job(page).getByRole("button", { name: "Ask for this job" }).click();
  await expect(job(page).getByRole("heading", { name: title })).toBeVisible();
  return new URL(page.url()).pathname;
}

test("P4.5 P4.6: a job from request to finish, with Chat at every step", async ({ visitor }) => {
  const [asker, chooser, doer] = [await visitor(), await visitor(), await visitor()];
  await signIn(asker, client);
  const path = await ask(asker, "Clean the windows of the conservatory");
  await status(asker, "Requested");
  await expect(job(asker).getByRole("link", { name: "Chat" })).toBeVisible();
  await expect(job(asker).getByText("Not chosen yet")).toBeVisible();

  await signIn(chooser, office);
  await chooser.goto(path);
  await job(chooser).getByLabel("Who does it").selectOption({ label: "Piotr Nowak" });
  await job(chooser).getByRole("button", { name: "Save" }).click();
  await expect(job(chooser).locator("dd").filter({ hasText: "Piotr Nowak" })).toBeVisible();
  // The office reads no conversation it is not part of.
  await expect(job(chooser).getByRole("link", { name: "Chat" })).toHaveCount(0);

  await signIn(doer, worker);
  await doer.goto(path);
  for (const [button, word] of [
    ["Confirm job", "Confirmed"],
    ["Start job", "Started"],
  ] as const) {
    await expect(job(doer).getByRole("link", { name: "Chat" })).toBeVisible();
    await job(doer).getByRole("button", { name: button }).click();
    await status(doer, word);
    // The client sees it without asking.
    await status(asker, word);
    await expect(job(asker).getByRole("link", { name: "Chat" })).toBeVisible();
  }

  await job(doer).getByRole("link", { name: "Chat" }).click();
  await expect(doer.getByRole("region", { name: "The job" })).toContainText("Clean the windows");
  await atWork(doer);
  await job(asker).getByRole("link", { name: "Chat" }).click();
  await expect(asker).toHaveURL(`${path}/chat`);
  await atWork(asker);
  await asker.getByRole("textbox").fill("The ladder is in the shed.");
  await asker.keyboard.press("Enter");
  await expect(doer.getByRole("log")).toContainText("The ladder is in the shed.");
  await expect(asker.locator(".msg__status").last()).toHaveText(/Read/);
  await doer.getByRole("button", { name: "Finish job" }).click();
  await expect(asker.getByRole("log")).toContainText("finished the job");
  await expect(asker.locator(".steps li[aria-current=step]")).toContainText("Finished");
  await asker.getByRole("link", { name: "Back to the job" }).click();
  await status(asker, "Finished");
});

test("the dialog of a job is closed by Escape and by its button", async ({ visitor }) => {
  const page = await visitor();
  await signIn(page, worker);
  await page.getByRole("link", { name: "Jobs" }).first().click();
  await atWork(page);
  const row = page.locator("a.job").first();
  for (const close of [() => page.keyboard.press("Escape"), () => job(page).getByRole("link", { name: "Close" }).click()]) {
    await row.click();
    await expect(job(page)).toBeVisible();
    await close();
    await expect(job(page)).toHaveCount(0);
    await expect(page).toHaveURL(/\/jobs$/);
  }
});

test("what one looks for among the jobs stays while one of them is looked at", async ({ visitor }) => {
  const page = await visitor();
  await signIn(page, client);
  await page.goto("/jobs");
  await atWork(page);
  await page.locator(".toolbar label", { hasText: "Finished" }).click();
  await expect(page).toHaveURL(/show=finished/);
  const row = page.locator("a.job").first();
  await expect(row).toContainText(/Finished|Cancelled/);
  const title = await row.locator(".row__title").textContent();
  await row.click();
  await expect(job(page)).toBeVisible();
  await job(page).getByRole("link", { name: "Close" }).click();
  await expect(job(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/jobs\?.*show=finished/);
  await expect(page.getByRole("radio", { name: "Finished" })).toBeChecked();
  await expect(row.locator(".row__title")).toHaveText(title!);
  await expect(row).toBeFocused();
  // What is chosen follows the page wherever one goes from here.
  await page.getByRole("link", { name: "New job" }).click();
  await job(page).getByRole("link", { name: "Not now" }).click();
  await expect(page.getByRole("radio", { name: "Upcoming" })).toBeChecked();
  await expect(page.locator("a.job").first()).not.toContainText(/Finished|Cancelled/);
});

test("without network the dialog of a job is left all the same, and the page says what it lacks", async ({ visitor }) => {
  const page = await visitor();
  await signIn(page, worker);
  await page.goto("/jobs");
  await atWork(page);
  await page.locator("a.job").first().click();
  await expect(job(page)).toBeVisible();
  await page.context().setOffline(true);
  await job(page).getByRole("link", { name: "Close" }).click();
  await expect(job(page)).toBeHidden();
  const alert = page.getByRole("main").getByRole("alert");
  await expect(alert).toContainText(/\w/);
  await page.context().setOffline(false);
  await page.locator(".toolbar label", { hasText: "All" }).click();
  await expect(alert).toHaveCount(0);
  await expect(job(page)).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test("a job is asked for, called off, and talked about", async ({ visitor }) => {
    const page = await visitor({ javaScriptEnabled: false });
    await signIn(page, client);
    await ask(page, "Cut the hedge");
    await job(page).getByRole("link", { name: "Chat" }).click();
    await page.getByRole("textbox").fill("The shears are new.");
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("log")).toContainText("The shears are new.");
    await page.getByRole("link", { name: "Back to the job" }).click();
    await job(page).getByRole("button", { name: "Cancel job" }).click();
    await status(page, "Cancelled");
    await expect(page.getByRole("button", { name: /job$/ })).toHaveCount(0);
  });
});
