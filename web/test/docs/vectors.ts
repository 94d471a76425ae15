/** The vectors that Python's tests read too. */
import { readFileSync } from "node:fs";

export function vectors<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}`, import.meta.url), "utf8")) as Shape;
}
