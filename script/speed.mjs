// Times a room of 50 messages as a middling phone sees it: node script/speed.mjs ADDRESS [--strict] [--runs N] [--trace FOLDER]
import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launch } from "./browser.mjs";
import { room, say, signIn } from "./demo.mjs";
import { watch } from "./watch.mjs";

const KB = 1024;
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { strict: { type: "boolean" }, runs: { type: "string", default: "3" }, trace: { type: "string" } },
});
const [address] = positionals;
if (!address) {
  console.error("usage: node script/speed.mjs ADDRESS [--strict] [--runs N] [--trace FOLDER]");
  process.exit(2);
}

// A slow mobile network, and a processor a quarter as quick as this one.
const NETWORK = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const SLOWER = 4;
const TRACED = ["toplevel", "devtools.timeline", "v8", "v8.wasm", "blink.user_timing", "disabled-by-default-v8.compile"];

const rows = [
  ["HTML", "kb"],
  ["CSS", "kb"],
  ["JS", "kb"],
  ["WASM", "kb"],
  ["other", "kb"],
  ["transferred until at work", "kb", 300 * KB],
  ["first contentful paint", "ms"],
  ["largest contentful paint", "ms", 1_800],
  ["layout shift", "score", 0],
  ["page at work (hydrated)", "ms"],
  ["longest task of the load", "ms"],
  ["typed message shown", "ms", 3_500],
  ["interaction to next paint", "ms", 200],
  ["longest task, 50 messages one by one", "ms", 50],
  ["longest task, 50 messages at once", "ms", 50],
];

const doctor = await signIn(address, "okafor@demo.confer");
const patient = await signIn(address, "hale@demo.confer");
const path = await room(address, doctor, "Margaret Hale");
const measured = [];
const runs = Array.from({ length: Number(options.runs) }, (_, at) => at + 1);
for (const _ of runs) measured.push(await load());
// Watching every task costs time, so this load is not among those that are timed.
const watched = await visit("load", ({ page, traced }) =>
  traced("page", async () => {
    await page.goto(path, { waitUntil: "commit" });
    await atWork(page);
    // The task that ended there is to be in it.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }),
);
// Last, because the room is another one afterwards.
for (const run of runs) Object.assign(measured[run - 1], await talk(run));
print();

/** Waits until the page is hydrated. */
async function atWork(page) {
  try {
    await page.waitForFunction(() => window.seen?.atWork > 0, undefined, { timeout: 60_000 });
  } catch (error) {
    const state = await page.evaluate(() => `${location.pathname} is ${document.readyState}, hydrated ${document.documentElement.dataset.hydrated}`);
    throw new Error(`the page never came to work: ${state}`, { cause: error });
  }
}

/** A browser that has never been here, held back, with the person signed in. */
async function visit(name, todo) {
  const browser = await launch();
  try {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, baseURL: address });
    const [key, value] = doctor.split(/=(.*)/s);
    await context.addCookies([{ name: key, value, url: address }]);
    await context.addInitScript(watch);
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    // A window counts its frame in: without more of it the lowest lines are never put on the screen, and what is typed
    // there would seem to wait for ever.
    const { windowId } = await cdp.send("Browser.getWindowForTarget");
    await cdp.send("Browser.setWindowBounds", { windowId, bounds: { width: 800, height: 1_200 } });
    await cdp.send("Network.enable");
    await cdp.send("Network.emulateNetworkConditions", NETWORK);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    return await todo({ browser, page, cdp, traced: (part, work) => traced(browser, page, `${name}-${part}`, work) });
  } finally {
    await browser.close();
  }
}

/** What the page's main thread did meanwhile: its longest task, and what that was busy with. */
async function traced(browser, page, name, work) {
  await browser.startTracing(page, { categories: TRACED });
  await work();
  const bytes = await browser.stopTracing();
  if (options.trace) {
    mkdirSync(options.trace, { recursive: true });
    writeFileSync(join(options.trace, `${name}.json`), bytes);
  }
  const { traceEvents } = JSON.parse(bytes);
  const main = traceEvents.filter((one) => one.name === "thread_name" && one.args.name === "CrRendererMain");
  // Of all renderers the one that ran longest is the page's.
  const tasks = main.map(({ pid, tid }) => traceEvents.filter((one) => one.pid === pid && one.tid === tid && one.ph === "X"));
  const isTask = (one) => one.name.endsWith("RunTask");
  // In time of the processor, brake included: what else runs on the machine does not lengthen it.
  const time = (one) => one.tdur ?? one.dur;
  const total = (events) => events.filter(isTask).reduce((sum, one) => sum + time(one), 0);
  const events = tasks.sort((a, b) => total(b) - total(a))[0] ?? [];
  const longest = events.filter(isTask).sort((a, b) => time(b) - time(a))[0];
  if (!longest) throw new Error("the trace holds no task");
  const inside = events.filter((one) => one !== longest && !isTask(one) && one.ts >= longest.ts && one.ts + one.dur <= longest.ts + longest.dur);
  const busy = inside.sort((a, b) => time(b) - time(a)).slice(0, 4).map((one) => `${one.name} ${(time(one) / 1_000).toFixed(0)} ms`);
  const lazy = events.filter((one) => one.name === "wasm.CompileLazy");
  const lazyMs = lazy.reduce((sum, one) => sum + time(one), 0) / 1_000;
  return { lazy: `${lazy.length}, ${lazyMs.toFixed(0)} ms`, ms: time(longest) / 1_000, busy: busy.join(", ") };
}

/** The page comes, and nobody touches it. */
function load() {
  return visit("load", async ({ page, cdp }) => {
    const requests = new Map();
    cdp.on("Network.responseReceived", ({ requestId, response, type }) => requests.set(requestId, { response, type, bytes: 0 }));
    cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const request = requests.get(requestId);
      if (request) request.bytes = encodedDataLength;
    });
    await page.goto(path, { waitUntil: "commit" });
    await atWork(page);
    await page.waitForTimeout(2_000);
    const seen = await page.evaluate(() => window.seen);
    const messages = await page.locator("li.msg").count();
    if (messages !== 50) throw new Error(`the room shows ${messages} messages, not 50`);
    const found = { HTML: 0, CSS: 0, JS: 0, WASM: 0, other: 0 };
    for (const { response, bytes } of requests.values()) {
      const kind = { "text/html": "HTML", "text/css": "CSS", "text/javascript": "JS", "application/wasm": "WASM" }[response.mimeType];
      found[kind ?? "other"] += bytes;
      const coding = response.headers["content-encoding"] ?? response.headers["Content-Encoding"];
      if (kind && bytes > 0 && coding !== "br") throw new Error(`${response.url} came as ${coding ?? "it is"}, not in brotli`);
    }
    return {
      ...found,
      "transferred until at work": Object.values(found).reduce((sum, bytes) => sum + bytes),
      "first contentful paint": seen.painted,
      "largest contentful paint": seen.largest,
      "layout shift": seen.shift,
      moved: seen.moved,
      "page at work (hydrated)": seen.atWork,
      "longest task of the load": seen.longest,
    };
  });
}

/** Somebody types as soon as there is a place to, goes on, and is written to. */
function talk(run) {
  return visit(`talk-${run}`, async ({ page, traced }) => {
    const words = `As early as can be, ${run}`;
    await page.addInitScript((text) => (window.wanted = text), words);
    await page.goto(path, { waitUntil: "commit" });
    const field = page.locator("#compose");
    await field.waitFor({ timeout: 60_000 });
    await field.focus();
    await page.keyboard.type(words);
    // Before that Enter is a new line.
    await atWork(page);
    await page.keyboard.press("Enter");
    const shown = await page.waitForFunction(() => window.seen.shown, undefined, { timeout: 60_000 });
    const shownAfter = await shown.jsonValue();
    await page.waitForFunction(() => document.querySelector("li.msg:last-child[data-state]")?.dataset.state !== "sending");
    await page.waitForTimeout(1_000);

    for (const line of ["How are you today?", "Shall we talk tomorrow at ten?"]) {
      await field.click();
      await page.keyboard.type(line, { delay: 60 });
      await page.keyboard.press("Enter");
      await page.waitForTimeout(400);
    }
    await page.getByRole("link", { name: "Show earlier messages" }).click();
    await page.waitForTimeout(1_500);
    await page.locator(".thread-head a").first().click();
    await page.waitForTimeout(1_500);
    await page.locator(".convo").nth(1).click();
    await page.waitForTimeout(2_500);
    const slow = await page.evaluate(() => window.seen.interactions);
    const [slowest, ...others] = Object.values(slow).sort((a, b) => b.ms - a.ms);
    const told = [slowest, ...others.slice(0, 3)].map((one) => `${one.name} on ${one.on}: ${one.ms} ms at ${one.at} ms, after waiting ${one.waited}, working ${one.worked}`);

    await page.goto(path);
    await atWork(page);
    await page.waitForTimeout(3_000);
    const messages = page.locator("li.msg");
    const append = async (name, atOnce) => {
      const before = await messages.count();
      // Nothing is asked of the page meanwhile: the question would be a task itself.
      const task = await traced(name, async () => {
        await say(address, patient, path, 50, atOnce);
        await new Promise((resolve) => setTimeout(resolve, 2_000));
      });
      const added = (await messages.count()) - before;
      if (added !== 50) throw new Error(`${added} messages of 50 were shown`);
      return task;
    };
    const singly = await append("singly", 1);
    const together = await append("together", 50);
    console.error(`run ${run}, load of the machine ${loadavg()[0].toFixed(1)}; the slowest interactions:`);
    for (const line of told) console.error(`  ${line}`);
    console.error(`  longest task, one by one: ${singly.busy}; at once: ${together.busy}`);
    return {
      "typed message shown": shownAfter,
      "interaction to next paint": slowest.ms,
      "longest task, 50 messages one by one": singly.ms,
      "longest task, 50 messages at once": together.ms,
    };
  });
}

function print() {
  const show = { kb: (n) => `${(n / KB).toFixed(1)} KB`, ms: (n) => `${Math.round(n)} ms`, score: (n) => n.toFixed(3) };
  const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
  let missed = false;
  console.log(`${"".padEnd(38)} ${"median".padStart(10)} ${"aim".padStart(10)}   runs`);
  for (const [name, unit, aim] of rows) {
    const all = measured.map((found) => found[name]);
    const middle = median(all);
    const isOver = aim !== undefined && middle > aim;
    missed ||= isOver;
    const wanted = aim === undefined ? "" : show[unit](aim);
    console.log(`${name.padEnd(38)} ${show[unit](middle).padStart(10)} ${wanted.padStart(10)} ${isOver ? "!" : " "} ${all.map(show[unit]).join(", ")}`);
  }
  for (const moved of measured.flatMap((found) => found.moved)) console.log(`Moved: ${moved}`);
  console.log(`The longest task of a load: ${watched.busy}. Functions of the WASM compiled on first use: ${watched.lazy}.`);
  console.log(`${measured.length} runs, cold cache, 1.6 Mbit/s down, 750 kbit/s up, 150 ms, processor slowed ${SLOWER} times; load of the machine ${loadavg()[0].toFixed(1)}`);
  if (missed) console.log("An aim is missed.");
  if (missed && options.strict) process.exitCode = 1;
}
