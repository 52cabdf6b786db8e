// A person who reads Danish is shown no English: on each page, no text is one of the
// English messages of the app, nor one of the English texts of the server.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { loader } from "./catalogues.js";
import { settled, setup } from "./harness.js";

const app = setup();
const catalogues = loader();
const found = "Buyers by RFM";

/** What is English: texts as they are, and patterns of texts that something goes into. */
const english = { exact: new Map(), patterns: [] };

const quote = (s) => s.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const letters = (s) => s.replace(/[^a-zæøå]/gi, "").length;

/** know keeps an English text; hole is what stands where something goes in. */
function know(text, at, hole) {
  const parts = text.trim().split(hole);
  if (parts.length === 1) english.exact.set(text.trim(), at);
  // A few letters would be found in anybody's data.
  else if (letters(parts.join("")) > 9)
    english.patterns.push({ at, text, re: new RegExp(`^${parts.map(quote).join("(.+?)")}$`, "s") });
}

/** prepare learns what is English, and makes what pages show. */
async function prepare() {
  const danish = new Set((await catalogues.texts("da")).map((x) => x.text));
  for (const { at, text } of await catalogues.texts("en")) if (!danish.has(text)) know(text, at, /⟨\d⟩/);
  const dir = join(import.meta.dirname, "../../danish/texts");
  for (const file of await readdir(dir))
    for (const [key, value] of Object.entries(JSON.parse(await readFile(join(dir, file), "utf8"))))
      if (key !== value && file !== "words.json" && !danish.has(key)) know(key, file, /%(?:\[\d\])?(?:\.\d)?[a-z]/);
  await app.kreds("prove", "Loyal", "Lapsed", "--name", "Two", "--horizon", "90 days", "--from", "2011-03-09");
  await app.kreds("prove", "--discovery", found, "--name", "Fundet");
  await app.kreds("rfm");
}

const segment = `${found}: recent, very frequent, very high-value`;
const pages = [
  "/",
  "/data",
  "/data?tab=imports",
  "/data/import",
  "/customers",
  "/customers/12347?why=Lapsed",
  "/segments",
  "/segments/Loyal",
  `/segments/${encodeURIComponent(segment)}`,
  "/segments/nowhere",
  "/builder",
  "/builder?segment=Win%20back",
  "/builder?text=did%20purchas",
  "/discover",
  `/discover/${encodeURIComponent(found)}`,
  "/discover/nowhere",
  "/prove",
  "/prove/Two",
  "/prove/Fundet",
  "/settings",
  "/settings?tab=audit",
  "/no/such/page",
];

test("a page in Danish says nothing in English", async () => {
  await prepare();
  // What somebody wrote is in whatever language it was written in.
  const { segments } = JSON.parse(await app.kreds("segment", "list", "--json"));
  const own = new Set([...segments.flatMap((s) => [s.name, s.expression]), "description", "Description"]);
  const wrong = [];
  for (const path of pages) {
    const page = await app.open(path, { language: "da" });
    await page.getByRole("heading").first().waitFor();
    await settled(page);
    for (const text of await page.evaluate(said)) {
      if (own.has(text)) continue;
      const at = english.exact.get(text) ?? english.patterns.find((p) => p.re.test(text))?.at;
      if (at) wrong.push(`${path}: ${text} (${at})`);
    }
    assert.deepEqual(page.faults, [], path);
    await page.context().close();
  }
  assert.deepEqual(wrong, []);
});

/** said is every text of a page, also those for screen readers. */
function said() {
  const out = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode())
    if (!walk.currentNode.parentElement.closest("script, style, noscript, code, textarea"))
      out.add(walk.currentNode.textContent.trim());
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const e of document.querySelectorAll(`[${name}]`)) out.add(e.getAttribute(name).trim());
  return [...out].filter((t) => /[a-z]{2}/i.test(t));
}
