// What the browser tests share: a kreds server with data of its own, a real
// Chromium, and what every page must hold to. A test file calls setup once:
//
//   const app = setup();
//   test("…", async () => { const page = await app.open("/segments"); … });
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const root = join(import.meta.dirname, "..", "..");
const binary = process.env.KREDS ?? join(root, "bin", "kreds");
const artefacts = join(import.meta.dirname, "..", "artefacts");
const browserPath = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((p) => p && existsSync(p));
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The ways in which every page is looked at: any two of language, colours and width meet. */
export const views = [
  { language: "en", scheme: "light", width: 1280 },
  { language: "en", scheme: "dark", width: 390 },
  { language: "da", scheme: "light", width: 390 },
  { language: "da", scheme: "dark", width: 1280 },
];

function run(args) {
  return new Promise((resolve, reject) => {
    const p = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    p.stdout.on("data", (b) => (out += b));
    p.stderr.on("data", (b) => (out += b));
    p.on("error", reject);
    p.on("exit", (code) => (code === 0 ? resolve(out) : reject(new Error(`kreds ${args.join(" ")}: ${out}`))));
  });
}

/** serve runs kreds serve on a free port until stop is called. */
async function serve(dir, accounts) {
  const args = ["--data", dir, "serve", "--listen", "127.0.0.1:0", ...(accounts ? ["--accounts"] : [])];
  const p = spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"] });
  let first = "";
  const url = await new Promise((resolve, reject) => {
    let said = "";
    p.stderr.on("data", (b) => {
      said += b;
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
      first = said.match(/\/join#\S+/)?.[0] ?? "";
      if (found && (!accounts || first)) resolve(found[0]);
    });
    p.on("error", reject);
    p.on("exit", () => reject(new Error(`kreds serve ended: ${said}`)));
  });
  const stop = () =>
    new Promise((resolve) => {
      p.removeAllListeners("exit");
      if (p.exitCode !== null) return resolve();
      p.on("exit", resolve);
      p.kill("SIGTERM");
    });
  return { url, first, stop };
}

/**
 * setup makes a server with the demo's data, or none with demo: false, for the
 * tests of a file. With accounts, app.first is the path of the link to the first
 * one; app.cookies are those that pages are opened with.
 */
export function setup({ demo = true, accounts = false } = {}) {
  const app = {
    url: "",
    dir: "",
    browser: null,
    faults: [],
    first: "",
    cookies: [],
    password: "four green cats on a roof",
  };
  let server;

  before(async () => {
    assert.ok(existsSync(binary), `${binary} is missing: make build`);
    assert.ok(browserPath, "there is no Chromium: install it, or name it in $CHROMIUM");
    app.dir = await mkdtemp(join(tmpdir(), "kreds-web-"));
    if (demo) await run(["--data", app.dir, "demo"]);
    server = await serve(app.dir, accounts);
    app.url = server.url;
    app.first = server.first;
    app.browser = await chromium.launch({ executablePath: browserPath, headless: true, args: flags });
    await mkdir(artefacts, { recursive: true });
  });
  after(async () => {
    await app.browser?.close();
    await server?.stop();
    if (app.dir) await rm(app.dir, { recursive: true, force: true });
  });

  /** Runs the command line on the same data, through the server. */
  app.kreds = (...args) => run(["--data", app.dir, ...args]);

  /** Stops the server, as for a server that is away. */
  app.stop = () => server.stop();

  /** Makes an account, the first of them by the link that the server gave, and gives its cookies. Its password is app.password. */
  app.account = async (name, role = "admin") => {
    const post = (path, body, headers = {}) =>
      fetch(`${app.url}/api/v1${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
    let code = app.first.split("#")[1];
    if (app.admin) {
      const made = await post("/users", { name, role }, { Cookie: app.admin });
      code = (await made.json()).link.split("#")[1];
    }
    const answer = await post("/links/accept", { code, password: app.password, ...(app.admin ? {} : { name }) });
    assert.ok(answer.ok, `an account for ${name}: ${answer.status}`);
    const cookies = answer.headers.getSetCookie().map((c) => c.split(";")[0]);
    app.admin ??= cookies.join("; ");
    return cookies.map((c) => ({ name: c.split("=")[0], value: c.slice(c.indexOf("=") + 1), url: app.url }));
  };

  /** Opens an address in a page of its own; whoever opens it closes it, or the browser does at the end. */
  app.open = async (path, view = {}) => {
    const { language = "en", scheme = "light", width = 1280, height = 900, reducedMotion = "reduce" } = view;
    const context = await app.browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion,
      locale: language === "da" ? "da-DK" : "en-GB",
      timezoneId: "Europe/Copenhagen",
    });
    if (app.cookies.length > 0) await context.addCookies(app.cookies);
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.faults = [];
    page.on("pageerror", (e) => page.faults.push(`error: ${e.message}`));
    page.on("console", (m) => {
      // A failed answer of the API is the page's to show; the browser's own line about it says no more.
      if (m.type() === "error" && !m.text().startsWith("Failed to load resource"))
        page.faults.push(`console: ${m.text()}`);
    });
    page.on("request", (r) => {
      const u = new URL(r.url());
      if (u.origin !== app.url && u.protocol !== "data:" && u.protocol !== "blob:")
        page.faults.push(`request to ${u.origin}`);
    });
    await page.goto(app.url + path);
    return page;
  };

  /**
   * Looks at a page in every view: nothing fails, nothing is asked of another
   * host, axe finds nothing serious, nothing is wider than the window. Leaves a
   * screenshot of each in artefacts. The text of ready, in the page, says when
   * it is there: a selector, or a function of the page.
   */
  app.lookAt = async (name, path, ready) => {
    for (const view of views) {
      const page = await app.open(path, view);
      if (typeof ready === "function") await ready(page);
      else await page.waitForSelector(ready);
      await settled(page);
      await checkPage(page, `${name} ${Object.values(view).join(" ")}`);
      await page.screenshot({
        path: join(artefacts, `${name}-${view.language}-${view.scheme}-${view.width}.png`),
        fullPage: true,
      });
      await page.context().close();
    }
  };
  return app;
}

/** words are the messages of the app by language and page, as tests find things by: words.en.common.retry. */
export async function words() {
  const root = join(import.meta.dirname, "..");
  const vite = await createServer({
    root,
    logLevel: "error",
    server: { middlewareMode: true },
    optimizeDeps: { noDiscovery: true },
  });
  const all = { en: {}, da: {} };
  for (const language of ["en", "da"]) {
    for (const file of await readdir(join(root, "src/i18n", language))) {
      const loaded = await vite.ssrLoadModule(`/src/i18n/${language}/${file}`);
      if (loaded[language]) all[language][file.replace(".ts", "")] = loaded[language];
    }
  }
  await vite.close();
  return all;
}

/** settled waits until charts are drawn and nothing moves. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector('[data-chart="waiting"], [role="status"]:not(:empty)'));
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => {}))));
}

const axe = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** checkPage holds what is shown to what every page must hold to. */
export async function checkPage(page, name) {
  assert.deepEqual(page.faults, [], `${name}: faults`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `${name}: ${wide} px wider than the window`);
  await page.evaluate(await axe); // in the page's own world: the policy forbids scripts that are added
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  const serious = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  const text = serious
    .map((v) => `${v.id}: ${v.help}\n  ${v.nodes.map((n) => `${n.html}\n    ${n.failureSummary}`).join("\n  ")}`)
    .join("\n");
  assert.equal(text, "", `${name}: axe`);
}

/** shot leaves a screenshot of a step in artefacts: of what is seen, or of the whole page. */
export async function shot(page, name, fullPage = false) {
  await settled(page);
  await page.screenshot({ path: join(artefacts, `${name}.png`), fullPage });
}
