// Without network: the page that says so, an app that can be installed, and a device that keeps nothing about anybody.
import { atWork, doctor, expect, message, openRoom, patient, signInByForm as signIn, STORED, test, words, type Page } from "./people";
import { Server } from "./server";

test.describe.configure({ mode: "parallel" });

let server: Server;
test.beforeEach(async () => {
  server = await Server.fresh();
});
test.afterEach(() => server.remove());

/** Waits until the worker is there and has put away what it keeps. */
async function ready(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.getRegistration().then((one) => one?.active?.state))).toBe("activated");
}

/** Every address this device keeps, and everything that stands in what is kept. */
async function kept(page: Page): Promise<{ paths: string[]; text: string }> {
  return page.evaluate(async () => {
    const paths: string[] = [];
    let text = "";
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        paths.push(new URL(request.url).pathname);
        text += await (await cache.match(request))!.text();
      }
    }
    return { paths: paths.map((path) => path.replace(/[0-9a-f]{16}/, "HASH")).sort(), text };
  });
}

const SHELL = ["/offline", "/pkg/confer.HASH.css", "/pkg/confer.HASH.js", "/pkg/confer.HASH.wasm"];

test("of a whole day's work a device keeps the shell and nothing else, and after signing out not even that", async ({ visitor }) => {
  const okafor = await visitor({}, server.url);
  const hale = await visitor({}, server.url);
  await signIn(okafor, doctor);
  await atWork(okafor);
  await ready(okafor);
  await signIn(hale, patient);
  await openRoom(okafor, "Margaret Hale");
  await openRoom(hale, "Dr Amara Okafor");
  const secret = words("The biopsy was clear");
  await okafor.getByLabel("Message to Margaret Hale").fill(secret);
  await okafor.keyboard.press("Enter");
  await expect(message(hale, secret)).toHaveCount(1);
  // Through the worker: a page, what belongs to it, the API, another page, one that is not there.
  await okafor.reload();
  await expect(message(okafor, secret)).toHaveAttribute("data-state", STORED);
  expect(await okafor.evaluate(() => !!navigator.serviceWorker.controller)).toBe(true);
  await okafor.evaluate(() => Promise.all([fetch("/api/v1/me"), fetch("/api/v1/rooms"), fetch(location.href), fetch("/favicon.svg")]));
  for (const path of ["/", "/chat", "/team", "/jobs", "/docs", "/nowhere"]) await okafor.goto(path);
  await okafor.goto("/");
  const before = await kept(okafor);
  expect(before.paths).toEqual(SHELL);
  for (const word of [secret, "Margaret", "Okafor", "demo.confer"]) expect(before.text).not.toContain(word);

  await okafor.getByRole("button", { name: "Sign out" }).first().click();
  await expect(okafor).toHaveURL(/\/login/);
  await expect.poll(async () => (await kept(okafor)).paths, { timeout: 15_000 }).toEqual([]);
  expect(await okafor.evaluate(() => navigator.serviceWorker.getRegistrations().then((all) => all.length))).toBe(0);
});

test("without network a page says so, and goes where one wanted to go once there is one", async ({ visitor }) => {
  const hale = await visitor({ viewport: { width: 390, height: 844 } }, server.url);
  await signIn(hale, patient);
  await atWork(hale);
  await ready(hale);
  await hale.context().setOffline(true);
  await hale.goto("/chat");
  await expect(hale.getByRole("heading", { level: 1, name: "You are offline" })).toBeVisible();
  await expect(hale.getByText("call 999")).toBeVisible();
  const look = await hale.getByRole("link", { name: "Try again" }).evaluate((link) => getComputedStyle(link).display);
  expect(look, "its style came along").not.toBe("inline");
  await hale.getByRole("link", { name: "Try again" }).click();
  await expect(hale.getByRole("heading", { level: 1, name: "You are offline" })).toBeVisible();
  await hale.context().setOffline(false);
  await hale.getByRole("link", { name: "Try again" }).click();
  await expect(hale.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
  await expect(hale).toHaveURL(/\/chat$/);
});

test("whatever the server answers is shown, even when it is a refusal", async ({ visitor }) => {
  const hale = await visitor({}, server.url);
  await signIn(hale, patient);
  await atWork(hale);
  await ready(hale);
  const answer = await hale.goto("/chat/room/999999");
  expect(answer?.status()).toBe(404);
  await expect(hale.getByText("You are offline")).toHaveCount(0);
  // A server that is gone cannot be reached either; the next one can.
  await server.stop("SIGKILL");
  await hale.goto("/jobs").catch(() => undefined);
  await expect(hale.getByRole("heading", { level: 1, name: "You are offline" })).toBeVisible();
  await server.start();
  await hale.goto("/");
  await expect(hale.getByRole("heading", { level: 1 })).toContainText("Good ");
});

test("a page of another site begins no conversation through the worker", async ({ visitor }) => {
  const okafor = await visitor({}, server.url);
  await signIn(okafor, doctor);
  await atWork(okafor);
  await ready(okafor);
  // The same server under another name is another site.
  await okafor.goto(`http://localhost:${server.port}/docs`);
  await okafor.evaluate((url) => {
    const link = document.createElement("a");
    link.href = url;
    document.body.append(link);
    link.click();
  }, `${server.url}/chat?email=brennan@demo.confer`);
  await expect(okafor).toHaveURL(`${server.url}/chat`);
});

test("Confer can be installed", async ({ visitor }) => {
  const hale = await visitor({}, server.url);
  await hale.goto("/login");
  const cdp = await hale.context().newCDPSession(hale);
  const { url, errors, data } = await cdp.send("Page.getAppManifest");
  expect(url).toBe(`${server.url}/manifest.webmanifest`);
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data!) as { name: string; start_url: string; display: string; icons: { src: string; sizes: string }[] };
  expect(manifest).toMatchObject({ name: "Confer", start_url: "/", display: "standalone" });
  for (const { src, sizes } of [...manifest.icons, { src: "/apple-touch-icon.png", sizes: "180x180" }]) {
    const size = await hale.evaluate(async (address) => {
      const picture = new Image();
      picture.src = address;
      await picture.decode();
      return `${picture.naturalWidth}x${picture.naturalHeight}`;
    }, src);
    if (sizes !== "any") expect(size, src).toBe(sizes);
  }
  await signIn(hale, patient);
  await atWork(hale);
  await ready(hale);
  const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
  expect(installabilityErrors.map((one) => one.errorId).filter((id) => id !== "in-incognito")).toEqual([]);
});
