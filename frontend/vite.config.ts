// The bundling of the pages' script and styles; written into the web surface's static folder.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vite";

const SMALLEST_COMPRESSED = 1024;

/**
 * Writes .br and .gz beside each text file: the web server sends them as they are, without work per request.
 * After writing, because other plugins still change the bundle while it is generated.
 */
function compressed(): Plugin {
  return {
    name: "wangge-compressed",
    writeBundle(options, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const path = join(options.dir ?? ".", name);
        const bytes = readFileSync(path);
        if (bytes.length < SMALLEST_COMPRESSED) continue;
        writeFileSync(`${path}.br`, brotliCompressSync(bytes));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  // Relative addresses: the folder may be served under any prefix.
  base: "./",
  publicDir: false,
  plugins: [compressed()],
  build: {
    outDir: fileURLToPath(new URL("../src/wangge/surfaces/web/static/built", import.meta.url)),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    // A data: address would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The map is the one large part; it is loaded only where a map is.
    chunkSizeWarningLimit: 1300,
    rolldownOptions: {
      input: {
        main: fileURLToPath(new URL("src/main.ts", import.meta.url)),
        // Shares nothing with the pages: a service worker is one classic script.
        worker: fileURLToPath(new URL("src/worker/worker.ts", import.meta.url)),
      },
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        // Some servers do not know the type of .mjs; a worker must come as text/javascript.
        assetFileNames: (asset) =>
          asset.names[0]?.endsWith(".mjs") ? "[name]-[hash].js" : "[name]-[hash][extname]",
      },
    },
  },
});
