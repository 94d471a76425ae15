/**
 * The two live regions of a page. News of who comes and goes is said at most once in ten seconds, all together;
 * what the person must know at once is said at once.
 */
import { h } from "./dom";

const BATCH_MS = 10_000;

export class Announcer {
  readonly #polite = h("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  readonly #urgent = h("div", { class: "visually-hidden", role: "alert" });
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = -Infinity;

  constructor(place: Element) {
    place.append(this.#polite, this.#urgent);
  }

  /** For what can wait: said with whatever else has come within ten seconds. */
  later(sentence: string): void {
    if (!this.#waiting.includes(sentence)) this.#waiting.push(sentence);
    const wait = Math.max(0, this.#last + BATCH_MS - Date.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#last = Date.now();
      this.#polite.textContent = this.#waiting.splice(0).join(" ");
    }, wait);
  }

  now(sentence: string): void {
    // The same sentence twice is a change of nothing, which nobody would hear.
    this.#urgent.textContent = "";
    this.#urgent.textContent = sentence;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#polite.remove();
    this.#urgent.remove();
  }
}
