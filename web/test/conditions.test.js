// Every page in every condition: languages, colours and widths. What a page is
// for is tested in its own file; here stands what all of them must hold to.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { checkPage, settled, setup, words } from "./harness.js";

const app = setup();
const src = join(import.meta.dirname, "..", "src");

/** Every page by its address; a route's path with what stands for its parameters. */
const pages = {
  "/": ["/", "/?period=year&by=value"],
  "/data": ["/data", "/data?tab=imports"],
  "/data/import": ["/data/import"],
  "/customers": ["/customers", "/customers?q=123"],
  "/customers/$key": ["/customers/12347?why=Loyal"],
  "/segments": ["/segments", "/segments?q=nothing%20such"],
  "/segments/$name": ["/segments/Loyal"],
  "/builder": ["/builder", "/builder?segment=Win%20back"],
  "/discover": ["/discover"],
  "/discover/$name": ["/discover/Buyers%20by%20RFM"],
  "/prove": ["/prove"],
  "/prove/$name": ["/prove/Buyers%20by%20RFM"],
  "/settings": ["/settings", "/settings?tab=audit"],
  "/join": ["/join#nonsense"],
};
const addresses = [...Object.values(pages).flat(), "/no/such/page"];

/** What no person should read. */
const nonsense = /\bNaN\b|\bundefined\b|Invalid Date|\[object |\bnull\b|\bfunction\b/;

/** Sentences that the English pages say, and the Danish must not. */
const english = new Set();
let en;
before(async () => {
  const said = await words();
  en = said.en;
  const collect = (from, to) => {
    for (const [key, text] of Object.entries(from)) {
      if (typeof text === "object") collect(text, to[key]);
      // Words of the language of segments are English in both.
      else if (typeof text === "string" && /^[A-Z].* /.test(text) && text !== to[key]) english.add(text);
    }
  };
  collect(said.en, said.da);
});

test("every route stands here", async () => {
  const paths = [];
  for (const folder of await readdir(join(src, "pages"))) {
    const text = await readFile(join(src, "pages", folder, "route.ts"), "utf8");
    paths.push(...[...text.matchAll(/path: "([^"]+)"/g)].map((m) => m[1]));
    if (text.includes("path: joinPath")) paths.push("/join");
  }
  assert.deepEqual(paths.sort(), Object.keys(pages).sort());
});

/** open goes to an address and waits until all that the page asked for is there. */
async function open(page, address) {
  page.faults.length = 0;
  await page.goto("about:blank");
  await page.goto(app.url + address);
  await quiet(page);
}

/** quiet waits until the page has its heading, and nothing is under way. */
async function quiet(page) {
  await page.waitForSelector("h1");
  // Longer than the builder waits before it counts.
  for (let still = 0; still < 5; still = page.asked.size === 0 ? still + 1 : 0) await page.waitForTimeout(50);
  await settled(page);
}

/** watched is a page that knows which requests are under way. */
async function watched(view) {
  const page = await app.open("/", view);
  page.asked = new Set();
  page.on("request", (r) => page.asked.add(r));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (r) => page.asked.delete(r));
  return page;
}

/** read holds the words of a page to what every page must hold to. */
async function read(page, at, language) {
  const said = await page.evaluate(() => ({
    heads: [...document.querySelectorAll("h1")].map((h) => h.textContent),
    title: document.title,
    named: [...document.querySelectorAll("[aria-label],[title],[placeholder]")].flatMap((e) =>
      ["aria-label", "title", "placeholder"].map((a) => e.getAttribute(a) ?? ""),
    ),
  }));
  const text = await page.locator("body").innerText();
  assert.equal(said.heads.length, 1, `${at}: headings ${said.heads}`);
  assert.equal(said.title, `${said.heads[0]} · kreds`, at);
  for (const words of [text, ...said.named]) assert.doesNotMatch(words, nonsense, at);
  if (language === "da") {
    const left = [...english].filter((e) => text.includes(e) || said.named.includes(e));
    assert.deepEqual(left, [], `${at}: in English`);
  }
}

/** Any two of language, colours and width meet. */
const looks = {
  en: [
    { scheme: "light", width: 1280 },
    { scheme: "dark", width: 390 },
  ],
  da: [
    { scheme: "dark", width: 1280 },
    { scheme: "light", width: 390 },
  ],
};

for (const [language, ways] of Object.entries(looks)) {
  test(`every page, ${language}`, async () => {
    const page = await watched({ language, ...ways[0] });
    for (const address of addresses) {
      for (const { scheme, width } of ways) {
        // Opened anew: colours of the scheme before linger for a moment.
        await page.emulateMedia({ colorScheme: scheme });
        await page.setViewportSize({ width, height: 900 });
        await open(page, address);
        await read(page, address, language);
        await checkPage(page, `${address} ${language} ${scheme} ${width}`);
      }
    }
    await page.context().close();
  });
}

const problem = {
  type: "about:blank",
  title: "",
  status: 500,
  code: "internal",
  detail: "the disk is gone",
  hint: "plug it in",
};

/** What a page does without: these say something beside what it is for. */
const aside = [
  ["/data", "/api/v1/imports"],
  ["/data?tab=imports", "/api/v1/data"],
  ["/customers/12347?why=Loyal", "/api/v1/data"],
  ["/customers/12347?why=Loyal", "/api/v1/imports"],
  ["/customers?q=123", "/api/v1/segments"],
  ["/customers?q=123", "/api/v1/data"],
  ["/segments?q=nothing%20such", "/api/v1/data"],
  ["/segments/Loyal", "/api/v1/worth"],
  ["/prove/Buyers%20by%20RFM", "/api/v1/imports"],
  ["/prove/Buyers%20by%20RFM", "/api/v1/discoveries"],
  ["/discover/Buyers%20by%20RFM", "/api/v1/discoveries"],
  ["/discover/Buyers%20by%20RFM", "/api/v1/segments"],
  ["/discover/Buyers%20by%20RFM", "/api/v1/discoveries/Buyers%20by%20RFM/worth"],
  ["/settings", "/api/v1/catalogue"],
  ["/settings", "/api/v1/imports"],
  ["/settings", "/api/v1/worth"],
];

test("whatever fails is said, with its hint, and tried again", async () => {
  const page = await watched({});
  let asked = new Set();
  page.on("request", (r) => {
    const { pathname } = new URL(r.url());
    if (pathname.startsWith("/api/") && !/(session|jobs)$/.test(pathname)) asked.add(pathname);
  });
  const without = [];
  for (const address of Object.values(pages).map((p) => p.at(-1))) {
    if (/import$|join/.test(address)) continue;
    asked = new Set();
    await open(page, address);
    for (const path of asked) {
      const match = (u) => u.pathname === path;
      await page.route(match, (r) =>
        r.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify(problem) }),
      );
      await open(page, address);
      const at = `${address} without ${path}`;
      assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1, at);
      assert.deepEqual(page.faults, [], at);
      const alerts = page.getByRole("alert");
      // What is asked only after something else is there comes late.
      const expected = !aside.some(([a, p]) => a === address && p === path);
      if (expected)
        await alerts
          .first()
          .waitFor({ timeout: 3000 })
          .catch(() => null);
      if ((await alerts.count()) === 0) {
        if (expected) without.push([address, path]);
      } else {
        const text = await alerts.first().innerText();
        assert.match(text, /The disk is gone[\s\S]*Plug it in/, at);
      }
      await page.unroute(match);
      for (let i = 0; i < 5 && (await alerts.count()) > 0; i++) {
        // Parts that wait for each other are asked one after the other; some are asked again by themselves.
        await alerts
          .getByRole("button", { name: en.common.retry })
          .first()
          .click({ timeout: 2000 })
          .catch(() => null);
        await quiet(page);
      }
      assert.equal(await alerts.count(), 0, `${at}: still after trying again`);
    }
  }
  assert.deepEqual(without, [], "nothing is said of what failed");
  await page.context().close();
});

test("links with mistakes open as without them, or lead on", async () => {
  const page = await watched({});
  for (const address of [
    "/?period=banana&by=7",
    "/data?tab=9",
    "/customers?q=%00&kind=alien",
    "/customers/nobody",
    "/customers/12347?asOf=banana",
    "/customers/12347?why=%28%28",
    "/segments?q=%5B1%5D",
    "/segments/Nope",
    "/segments/Loyal?asOf=2011-02-30",
    "/segments/Loyal?asOf=9999-12-31",
    "/builder?text=%28did&asOf=banana",
    "/builder?segment=Nope",
    "/discover?job=nope&name=x",
    "/discover/Nope",
    "/discover/Buyers%20by%20RFM?k=-1",
    "/discover/Buyers%20by%20RFM?k=1e99",
    "/prove?job=nope&name=x&segment=Nope",
    "/prove/Nope",
    "/prove/Buyers%20by%20RFM?segment=Nope",
    "/settings?tab=banana",
  ]) {
    await open(page, address);
    assert.deepEqual(page.faults, [], address);
    const head = await page.getByRole("heading", { level: 1 }).innerText();
    assert.notEqual(head, en.common.failed, address);
    assert.doesNotMatch(await page.locator("main").innerText(), nonsense, address);
    const thing = /^\/(customers|segments|discover|prove)\/(Nope|nobody)/.exec(address);
    if (thing) {
      await page
        .locator("main")
        .getByRole("link", { name: en.common.shortcutGo(en.common.nav[thing[1]]) })
        .click();
      await page.waitForURL(`${app.url}/${thing[1]}`);
    }
  }
  await page.context().close();
});

test("a segment that somebody deletes meanwhile", async () => {
  await app.kreds("segment", "create", "Short lived", "did purchase");
  const page = await watched({});
  await open(page, "/segments/Short%20lived");
  await app.kreds("segment", "delete", "Short lived", "--yes");
  await page.getByRole("button", { name: en.segments.refresh, exact: true }).click();
  await page.getByRole("alert").getByText("Short lived").first().waitFor();
  await page.reload();
  await page
    .locator("main")
    .getByRole("link", { name: en.common.shortcutGo(en.common.nav.segments) })
    .waitFor();
  await page.context().close();
});

test("without a network, and with answers that take long", async () => {
  const page = await watched({});
  await quiet(page);
  await page.context().setOffline(true);
  const pagesOf = page.getByRole("navigation", { name: en.common.navigation });
  await pagesOf.getByRole("link", { name: en.common.nav.customers }).click();
  await page.getByRole("heading", { level: 1, name: en.common.newVersion }).waitFor();
  await page.context().setOffline(false);
  await page.getByRole("button", { name: en.common.reload }).click();
  await page.getByRole("heading", { level: 1, name: en.common.nav.customers }).waitFor();
  await quiet(page);
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await page.route("**/api/v1/segments*", async (r) => {
    await held;
    await r.continue();
  });
  await page.goto(`${app.url}/segments`);
  await page.getByRole("status").getByText(en.common.stillLoading("").split(",")[0]).waitFor();
  release();
  await page.getByRole("link", { name: "Loyal" }).waitFor();
  await page.context().close();
});
