import { atWork, doctor, expect, message, openRoom, patient, secondPatient, send, signIn, STORED, test, words } from "./people";
import { Server } from "./server";

const PHONE = { viewport: { width: 390, height: 844 } };

test("two people talk both ways, at once, once, and see that it arrived", async ({ visitor }) => {
  const okafor = await visitor();
  const hale = await visitor(PHONE);
  await signIn(okafor, doctor);
  await signIn(hale, patient);
  await openRoom(okafor, "Margaret Hale");
  await openRoom(hale, "Dr Amara Okafor");

  const question = words("How is the ankle today? <b>not bold</b>");
  await okafor.getByLabel("Message to Margaret Hale").fill(question);
  await okafor.keyboard.press("Enter");
  await expect(message(hale, question)).toHaveCount(1);
  const sent = message(okafor, question);
  await expect(sent).toHaveCount(1);
  // She has the conversation open, so it does not stop at "sent".
  await expect(sent).toHaveAttribute("data-state", "read");
  await expect(sent.locator(".ticks")).toHaveText("Read");
  await expect(okafor.getByLabel("Message to Margaret Hale")).toBeFocused();
  await expect(okafor.getByLabel("Message to Margaret Hale")).toHaveValue("");

  const answer = words("Much better, thank you.\nTwo lines");
  await hale.getByLabel("Message to Dr Amara Okafor").fill(answer);
  await hale.getByRole("button", { name: "Send" }).click();
  await expect(message(okafor, answer.split("\n")[1])).toHaveCount(1);
  await expect(message(okafor, answer.split("\n")[1])).toHaveAttribute("data-dir", "in");
  // The list beside it tells the same.
  await expect(okafor.locator(".convo").first()).toContainText("Much better");
});

test("Shift+Enter breaks the line, an empty message sends nothing", async ({ visitor }) => {
  const okafor = await visitor();
  await signIn(okafor, doctor);
  await openRoom(okafor, "George Whitcombe");
  const before = await okafor.getByRole("log").locator("li.msg").count();
  const field = okafor.getByLabel("Message to George Whitcombe");
  await field.press("Enter");
  await field.fill("  ");
  await field.press("Enter");
  await field.fill("");
  const first = words("first line");
  await field.pressSequentially(first);
  await field.press("Shift+Enter");
  await field.pressSequentially("second line");
  await expect(okafor.getByRole("log").locator("li.msg")).toHaveCount(before);
  await field.press("Enter");
  await expect(message(okafor, first)).toContainText("second line");
  await expect(okafor.getByRole("log").locator("li.msg")).toHaveCount(before + 1);
});

test("a file that is dropped or pasted does not take the page away, and words are put where one writes", async ({ visitor }) => {
  const okafor = await visitor();
  await signIn(okafor, doctor);
  await openRoom(okafor, "George Whitcombe");
  const field = okafor.getByLabel("Message to George Whitcombe");
  await field.fill("Half a sentence.");
  await field.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(5, 5));
  const address = okafor.url();
  const cdp = await okafor.context().newCDPSession(okafor);
  const place = (await okafor.getByRole("log").boundingBox())!;
  const drag = async (what: object, beside = 0) => {
    const data = { items: [], dragOperationsMask: 1, ...what };
    const [x, y] = [place.x + place.width / 2 - beside, place.y + place.height / 2];
    for (const type of ["dragEnter", "dragOver"]) await cdp.send("Input.dispatchDragEvent", { type, x, y, data } as never);
    return async () => void (await cdp.send("Input.dispatchDragEvent", { type: "drop", x, y, data } as never));
  };
  const refused = okafor.getByRole("alert").filter({ hasText: "Files cannot be sent here yet" });
  const area = okafor.locator(".pane--thread");

  const drop = await drag({ files: [__filename] });
  await expect(area).toHaveAttribute("data-drag", "");
  await drop();
  await expect(refused).toBeVisible();
  await expect(area).not.toHaveAttribute("data-drag");
  await expect(field).toBeFocused();
  // Until one goes on writing.
  await field.press("X");
  await expect(refused).toBeHidden();
  await expect(field).toHaveValue("Half Xa sentence.");
  // Beside the conversation it is nobody's, and does no harm.
  await (await drag({ files: [__filename] }, place.x))();
  await expect(refused).toBeHidden();

  await (await drag({ items: [{ mimeType: "text/plain", data: "dropped " }] }))();
  await expect(field).toHaveValue("Half Xdropped a sentence.");
  const paste = (words: string, isFile: boolean) =>
    okafor.evaluate(
      ([words, isFile]) => {
        const clipboardData = new DataTransfer();
        if (isFile) clipboardData.items.add(new File([words as string], "photo.png", { type: "image/png" }));
        else clipboardData.setData("text/plain", words as string);
        document.activeElement!.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
      },
      [words, isFile] as const,
    );
  await okafor.getByRole("log").focus();
  await paste("pasted ", false);
  await expect(field).toHaveValue("Half Xdropped pasted a sentence.");
  await expect(field).toBeFocused();
  await paste("nothing", true);
  await expect(refused).toBeVisible();
  await expect(field).toHaveValue("Half Xdropped pasted a sentence.");
  expect(okafor.url()).toBe(address);
  // What came in that way is kept like anything that is written.
  await okafor.locator(".convo", { hasText: "Margaret Hale" }).click();
  await expect(okafor.getByLabel("Message to Margaret Hale")).toHaveValue("");
  await expect(refused).toBeHidden();
  await okafor.locator(".convo", { hasText: "George Whitcombe" }).click();
  await expect(field).toHaveValue("Half Xdropped pasted a sentence.");
});

test("the list has the parts that make sense for whoever looks at it", async ({ visitor }) => {
  const okafor = await visitor();
  const hale = await visitor();
  await signIn(okafor, doctor);
  await signIn(hale, patient);
  for (const page of [okafor, hale]) {
    await page.goto("/chat");
    await atWork(page);
  }
  const list = okafor.getByRole("navigation", { name: "Messages" });
  const team = list.locator(".convo", { hasText: "Heart care team" });
  await expect(team).toHaveCount(1);
  await list.getByText("Patients", { exact: true }).click();
  await expect(team).toHaveCount(0);
  await expect(list.locator(".convo", { hasText: "Margaret Hale" })).toHaveCount(1);
  await list.getByText("All", { exact: true }).click();
  await expect(team).toHaveCount(1);
  await expect(okafor.getByRole("radio")).toHaveCount(3);
  await expect(hale.getByRole("radio", { name: "Visits" })).toHaveCount(1);
  // Without a script the address says it.
  const plain = await visitor({ javaScriptEnabled: false });
  await signIn(plain, doctor);
  await plain.goto("/chat?show=care");
  await expect(plain.locator(".convo", { hasText: "Margaret Hale" })).toHaveCount(1);
  await expect(plain.locator(".convo", { hasText: "Heart care team" })).toHaveCount(0);
  await expect(plain.getByRole("radio", { name: "Patients" })).toBeChecked();
});

test("a patient is told that the doctor is there, while she is", async ({ visitor }) => {
  const server = await Server.fresh();
  try {
    const hale = await visitor(PHONE, server.url);
    await signIn(hale, patient);
    await atWork(hale);
    await expect(hale.getByText("Your doctor is available")).toBeHidden();
    const okafor = await visitor({}, server.url);
    await signIn(okafor, doctor);
    await expect(hale.getByText("Your doctor is available")).toBeVisible();
    await hale.getByRole("button", { name: "Start chat" }).click();
    await expect(hale.getByRole("heading", { level: 1, name: "Dr Amara Okafor" })).toBeVisible();
    await expect(hale.getByRole("main").getByText("Available")).toBeVisible();
    await okafor.context().close();
    await expect(hale.getByRole("main").getByText("Not here now")).toBeVisible({ timeout: 20_000 });
  } finally {
    await server.remove();
  }
});

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`the server ends by ${signal} in mid-conversation: nothing is lost, nothing doubled`, async ({ visitor }) => {
    test.setTimeout(90_000);
    const server = await Server.fresh();
    try {
      const okafor = await visitor({}, server.url);
      const hale = await visitor(PHONE, server.url);
      await signIn(okafor, doctor);
      await signIn(hale, patient);
      await openRoom(okafor, "Margaret Hale");
      await openRoom(hale, "Dr Amara Okafor");
      const field = okafor.getByLabel("Message to Margaret Hale");
      const before = words("before");
      await field.fill(before);
      await field.press("Enter");
      await expect(message(hale, before)).toHaveCount(1);

      await server.stop(signal);
      await expect(okafor.getByRole("main").locator(".conn")).toHaveText("Reconnecting…");
      const during = [words("during one"), words("during two"), words("during three")];
      for (const text of during) {
        await field.fill(text);
        await field.press("Enter");
        await expect(message(okafor, text)).toHaveAttribute("data-state", "sending");
      }
      await expect(okafor.getByText("Will be sent when the connection is back").first()).toBeVisible();

      // What is not yet sent lives on this page only: leaving it asks first.
      const asked = okafor.waitForEvent("dialog");
      await okafor.close({ runBeforeUnload: true });
      const question = await asked;
      expect(question.type()).toBe("beforeunload");
      await question.dismiss();

      await server.start();
      await expect(okafor.getByRole("main").locator(".conn")).toHaveText("Connected", { timeout: 30_000 });
      await expect(hale.getByRole("main").locator(".conn")).toHaveText("Connected", { timeout: 30_000 });
      for (const page of [okafor, hale]) {
        for (const text of [before, ...during]) await expect(message(page, text)).toHaveCount(1);
        const order = await page.getByRole("log").locator("li.msg .bubble__text").allTextContents();
        const ours = order.filter((text) => [before, ...during].includes(text));
        expect(ours).toEqual([before, ...during]);
      }
      await expect(message(okafor, during[2])).toHaveAttribute("data-state", STORED);
      await hale.reload();
      for (const text of [before, ...during]) await expect(message(hale, text)).toHaveCount(1);
    } finally {
      await server.remove();
    }
  });
}

test("a browser without network says so, keeps what is written, and sends it afterwards", async ({ visitor }) => {
  test.setTimeout(60_000);
  const okafor = await visitor();
  await signIn(okafor, doctor);
  await openRoom(okafor, "George Whitcombe");
  const late = words("written without network");
  // An open socket outlives the browser's idea of the network, so it is the server that is out of reach.
  const hale = await visitor(PHONE);
  await signIn(hale, patient);
  await openRoom(hale, "Dr Amara Okafor");
  await hale.context().setOffline(true);
  await hale.getByLabel("Message to Dr Amara Okafor").fill(late);
  await hale.getByRole("button", { name: "Send" }).click();
  await expect(message(hale, late)).toHaveCount(1);
  await hale.context().setOffline(false);
  await expect(message(hale, late)).toHaveAttribute("data-state", STORED, { timeout: 40_000 });
});

test("whoever goes through the list by keyboard keeps their place while conversations move", async ({ visitor }) => {
  const [okafor, george] = [await visitor(), await visitor()];
  await signIn(okafor, doctor);
  await signIn(george, secondPatient);
  await openRoom(george, "Dr Amara Okafor");
  await okafor.goto("/chat");
  await atWork(okafor);
  // Whoever stands first goes down by one when another comes up.
  const names = okafor.locator(".convo__name");
  if ((await names.first().textContent()) === "George Whitcombe") {
    await okafor.locator(".convo", { hasText: "Margaret Hale" }).click();
    await send(okafor, "Margaret Hale", words("First now"));
    await expect(names.first()).toHaveText("Margaret Hale");
  }
  const first = okafor.locator(".convo", { hasText: (await names.first().textContent())! });
  await first.focus();
  await send(george, "Dr Amara Okafor", words("Up again"));
  await expect(names.first()).toHaveText("George Whitcombe");
  await expect(first).toBeFocused();
});

test("earlier messages come by scrolling, above, without losing any", async ({ visitor }) => {
  const okafor = await visitor();
  await signIn(okafor, doctor);
  await openRoom(okafor, "Margaret Hale");
  const log = okafor.getByRole("log");
  // Its words: whether they have been read may change meanwhile.
  const newest = await log.locator("li.msg .bubble__text").last().textContent();
  const before = await log.locator("li.msg").count();
  await log.evaluate((log) => log.scrollTo({ top: -log.scrollHeight }));
  await expect.poll(() => log.locator("li.msg").count()).toBeGreaterThan(before);
  expect(await log.locator("li.msg .bubble__text").last().textContent()).toBe(newest);
});

test("moving between conversations keeps the page and never shows the wrong name", async ({ visitor }) => {
  const okafor = await visitor();
  await signIn(okafor, doctor);
  await openRoom(okafor, "Margaret Hale");
  await okafor.evaluate(() => ((window as unknown as { kept: boolean }).kept = true));
  await okafor.locator(".convo", { hasText: "George Whitcombe" }).click();
  await expect(okafor.getByRole("heading", { level: 1, name: "George Whitcombe" })).toBeVisible();
  await expect(okafor.getByLabel("Message to George Whitcombe")).toBeVisible();
  await expect(okafor.locator("h1")).toHaveCount(1);
  await expect(okafor).toHaveTitle(/^(\(\d+\) )?George Whitcombe · Confer$/);
  const text = words("for George only");
  await okafor.getByLabel("Message to George Whitcombe").fill(text);
  await okafor.keyboard.press("Enter");
  await expect(message(okafor, text)).toHaveAttribute("data-state", STORED);
  await okafor.goBack();
  await expect(okafor.getByRole("heading", { level: 1, name: "Margaret Hale" })).toBeVisible();
  await expect(message(okafor, text)).toHaveCount(0);
  expect(await okafor.evaluate(() => (window as unknown as { kept?: boolean }).kept)).toBe(true);
});
