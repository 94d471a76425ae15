/** Time that stands still until a test moves it. */
import type { Timer, Timers } from "../../src/sync/environment";

interface Due {
  readonly at: number;
  readonly act: () => void;
}

export class ManualClock implements Timers {
  #now = 1_767_225_600_000;
  #due = new Set<Due>();

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(delayMs: number, act: () => void): Timer {
    const due = { at: this.#now + delayMs, act };
    this.#due.add(due);
    return due;
  }

  cancel(timer: Timer | null): void {
    this.#due.delete(timer as Due);
  }

  /** Move on, and let what is due by then happen in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#due].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#due.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.act();
    }
    this.#now = end;
  }

  /** Nothing that was to happen will. */
  stop(): void {
    this.#due.clear();
  }
}

/** One page's part of a shared clock: when the page is gone, its timers are. */
export class PageTimers implements Timers {
  readonly #clock: ManualClock;
  #gone = false;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(delayMs: number, act: () => void): Timer {
    return this.#clock.after(delayMs, () => {
      if (!this.#gone) act();
    });
  }

  cancel(timer: Timer | null): void {
    this.#clock.cancel(timer);
  }

  end(): void {
    this.#gone = true;
  }
}

/** Let promises, transactions and digests come to their end. */
export async function settle(rounds = 60): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
