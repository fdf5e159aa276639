// Keeps a busy room open and watches what browser and server hold: node script/soak.mjs ADDRESS PID [MINUTES]
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { launch } from "./browser.mjs";
import { room, say, signIn } from "./demo.mjs";

const MB = 1024 * 1024;
const [address, pid, minutes = "60"] = process.argv.slice(2);
if (!address || !pid) {
  console.error("usage: node script/soak.mjs ADDRESS PID [MINUTES]");
  process.exit(2);
}
const MINUTE_MS = 60_000;
const lasts = Number(minutes) * MINUTE_MS;
// Until then caches fill: every room has been opened once, the log is as long as it may become.
const settled = 10 * MINUTE_MS;

// What each may grow in an hour. A page that kept the 3,600 messages it is sent in that time would hold at least 4 MB,
// 3,600 rows of some 25 nodes, and listeners for each; what stays as it is moves up and down by less than a tenth of that.
const columns = [
  { name: "JS heap", show: mb, limit: 1 * MB },
  { name: "WASM", show: mb, limit: 0.5 * MB },
  { name: "nodes", show: String, limit: 500 },
  { name: "listeners", show: String, limit: 20 },
  { name: "rows", show: String, limit: 20 },
  // SQLite's caches of pages grow with the database, which is 3 MB larger after this.
  { name: "server", show: mb, limit: 16 * MB },
];

const patient = await signIn(address, "hale@demo.confer");
const doctor = await signIn(address, "okafor@demo.confer");
const path = await room(address, doctor, "Margaret Hale");
// Three minutes in quarters of one. From the change of rooms to the end the log fills up to what it may hold.
const ROUND = [measure, write, look, turn, rest, look, rest, write, rest, look, rest, rest];
const measured = [];
const did = { heard: 0, wrote: 0, came: 0, switched: 0, scrolled: 0 };
const browser = await launch();
try {
  const page = await open(doctor);
  const other = await open(patient);
  await page.goto(path);
  await page.waitForSelector("html[data-hydrated=true]");
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  const began = Date.now();
  const end = began + lasts;
  console.log(["minute", "messages", ...columns.map(({ name }) => name)].map((word) => word.padStart(10)).join(""));
  await Promise.all([
    repeat(1_000, end, hear),
    repeat(20_000, end, () => comeAndGo(other)),
    // One after another, since they share the page, and so that it is always measured in the same state.
    repeat(15_000, end + 1, (turn) => ROUND[turn % ROUND.length](page, cdp, began)),
  ]);
} finally {
  await browser.close();
}
conclude();

/** A page of somebody who is signed in, that knows how much memory its WASM has taken. */
async function open(cookie) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: address });
  const [name, value] = cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url: address }]);
  await context.addInitScript(() => {
    window.memories = [];
    for (const name of ["instantiate", "instantiateStreaming"]) {
      const real = WebAssembly[name];
      WebAssembly[name] = async (...given) => {
        const made = await real.apply(WebAssembly, given);
        const { memory } = (made.instance ?? made).exports;
        if (memory) window.memories.push(memory);
        return made;
      };
    }
  });
  return context.newPage();
}

/** Does something so often, until the end; what takes longer is not done twice at a time. */
async function repeat(ms, end, todo) {
  let due = Date.now();
  for (let turn = 0; due < end; turn++) {
    await new Promise((resolve) => setTimeout(resolve, due - Date.now()));
    await todo(turn);
    due = Math.max(due + ms, Date.now());
  }
}

async function hear() {
  await say(address, patient, path, 1, 1);
  did.heard++;
}

/** The other person comes, begins to write, and is gone. */
async function comeAndGo(other) {
  await other.goto(path);
  await other.waitForSelector("html[data-hydrated=true]");
  await other.locator("#compose").pressSequentially("I wanted to ask", { delay: 100 });
  await other.waitForTimeout(2_000);
  await other.goto("about:blank");
  did.came++;
}

async function write(page) {
  await page.locator("#compose").fill("Thank you, I have noted that.");
  await page.keyboard.press("Enter");
  did.wrote++;
}

/** Looks some pages back, and returns. */
async function look(page) {
  const log = page.locator(".thread");
  await log.hover();
  for (let times = 0; times < 8; times++) {
    await page.mouse.wheel(0, -1_500);
    await page.waitForTimeout(300);
  }
  await log.press("End");
  await page.waitForTimeout(500);
  did.scrolled++;
}

/** Two other rooms, of the four that come next in the list, and back. */
async function turn(page) {
  const rooms = page.locator(".pane--list .convo");
  const paths = await rooms.evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  const others = paths.filter((one) => one !== path).sort().slice(0, 4);
  for (const one of [others[did.switched % 4], others[(did.switched + 1) % 4], path]) {
    await page.locator(`.pane--list .convo[href="${one}"]`).click();
    await page.locator(`.convo[href="${one}"][aria-current=page]`).waitFor();
    await page.waitForTimeout(2_000);
    did.switched++;
  }
}

async function rest() {}

async function measure(page, cdp, began) {
  // Some of what is let go is only found to be free the second time.
  for (let times = 0; times < 2; times++) await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const metric = (name) => metrics.find((one) => one.name === name).value;
  const seen = await page.evaluate(() => ({
    wasm: window.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
    rows: document.querySelectorAll(".thread li").length,
  }));
  const [, kb] = readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB/m);
  const row = [metric("JSHeapUsedSize"), seen.wasm, metric("Nodes"), metric("JSEventListeners"), seen.rows, kb * 1024];
  const at = Date.now() - began;
  measured.push({ at, row });
  const words = [(at / MINUTE_MS).toFixed(1), String(did.heard + did.wrote), ...row.map((n, column) => columns[column].show(n))];
  console.log(words.map((word) => word.padStart(10)).join(""));
}

/** How much more there is of it an hour later: the straight line through all that was measured. */
function growth(column) {
  const points = measured.filter(({ at }) => at >= settled).map(({ at, row }) => [at / (60 * MINUTE_MS), row[column]]);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [hour, held] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const slope = points.reduce((sum, [x, y]) => sum + (x - hour) * (y - held), 0);
  return slope / points.reduce((sum, [x]) => sum + (x - hour) ** 2, 0);
}

function conclude() {
  console.log(
    `Heard ${did.heard} messages and wrote ${did.wrote}, opened a room ${did.switched} times and scrolled back ${did.scrolled} times; ` +
      `the other person came and went ${did.came} times. Load of the machine ${loadavg()[0].toFixed(1)}.`,
  );
  if (lasts < 30 * MINUTE_MS) return console.log("Too short to say what an hour does.");
  const line = (name, values) => console.log(`${name.padStart(20)}${values.map((word) => word.padStart(10)).join("")}`);
  const found = columns.map((_, column) => growth(column));
  line("growth per hour", found.map((n, column) => columns[column].show(columns[column].show === mb ? n : Math.round(n))));
  line("limit", columns.map(({ show, limit }) => show(limit)));
  const over = columns.filter(({ limit }, column) => found[column] > limit).map(({ name }) => name);
  if (over.length > 0) {
    console.log(`Grows: ${over.join(", ")}.`);
    process.exitCode = 1;
  }
}

function mb(bytes) {
  return `${(bytes / MB).toFixed(1)} MB`;
}
