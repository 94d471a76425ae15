/**
 * Which frames of a section belong to its present opening: between an Open and its own answer, what comes was said to an
 * earlier one, perhaps of another outbox, and its numbers mean other rows.
 *
 * One for each section of a page, longer than its session: a section closed and opened again has answers on the way.
 */
import type { ServerFrame } from "../wire/frames";

export class Ear {
  /** Opens that were not answered yet. */
  #asked = 0;
  #open = false;

  /** What comes is about the present opening. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** An Open was said. */
  asked(): void {
    this.#asked += 1;
    this.#open = false;
  }

  /** What the present opening brings is of no use any more. */
  shut(): void {
    this.#open = false;
  }

  /** Nothing that was asked will be answered. */
  lineLost(): void {
    this.#asked = 0;
    this.#open = false;
  }

  /** Whether this frame, the next in order, is about the present opening. */
  hears(frame: ServerFrame): boolean {
    switch (frame.type) {
      case "opened":
      case "denied":
        if (this.#asked === 0) return false;
        this.#asked -= 1;
        this.#open = this.#asked === 0;
        return this.#open;
      case "close":
        // The one thing that an Open may get instead of its answer: another tab has opened the same outbox.
        if (frame.reason === "superseded") this.#asked = 0;
        this.#open = false;
        return true;
      default:
        return this.#open;
    }
  }
}
