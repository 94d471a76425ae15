import { defineConfig } from "vite";

/** Where the pages find the assets: `portal/` serves this folder at this path and reads the manifest. */
export default defineConfig({
  base: "/static/",
  publicDir: "public",
  resolve: {
    // Two copies of one of these break constructor checks and plugin keys without a word.
    dedupe: [
      "yjs",
      "y-protocols",
      "lib0",
      "y-prosemirror",
      "prosemirror-model",
      "prosemirror-state",
      "prosemirror-view",
      "prosemirror-transform",
    ],
  },
  build: {
    outDir: "../revmod_live/portal/static/",
    emptyOutDir: true,
    manifest: true,
    sourcemap: true,
    target: "es2022",
    // The content security policy allows no data: or inline sources.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["src/main.ts", "src/styles/main.css"] },
  },
});
