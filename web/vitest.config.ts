import { defineConfig } from "vitest/config";

/** Node by default; a test that needs a document says `// @vitest-environment happy-dom` in its first line. */
export default defineConfig({
  resolve: { dedupe: ["yjs", "y-protocols", "lib0", "y-prosemirror", "prosemirror-model"] },
  test: {
    include: ["test/**/*.test.ts", "src/**/*.test.ts"],
    environment: "node",
    testTimeout: 30_000,
    maxWorkers: 2,
  },
});
