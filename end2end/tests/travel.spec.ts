// Going from page to page inside the app: each is whole when it is reached, whichever way it was reached.
import { atWork, doctor, expect, openRoom, patient, signIn, test } from "./people";

for (const [who, email, name] of [
  ["a practitioner", doctor, "Margaret Hale"],
  ["a patient", patient, "Dr Amara Okafor"],
] as const) {
  test(`${who} goes from home to a room, home again, and back`, async ({ visitor }) => {
    const page = await visitor();
    await signIn(page, email);
    await atWork(page);
    await page.getByRole("link", { name: /^Messages/ }).first().click();
    await page.getByRole("link", { name: new RegExp(name) }).first().click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    for (let round = 0; round < 2; round += 1) {
      await page.getByRole("link", { name: "Home" }).first().click();
      await expect(page.getByRole("heading", { level: 1 })).toContainText("Good ");
      await page.goBack();
      await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
      await expect(page.getByRole("log")).toContainText(/\w/);
    }
  });
}
