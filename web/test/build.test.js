// What is committed must be what the source gives.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";

const root = join(import.meta.dirname, "..");
const tool = (name) => join(root, "node_modules", ".bin", name);
const run = promisify(execFile);
let dir;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "kreds-build-"));
});
after(() => rm(dir, { recursive: true, force: true }));

async function filesOf(folder) {
  const out = new Map();
  for (const e of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!e.isFile()) continue;
    const file = join(e.parentPath, e.name);
    const body = await readFile(file);
    // Another version of Node may pack the same contents into other bytes.
    out.set(file.slice(folder.length + 1), (e.name.endsWith(".gz") ? gunzipSync(body) : body).toString("base64"));
  }
  return out;
}

test("dist is what the source gives", async () => {
  await run(tool("vite"), ["build", "--outDir", join(dir, "dist"), "--emptyOutDir"], { cwd: root });
  const [want, got] = await Promise.all([filesOf(join(dir, "dist")), filesOf(join(root, "dist"))]);
  const differ = [...new Set([...want.keys(), ...got.keys()])].filter((f) => want.get(f) !== got.get(f));
  assert.deepEqual(differ, [], "make web makes dist anew; commit it");
});
