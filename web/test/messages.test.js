// Both catalogues say the same things: the types see to keys and arguments,
// this sees to what types do not: that no text is empty in one language or left in English.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createServer } from "vite";

const root = join(import.meta.dirname, "..");
let vite;
before(async () => {
  vite = await createServer({
    root,
    logLevel: "error",
    server: { middlewareMode: true },
    optimizeDeps: { noDiscovery: true },
  });
});
after(() => vite.close());

/** Words that are the same in both languages. */
const same = new Set([
  "Note",
  "Definition",
  "did purchase at least 3 times",
  "segment",
  "sum",
  "kreds",
  "did purchase at least 3 times and not did purchase within last 8 weeks",
  "Form",
  "Segment",
  "Data",
  "Version",
  "Menu",
  "Status",
  "Import",
  "Type",
  "Item",
  "Info",
  "Bayes",
  "System",
  "sum",
  "segment",
  "Definition",
  "Note",
]);

test("the folders hold the same pages", async () => {
  const en = await readdir(join(root, "src/i18n/en"));
  const da = await readdir(join(root, "src/i18n/da"));
  assert.deepEqual(da.sort(), en.sort());
});

test("the catalogues hold the same keys, and Danish is Danish", async () => {
  for (const file of await readdir(join(root, "src/i18n/en"))) {
    const { en } = await vite.ssrLoadModule(`/src/i18n/en/${file}`);
    const { da } = await vite.ssrLoadModule(`/src/i18n/da/${file}`);
    compare(en, da, file);
  }
});

function compare(en, da, path) {
  assert.deepEqual(Object.keys(da).sort(), Object.keys(en).sort(), path);
  for (const [key, said] of Object.entries(en)) {
    const at = `${path} ${key}`;
    assert.equal(typeof da[key], typeof said, at);
    if (typeof said === "object") compare(said, da[key], at);
    else if (typeof said === "string") {
      assert.equal(da[key].trim() === "", said.trim() === "", `${at} is empty in one language`);
      assert.ok(da[key] !== said || said.trim() === "" || same.has(said), `${at} is the same in Danish: ${said}`);
    } else if (typeof said === "function") assert.equal(da[key].length, said.length, `${at} takes other arguments`);
  }
}
