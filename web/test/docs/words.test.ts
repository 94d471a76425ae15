/** Counting by rule wc/1, and splitting for comparison: as the server does. */
import { describe, expect, it } from "vitest";

import { plain } from "../../src/docs/model";
import { count, countSection, split } from "../../src/docs/words";
import { vectors } from "./vectors";

describe("words by rule wc/1", () => {
  for (const { name, text, words } of vectors<{ cases: { name: string; text: string; words: number }[] }>("words.json")
    .cases) {
    it(name, () => {
      expect(count(text)).toBe(words);
      expect(count(text.normalize("NFC"))).toBe(words);
      expect(count(text.normalize("NFD"))).toBe(words);
      expect(split(text).join("")).toBe(text);
    });
  }
  it("of a section add up over its fields and blocks", () => {
    expect(countSection({ key: "d/fa/art-3", fields: { gaps: plain("one two", "three"), suggestions: plain("四五") } })).toBe(5);
  });
  it("have points beside them as pieces of their own", () => {
    expect(split("(co-operation, l’État).")).toEqual(["(", "co-operation", ",", " ", "l’État", ")", "."]);
  });
});
