/**
 * Which items two sequences have in common, in bounded work. The same steps, in the same order and counted alike, as
 * `revmod_live/docs/sequences.py`; change both. Must not know what the items are.
 */

/** Positions in the old and in the new sequence of what stays, both strictly rising. */
export type Pairs = [old: number, now: number][];

const ATTEMPT_STEPS = 60_000;
const DEPTH = 8;

/** How much work may still be done; when it is spent, comparing gets coarser, not slower. */
export class Budget {
  constructor(public left: number) {}

  spend(steps: number): boolean {
    if (steps > this.left) return false;
    this.left -= steps;
    return true;
  }
}

/** The positions of items (by their keys) that stay, as many as the work allowed can find. */
export function align(old: readonly string[], now: readonly string[], budget: Budget): Pairs {
  const numbers = new Map<string, number>();
  const numberOf = (key: string): number => {
    let number = numbers.get(key);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(key, number);
    }
    return number;
  };
  const a = old.map(numberOf);
  const b = now.map(numberOf);
  const pairs: Pairs = [];
  // Gaps still to be looked at, left to right: the budget is spent in reading order.
  const gaps = [{ a0: 0, a1: a.length, b0: 0, b1: b.length, depth: 0 }];
  for (let gap = gaps.pop(); gap !== undefined; gap = gaps.pop()) {
    let { a0, a1, b0, b1 } = gap;
    while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) pairs.push([a0++, b0++]);
    while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) pairs.push([--a1, --b1]);
    if (a0 === a1 || b0 === b1) continue;
    const found = shortestScript(a.slice(a0, a1), b.slice(b0, b1), budget);
    if (found !== null) {
      for (const [i, j] of found) pairs.push([a0 + i, b0 + j]);
      continue;
    }
    if (gap.depth === DEPTH) continue;
    const anchors = uniqueAnchors(a.slice(a0, a1), b.slice(b0, b1)).map(([i, j]): [number, number] => [a0 + i, b0 + j]);
    if (anchors.length === 0) continue;
    const inner: typeof gaps = [];
    let from: [number, number] = [a0 - 1, b0 - 1];
    for (const to of [...anchors, [a1, b1] as [number, number]]) {
      inner.push({ a0: from[0] + 1, a1: to[0], b0: from[1] + 1, b1: to[1], depth: gap.depth + 1 });
      from = to;
    }
    for (const anchor of anchors) pairs.push(anchor);
    for (const one of inner.reverse()) gaps.push(one);
  }
  return pairs.sort((one, other) => one[0] - other[0]);
}

/** The furthest points of one round of Myers' search: diagonals -d to d, every second one. */
class Round {
  private readonly x: Int32Array;
  constructor(private readonly d: number) {
    this.x = new Int32Array(2 * d + 1);
  }
  get(k: number): number {
    return this.x[k + this.d] ?? 0;
  }
  set(k: number, x: number): void {
    this.x[k + this.d] = x;
  }
}

/** Myers' greedy search for the fewest changes; null when it would take too many steps. */
function shortestScript(a: readonly number[], b: readonly number[], budget: Budget): Pairs | null {
  const n = a.length;
  const m = b.length;
  const allowed = Math.min(ATTEMPT_STEPS, budget.left);
  let steps = 0;
  const trace: Round[] = [];
  for (let d = 0; d <= n + m; d += 1) {
    const before = trace.at(-1);
    const reached = new Round(d);
    trace.push(reached);
    for (let k = -d; k <= d; k += 2) {
      let x = before === undefined ? 0 : isDown(before, d, k) ? before.get(k + 1) : before.get(k - 1) + 1;
      const start = x;
      while (x < n && x - k < m && a[x] === b[x - k]) x += 1;
      steps += 1 + x - start;
      reached.set(k, x);
      if (x >= n && x - k >= m) {
        budget.left -= steps;
        return walkBack(trace, n, m);
      }
      if (steps > allowed) {
        budget.left -= allowed;
        return null;
      }
    }
  }
  return null; // not reached: n + m changes always suffice
}

function isDown(before: Round, d: number, k: number): boolean {
  return k === -d || (k !== d && before.get(k - 1) < before.get(k + 1));
}

function walkBack(trace: readonly Round[], n: number, m: number): Pairs {
  const pairs: Pairs = [];
  let x = n;
  let y = m;
  for (let d = trace.length - 1; d > 0; d -= 1) {
    const before = trace[d - 1] as Round;
    const k = x - y;
    const down = isDown(before, d, k);
    const previousK = down ? k + 1 : k - 1;
    const previousX = before.get(previousK);
    const start = down ? previousX : previousX + 1;
    while (x > start) pairs.push([--x, --y]);
    x = previousX;
    y = previousX - previousK;
  }
  while (x > 0) pairs.push([--x, --y]);
  return pairs.reverse();
}

/** Items that each side has once, as many as stand in the same order on both. */
function uniqueAnchors(a: readonly number[], b: readonly number[]): Pairs {
  const inB = uniquePlaces(b);
  const candidates: Pairs = [];
  for (const [item, i] of uniquePlaces(a)) {
    const j = inB.get(item);
    if (j !== undefined) candidates.push([i, j]);
  }
  candidates.sort((one, other) => one[0] - other[0]);
  // The longest rising run of the new positions, by patience sorting.
  const tops: number[] = [];
  const topAt: number[] = [];
  const before: number[] = [];
  candidates.forEach(([, j], at) => {
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tops[middle] as number) < j) low = middle + 1;
      else high = middle;
    }
    before.push(low > 0 ? (topAt[low - 1] as number) : -1);
    tops[low] = j;
    topAt[low] = at;
  });
  const rising: Pairs = [];
  for (let at = topAt.at(-1) ?? -1; at >= 0; at = before[at] as number) rising.push(candidates[at] as [number, number]);
  return rising.reverse();
}

function uniquePlaces(items: readonly number[]): Map<number, number> {
  const places = new Map<number, number>();
  items.forEach((item, at) => places.set(item, places.has(item) ? -1 : at));
  for (const [item, at] of places) if (at < 0) places.delete(item);
  return places;
}
