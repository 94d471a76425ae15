/**
 * What an input method holds up while it composes: a Push for a while, a new document until the end.
 */
import type { Timers } from "./environment";

/** An input method may hold a Push this long. */
const PUSH_HELD_MS = 2_000;

export class Composing {
  readonly #timers: Timers;
  #since: number | null = null;
  #deferred: (() => void)[] = [];

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get isActive(): boolean {
    return this.#since !== null;
  }

  /** Something waits for the end. */
  get holds(): boolean {
    return this.#deferred.length > 0;
  }

  /** How long a Push has to wait yet; 0 when it may go. */
  get pushWaitMs(): number {
    return this.#since === null ? 0 : Math.max(0, this.#since + PUSH_HELD_MS - this.#timers.now());
  }

  begin(): void {
    this.#since ??= this.#timers.now();
  }

  /** What waited happens now, in order. False when nothing was composing. */
  end(): boolean {
    if (this.#since === null) return false;
    this.#since = null;
    const waiting = this.#deferred;
    this.#deferred = [];
    for (const act of waiting) act();
    return true;
  }

  /** Do this now, or when the composition has ended. */
  calmly(act: () => void): void {
    if (this.#since === null) act();
    else this.#deferred.push(act);
  }
}
