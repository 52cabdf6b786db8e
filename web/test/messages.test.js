// Both catalogues say the same things: the types see to keys and arguments,
// this sees to what types do not: that no text is empty in one language or left in English.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { filling, loader } from "./catalogues.js";

const root = join(import.meta.dirname, "..");
const catalogues = loader();

/** Words that are the same in both languages. */
const same = new Set([
  "Bayes",
  "Browser",
  "Data",
  "Definition",
  "Form",
  "Import",
  "Info",
  "Item",
  "Median",
  "Menu",
  "Segment",
  "Status",
  "System",
  "Type",
  "Version",
  "did purchase at least 3 times",
  "did purchase at least 3 times and not did purchase within last 8 weeks",
  "k-means",
  "kreds",
  "segment",
  "sum",
]);

/** Words that the glossary has another word for, or that only a translation would use. */
const avoided = {
  en: [
    /\bmake (the|a|an) (account|token|invitation|segment)/i, // create
    /\bper cent\b/i,
    /\btarget audience/i, // target group
    /\battribute/i, // trait
    /\bcohort|\bcluster\b(?! structure)/i, // segment
    /[»«]/,
    /\w'\w/, // ’
  ],
  da: [
    /\blejlighed/i, // ordre
    /dokumentationer/i, // test
    /karakterblad/i, // bedømmelse
    /\battribut/i, // egenskab
    /\bklynge(?!struktur)/i, // segment
    /\bevent|\btrait|\btoken/i, // hændelse, egenskab, API-nøgle
    /\b(kom|komme|kommer) ind\b|\b(gik|går|gå) ud\b/i, // kommer til, falder fra
    /\bjobs?\b/i, // opgave
    /fortidens data/i, // historiske data
    /[“”"]/, // »«
    /\bDe\b(?= (kan|skal|har|vil)\b)|\bDeres\b(?! )/, // du
    /\bkan (ikke )?blive \w+et\b/i, // kan … s
    /\w'\w/, // ’
  ],
};

test("the folders hold the same pages", async () => {
  const en = await readdir(join(root, "src/i18n/en"));
  const da = await readdir(join(root, "src/i18n/da"));
  assert.deepEqual(da.sort(), en.sort());
});

test("the catalogues hold the same keys, and Danish is Danish", async () => {
  for (const file of await readdir(join(root, "src/i18n/en"))) {
    const { en } = await catalogues.load(`en/${file}`);
    const { da } = await catalogues.load(`da/${file}`);
    compare(en, da, file);
  }
});

test("no text uses a word that there is another for", async () => {
  const wrong = [];
  for (const language of ["en", "da"])
    for (const { at, text } of await catalogues.texts(language))
      for (const word of avoided[language]) if (word.test(text)) wrong.push(`${language} ${at}: ${text} (${word})`);
  assert.deepEqual(wrong, []);
});

test("no text is one that nothing shows", async () => {
  const source = await sources(join(root, "src"));
  const idle = [];
  for (const file of await readdir(join(root, "src/i18n/en"))) {
    const { en } = await catalogues.load(`en/${file}`);
    for (const key of Object.keys(en))
      if (!new RegExp(`\\.${key}\\b|["']${key}["']`).test(source)) idle.push(`${file} ${key}`);
  }
  assert.deepEqual(idle, []);
});

test("everything that the audit log can hold has its words", async () => {
  const api = JSON.parse(await readFile(join(root, "../api/testdata/openapi.json"), "utf8"));
  const { en } = await catalogues.load("en/settings.ts");
  for (const [path, methods] of Object.entries(api.paths))
    for (const [method, { operationId }] of Object.entries(methods))
      if (["put", "patch", "delete"].includes(method)) assert.ok(en.actions[operationId], `${method} ${path}`);
});

/** The program's text, without the catalogues. */
async function sources(dir) {
  let out = "";
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true }))
    if (/\.tsx?$/.test(entry.name) && !/i18n.(en|da)$/.test(entry.parentPath))
      out += await readFile(join(entry.parentPath, entry.name), "utf8");
  return out;
}

function compare(en, da, path) {
  assert.deepEqual(Object.keys(da).sort(), Object.keys(en).sort(), path);
  for (const [key, said] of Object.entries(en)) {
    const at = `${path} ${key}`;
    assert.equal(typeof da[key], typeof said, at);
    if (typeof said === "object") compare(said, da[key], at);
    else if (typeof said === "string") {
      assert.equal(da[key].trim() === "", said.trim() === "", `${at} is empty in one language`);
      assert.ok(da[key] !== said || said.trim() === "" || same.has(said), `${at} is the same in Danish: ${said}`);
    } else if (typeof said === "function") {
      const shown = (say) => (say(...filling(said)).match(/⟨\d⟩/g) ?? []).sort();
      assert.deepEqual([...new Set(shown(da[key]))], [...new Set(shown(said))], `${at} shows other arguments`);
    }
  }
}
