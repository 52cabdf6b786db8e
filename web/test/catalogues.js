// The catalogues of messages, as tests read them.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after } from "node:test";
import { createServer } from "vite";

const root = join(import.meta.dirname, "..");

/** filling is what goes into a message where its arguments do. */
export const filling = (said) => Array.from({ length: said.length }, (_, i) => `⟨${i}⟩`);

/** loader reads catalogues while the tests of a file run. */
export function loader() {
  let vite;
  const server = { middlewareMode: true };
  const load = async (file) => {
    vite ??= createServer({ root, logLevel: "error", server, optimizeDeps: { noDiscovery: true } });
    return (await vite).ssrLoadModule(`/src/i18n/${file}`);
  };
  after(async () => (await vite)?.close());

  /** What the catalogues of a language say, and where, with filling for what goes in. */
  const texts = async (language) => {
    const out = [];
    const add = (said, at) => {
      if (typeof said === "string") out.push({ at, text: said });
      else if (typeof said === "function") out.push({ at, text: said(...filling(said)) });
      else for (const [key, value] of Object.entries(said)) add(value, `${at} ${key}`);
    };
    for (const file of await readdir(join(root, `src/i18n/${language}`)))
      add((await load(`${language}/${file}`))[language], file);
    return out;
  };
  return { load, texts };
}
