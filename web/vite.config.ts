import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Writes scripts, styles and pictures of lines compressed, and only so: the server unpacks them for who wants them plain. */
function compressed(): Plugin {
  let dir = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved(config) {
      dir = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      for (const entry of await readdir(dir, { recursive: true })) {
        if (!/\.(js|css|svg)$/.test(entry)) continue;
        const file = join(dir, entry);
        // Neither time nor name goes into the header, so the same source gives the same bytes.
        await writeFile(`${file}.gz`, gzipSync(await readFile(file), { level: constants.Z_BEST_COMPRESSION }));
        await rm(file);
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), compressed()],
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    target: "es2022",
    sourcemap: false,
    // A data: URL would need an exception in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // What changes only with its version stays in browsers' caches.
        codeSplitting: {
          groups: [{ name: "framework", test: /node_modules\/(react|react-dom|scheduler|@tanstack)\// }],
        },
      },
    },
  },
  server: {
    proxy: { "/api": "http://127.0.0.1:7380", "/healthz": "http://127.0.0.1:7380" },
  },
});
