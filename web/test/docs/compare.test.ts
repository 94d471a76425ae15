/** The comparison that the drawer shows: the same as the server's. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";

import { blockJson, parseBlocks } from "../../src/docs/canonical";
import { compareBlocks, compareSections, isRestyled, isSame, type BlockChange } from "../../src/docs/compare";
import { plain, type Block } from "../../src/docs/model";
import { vectors } from "./vectors";

interface Small {
  readonly name: string;
  readonly old: unknown;
  readonly new: unknown;
  readonly changes: unknown;
}
interface Large {
  readonly seed: number;
  readonly blocks: number;
  readonly words: number;
  readonly vocabulary: number;
  readonly edits: number;
  readonly digest: string;
}

const shared = vectors<{ small: Small[]; large: Large[] }>("compare.json");

function tree(change: BlockChange): unknown {
  if (change.change !== "changed") return { change: change.change };
  const pieces = change.pieces.map((piece) => {
    const block = JSON.parse(blockJson({ runs: piece.runs, kind: null, dir: null, align: null })) as { t: unknown };
    return { change: piece.change, t: block.t };
  });
  return { change: "changed", pieces };
}

function largeTexts({ seed, blocks, words, vocabulary, edits }: Large): [old: Block[], now: Block[]] {
  let value = seed;
  const next = (): number => (value = (value * 48271) % 2147483647);
  const word = (): string => `w${next() % vocabulary}`;
  const old = Array.from({ length: blocks }, () => Array.from({ length: words }, word));
  const now = old.map((block) => [...block]);
  for (let edit = 0; edit < edits; edit += 1) {
    const block = now[next() % blocks] as string[];
    const at = next() % words;
    block[at] = word();
  }
  return [plain(...old.map((block) => block.join(" "))), plain(...now.map((block) => block.join(" ")))];
}

describe("comparisons of the shared vectors", () => {
  for (const one of shared.small) {
    it(one.name, () => {
      const changes = compareBlocks(parseBlocks(JSON.stringify(one.old)), parseBlocks(JSON.stringify(one.new)));
      expect(changes.map(tree)).toEqual(one.changes);
    });
  }
  for (const one of shared.large) {
    it(`large texts from the seed ${one.seed}, where the work is bounded`, () => {
      const lines = compareBlocks(...largeTexts(one)).flatMap((change) => [
        change.change,
        ...(change.change === "changed"
          ? change.pieces.map((piece) => `${piece.change} ${piece.runs.map((run) => run.text).join("")}`)
          : []),
      ]);
      expect(createHash("sha256").update(lines.join("\n")).digest("hex")).toBe(one.digest);
    });
  }
});

describe("sections", () => {
  it("are compared field by field in the order of the new one", () => {
    const old = { key: "d/fa/art-3", fields: { gaps: plain("a"), gone: plain("b") } };
    const now = { key: "d/fa/art-3", fields: { suggestions: [], gaps: plain("a") } };
    const changes = compareSections(old, now);
    expect(changes.map((change) => change.field)).toEqual(["suggestions", "gaps", "gone"]);
    expect(changes.map((change) => isSame(change.blocks))).toEqual([true, true, false]);
  });
  it("show a change of form alone", () => {
    const [change] = compareBlocks(plain("Gaps"), plain("Gaps").map((block) => ({ ...block, kind: "h2" })));
    expect(change?.change).toBe("changed");
    expect(change !== undefined && isRestyled(change)).toBe(true);
  });
});
