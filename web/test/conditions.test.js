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
  for (let still = 0; still < 3; still = page.asked.size === 0 ? still + 1 : 0) await page.waitForTimeout(20);
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
      await page.emulateMedia({ colorScheme: ways[0].scheme });
      await page.setViewportSize({ width: ways[0].width, height: 900 });
      await open(page, address);
      await read(page, address, language);
      for (const { scheme, width } of ways) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.setViewportSize({ width, height: 900 });
        await quiet(page);
        await checkPage(page, `${address} ${language} ${scheme} ${width}`);
      }
    }
    await page.context().close();
  });
}
