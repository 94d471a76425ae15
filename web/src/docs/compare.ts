/**
 * What changed between two texts: blocks first, then words within a changed block. The same result as
 * `revmod_live/docs/compare.py`, held to it by `tests/vectors/compare.json`.
 *
 * For the drawer: what was not accepted beside what is there now. Bounded in work: a hard case comes out coarser. Must
 * not know how a change looks.
 */
import { blockJson } from "./canonical";
import { blockText, tidyRuns, type Block, type Run, type Section } from "./model";
import { align, Budget, type Pairs } from "./sequences";
import { isWord, split } from "./words";

const WORD_STEPS = 400_000;
const PAIR_STEPS = 3_000_000;
const CELL_STEPS = 8;
const ALIKE_PER_MILLE = 500;
const LOOK_AHEAD = 4;

/** A stretch of a changed block, with its marks. */
export interface Piece {
  readonly change: "same" | "inserted" | "deleted";
  readonly runs: readonly Run[];
}

/** One block's fate. Without what is deleted the changes read as the new text, without what is inserted as the old. */
export type BlockChange =
  | { readonly change: "same"; readonly old: Block; readonly new: Block }
  | { readonly change: "inserted"; readonly old: null; readonly new: Block }
  | { readonly change: "deleted"; readonly old: Block; readonly new: null }
  | { readonly change: "changed"; readonly old: Block; readonly new: Block; readonly pieces: readonly Piece[] };

export interface FieldChange {
  readonly field: string;
  readonly blocks: readonly BlockChange[];
}

/** What became of each block, in reading order; deleted ones before inserted ones. */
export function compareBlocks(old: readonly Block[], now: readonly Block[]): BlockChange[] {
  const wordBudget = new Budget(WORD_STEPS);
  const pairBudget = new Budget(PAIR_STEPS);
  const changes: BlockChange[] = [];
  let i = 0;
  let j = 0;
  const pairs = align(old.map(blockJson), now.map(blockJson), wordBudget);
  for (const [nextI, nextJ] of [...pairs, [old.length, now.length] as const]) {
    for (const change of inGap(old.slice(i, nextI), now.slice(j, nextJ), wordBudget, pairBudget)) changes.push(change);
    const before = old[nextI];
    const after = now[nextJ];
    if (before !== undefined && after !== undefined) changes.push({ change: "same", old: before, new: after });
    i = nextI + 1;
    j = nextJ + 1;
  }
  return changes;
}

/** What became of each field, in the order of `now`; fields that `now` lacks come last. */
export function compareSections(old: Section | null, now: Section): FieldChange[] {
  const before = old?.fields ?? {};
  const names = [...Object.keys(now.fields), ...Object.keys(before).filter((name) => !(name in now.fields))];
  return names.map((field) => ({ field, blocks: compareBlocks(before[field] ?? [], now.fields[field] ?? []) }));
}

/** Whether nothing changed at all. */
export function isSame(changes: readonly BlockChange[]): boolean {
  return changes.every((change) => change.change === "same");
}

/** Whether the block's kind, direction or alignment changed (its text may have, too). */
export function isRestyled({ old, new: now }: BlockChange): boolean {
  if (old === null || now === null) return false;
  return old.kind !== now.kind || old.dir !== now.dir || old.align !== now.align;
}

function inGap(old: readonly Block[], now: readonly Block[], wordBudget: Budget, pairBudget: Budget): BlockChange[] {
  const changes: BlockChange[] = [];
  let i = 0;
  let j = 0;
  const pairs = old.length > 0 && now.length > 0 ? alike(old, now, pairBudget) : [];
  for (const [nextI, nextJ] of [...pairs, [old.length, now.length] as const]) {
    for (const block of old.slice(i, nextI)) changes.push({ change: "deleted", old: block, new: null });
    for (const block of now.slice(j, nextJ)) changes.push({ change: "inserted", old: null, new: block });
    const before = old[nextI];
    const after = now[nextJ];
    if (before !== undefined && after !== undefined) {
      changes.push({ change: "changed", old: before, new: after, pieces: wordChanges(before, after, wordBudget) });
    }
    i = nextI + 1;
    j = nextJ + 1;
  }
  return changes;
}

interface Bag {
  readonly times: ReadonlyMap<string, number>;
  readonly total: number;
}

/** Which blocks are rewordings of which, in order, by the words they share. */
function alike(old: readonly Block[], now: readonly Block[], budget: Budget): Pairs {
  const oldBags = old.map(bag);
  const newBags = now.map(bag);
  const sum = (bags: readonly Bag[]): number => bags.reduce((total, one) => total + one.total, 0);
  const n = old.length;
  const m = now.length;
  if (!budget.spend(CELL_STEPS * n * m + m * sum(oldBags) + n * sum(newBags))) return alikeNearby(oldBags, newBags);
  const width = m + 1;
  const weights = new Int32Array(n * width);
  const best = new Int32Array((n + 1) * width);
  const at = (table: Int32Array, i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let j = m - 1; j >= 0; j -= 1) {
      const weight = likeness(oldBags[i] as Bag, newBags[j] as Bag);
      weights[i * width + j] = weight;
      const paired = weight > 0 ? weight + at(best, i + 1, j + 1) : 0;
      best[i * width + j] = Math.max(at(best, i + 1, j), at(best, i, j + 1), paired);
    }
  }
  const pairs: Pairs = [];
  let i = 0;
  let j = 0;
  while (i < n && j < m) {
    const weight = at(weights, i, j);
    if (weight > 0 && at(best, i, j) === weight + at(best, i + 1, j + 1)) pairs.push([i++, j++]);
    else if (at(best, i, j) === at(best, i + 1, j)) i += 1;
    else j += 1;
  }
  return pairs;
}

/** The same in linear work: each old block looks at the next few new ones. */
function alikeNearby(old: readonly Bag[], now: readonly Bag[]): Pairs {
  const pairs: Pairs = [];
  let j = 0;
  old.forEach((one, i) => {
    let best = 0;
    let bestAt = -1;
    for (let at = j; at < Math.min(j + LOOK_AHEAD, now.length); at += 1) {
      const found = likeness(one, now[at] as Bag);
      if (found > best) [best, bestAt] = [found, at];
    }
    if (bestAt < 0) return;
    pairs.push([i, bestAt]);
    j = bestAt + 1;
  });
  return pairs;
}

function bag(block: Block): Bag {
  const times = new Map<string, number>();
  let total = 0;
  for (const piece of split(blockText(block))) {
    if (!isWord(piece)) continue;
    times.set(piece, (times.get(piece) ?? 0) + 1);
    total += 1;
  }
  return { times, total };
}

/** The share of words in common, per mille; 0 for less than `ALIKE_PER_MILLE`. */
function likeness(one: Bag, other: Bag): number {
  const [few, many] = one.times.size <= other.times.size ? [one, other] : [other, one];
  const total = one.total + other.total;
  if (total === 0 || 2000 * Math.min(one.total, other.total) < ALIKE_PER_MILLE * total) return 0;
  let shared = 0;
  for (const [word, times] of few.times) shared += Math.min(times, many.times.get(word) ?? 0);
  const perMille = Math.floor((2000 * shared) / total);
  return perMille >= ALIKE_PER_MILLE ? perMille : 0;
}

interface Hunk {
  readonly deleted: Run[];
  readonly inserted: Run[];
  same: Run[];
}

function wordChanges(old: Block, now: Block, budget: Budget): Piece[] {
  return joinHunks(hunks(tokens(old), tokens(now), budget)).flatMap(({ deleted, inserted, same }) => {
    const pieces: Piece[] = [];
    if (deleted.length > 0) pieces.push({ change: "deleted", runs: tidyRuns(deleted) });
    if (inserted.length > 0) pieces.push({ change: "inserted", runs: tidyRuns(inserted) });
    if (same.length > 0) pieces.push({ change: "same", runs: tidyRuns(same) });
    return pieces;
  });
}

function tokens(block: Block): Run[] {
  return block.runs.flatMap((run) => split(run.text).map((text) => ({ ...run, text })));
}

function tokenKey(run: Run): string {
  const marks = `${run.em ? "e" : ""}${run.strong ? "s" : ""}${run.underline ? "u" : ""}`;
  return `${marks}:${run.link === null ? "" : JSON.stringify(run.link)}:${run.text}`;
}

function hunks(old: readonly Run[], now: readonly Run[], budget: Budget): Hunk[] {
  const found: Hunk[] = [];
  let i = 0;
  let j = 0;
  for (const [nextI, nextJ] of align(old.map(tokenKey), now.map(tokenKey), budget)) {
    let last = found.at(-1);
    if (nextI > i || nextJ > j || last === undefined) {
      last = { deleted: old.slice(i, nextI), inserted: now.slice(j, nextJ), same: [] };
      found.push(last);
    }
    last.same.push(old[nextI] as Run);
    i = nextI + 1;
    j = nextJ + 1;
  }
  if (i < old.length || j < now.length) found.push({ deleted: old.slice(i), inserted: now.slice(j), same: [] });
  return found;
}

/** Replaced words with only blanks or points between them read better as one change. */
function joinHunks(found: readonly Hunk[]): Hunk[] {
  const joined: Hunk[] = [];
  for (const hunk of found) {
    const last = joined.at(-1);
    if (last !== undefined && isReplacement(hunk) && isReplacement(last) && !last.same.some((run) => isWord(run.text))) {
      // Every hunk's lists are its own, so they may grow where they are.
      for (const run of last.same) {
        last.deleted.push(run);
        last.inserted.push(run);
      }
      for (const run of hunk.deleted) last.deleted.push(run);
      for (const run of hunk.inserted) last.inserted.push(run);
      last.same = hunk.same;
    } else joined.push(hunk);
  }
  return joined;
}

function isReplacement(hunk: Hunk): boolean {
  return hunk.deleted.length > 0 && hunk.inserted.length > 0;
}
