// How long a person waits in the browser: from a change in the builder to the
// estimate and to the exact count, and for pages to be there. Serve the data
// first, then:
//
//   node bench/interaction.js http://127.0.0.1:7380 [rounds]
//
// Prints the median, the 95th percentile and the longest of the rounds, in milliseconds.
// A page is there when it has said its answer and nothing on it waits any more.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const [url = "http://127.0.0.1:7380", rounds = "15"] = process.argv.slice(2);
const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (p) => p && existsSync(p),
);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" })).newPage();
page.setDefaultTimeout(60_000);

/** Waits in the page until the heading says something new that matches, and gives the moment. */
const nextAnswer = (pattern, before) =>
  page.evaluate(
    ([source, old]) =>
      new Promise((resolve) => {
        const look = () => {
          const text = document.querySelector("main header p")?.textContent ?? "";
          if (text !== old && new RegExp(source).test(text)) resolve(performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
    [pattern, before],
  );
/** The moment at which the page is told of the next change. */
const changed = () =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener("input", () => resolve(performance.now()), { once: true, capture: true });
      }),
  );
const answer = () => page.locator("main header p").first().textContent();
const results = [];
const report = (what, times) => {
  const sorted = [...times].sort((a, b) => a - b);
  results.push({
    what,
    median: Math.round(sorted[Math.floor(sorted.length / 2)]),
    p95: Math.round(sorted[Math.ceil(sorted.length * 0.95) - 1]),
    longest: Math.round(sorted[sorted.length - 1]),
  });
};

const text = 'country = "DK" and count of purchase within last 12 months >= 3 and sum(amount) of purchase >= 100';
await page.goto(`${url}/builder?text=${encodeURIComponent(text)}`);
await page.getByText(/ match, /).waitFor();
const first = { box: [], exact: [] };
const field = page.getByLabel("Value", { exact: true }).last();
for (let i = 0; i < Number(rounds); i++) {
  const old = await answer();
  const at = changed();
  const seen = nextAnswer("match", old);
  const counted = nextAnswer("^[\\d,]+ of", old);
  await field.fill(String(100 + 37 * (i + 1)));
  first.box.push((await seen) - (await at));
  first.exact.push((await counted) - (await at));
}
report("a box is changed, until the estimate", first.box);
report("a box is changed, until the exact count", first.exact);

const typed = { seen: [], exact: [] };
const area = page.getByRole("combobox", { name: "As text" });
for (let i = 0; i < Number(rounds); i++) {
  await area.fill(text.replace(">= 100", `>= ${90 + 41 * i}`).slice(0, -1));
  await page.getByText(/^[\d,]+ of .* match/).waitFor();
  await page.waitForTimeout(400);
  const before = await answer();
  const at = changed();
  const seen = nextAnswer("match", before);
  const counted = nextAnswer("^[\\d,]+ of", before);
  await area.press(`${(i % 9) + 1}`);
  typed.seen.push((await seen) - (await at));
  typed.exact.push((await counted) - (await at));
}
report("a key in the text, until the estimate", typed.seen);
report("a key in the text, until the exact count", typed.exact);

/** What there is to open, as far as the data has it. */
const firstOf = async (path, pick) => {
  const answer = await (await fetch(`${url}/api/v1/${path}`)).json().catch(() => ({}));
  const name = pick(answer)?.[0];
  return name && encodeURIComponent(name);
};
const customer = await firstOf("profiles?limit=1", (a) => (a.profiles ?? a.members)?.map((p) => p.key));
const segment = await firstOf("segments?limit=1", (a) => a.segments?.map((s) => s.name));
const discovery = await firstOf("discoveries", (a) => a.discoveries?.map((d) => d.name));
const proof = await firstOf("proofs", (a) => a.proofs?.map((p) => p.name));
const pages = [
  ["overview", "/"],
  ["data", "/data"],
  ["customers", "/customers"],
  ["customers found by a part of the key", "/customers?q=99"],
  customer && ["a customer", `/customers/${customer}`],
  ["segments", "/segments"],
  segment && ["a segment", `/segments/${segment}`],
  ["builder", `/builder?text=${encodeURIComponent(text)}`],
  ["discoveries", "/discover"],
  discovery && ["a discovery", `/discover/${discovery}`],
  ["proofs", "/prove"],
  proof && ["a proof", `/prove/${proof}`],
  ["settings", "/settings"],
].filter(Boolean);
for (const [name, path] of pages) {
  const times = [];
  for (let i = 0; i < 3; i++) {
    await page.goto("about:blank");
    const start = Date.now();
    await page.goto(url + path);
    await page.waitForFunction(
      () =>
        document.querySelector("main h1") &&
        !document.querySelector('main [role="status"]:not(:empty), main [data-chart="waiting"]'),
    );
    times.push(Date.now() - start);
  }
  report(`page: ${name}`, times);
}
await browser.close();
const width = Math.max(...results.map((r) => r.what.length));
const columns = ["median", "p95", "longest"];
const lines = results.map((r) => `${r.what.padEnd(width)}${columns.map((c) => String(r[c]).padStart(9)).join("")}\n`);
process.stdout.write(`${"".padEnd(width)}${columns.map((c) => c.padStart(9)).join("")}\n${lines.join("")}`);
