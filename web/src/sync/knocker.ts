/**
 * Trying shut doors again: rights come back (a step is opened, a person is asked to join), and the page should notice
 * without being loaded anew. News makes it try soon; without news it tries once a minute, for one who is shut out of a
 * page hears no news of it.
 */
import type { Environment, Timer } from "./environment";

const SOON_MS = 1_000;
const LATER_MS = 60_000;

export class Knocker {
  readonly #env: Pick<Environment, "random" | "timers">;
  /** Try what is shut; false when nothing is. */
  readonly #knock: () => boolean;
  #timer: Timer | null = null;
  #isSoon = false;

  constructor(env: Pick<Environment, "random" | "timers">, knock: () => boolean) {
    this.#env = env;
    this.#knock = knock;
  }

  /** Something is shut. */
  later(): void {
    if (this.#timer === null) this.#after(LATER_MS, false);
  }

  /** Something has changed that rights depend on. */
  soon(): void {
    if (this.#isSoon) return;
    this.stop();
    this.#after(SOON_MS, true);
  }

  stop(): void {
    this.#env.timers.cancel(this.#timer);
    this.#timer = null;
    this.#isSoon = false;
  }

  /** Not all pages at the same moment. */
  #after(wholeMs: number, isSoon: boolean): void {
    this.#isSoon = isSoon;
    this.#timer = this.#env.timers.after(wholeMs * (0.5 + this.#env.random() / 2), () => {
      this.#timer = null;
      this.#isSoon = false;
      if (this.#knock()) this.later();
    });
  }
}
