// Fails when a package that must exist once is installed twice (two copies of Yjs do not recognise each other's types).
import { readFileSync } from "node:fs";

const ONCE = ["yjs", "y-protocols", "lib0", "y-prosemirror", "prosemirror-model", "prosemirror-state", "prosemirror-view", "prosemirror-transform"];
const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
const places = Object.keys(lock.packages);
let wrong = 0;
for (const name of ONCE) {
  const copies = places.filter((place) => place === `node_modules/${name}` || place.endsWith(`/node_modules/${name}`));
  if (copies.length !== 1) {
    wrong += 1;
    console.error(`${name}: ${copies.length} copies (${copies.join(", ")})`);
  }
}
process.exit(wrong === 0 ? 0 : 1);
