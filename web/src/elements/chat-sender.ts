/**
 * Sends messages one after another, each with an id of its own, until the server has said that it has them: one that is
 * sent again after a lost answer is there once. What is not confirmed is kept on the device (`ChatKept`).
 *
 * Event: `change`. Knows no page.
 */
import type { ChatKept, Unsent } from "../sync/chat-kept";
import type { Answer } from "./http";

/** `sent`: the server has it, and the page does not show it yet. `refused`: it will never take it as it is. */
export type SendState = "sending" | "waiting" | "refused" | "sent";

export interface Sending extends Unsent {
  readonly state: SendState;
  /** What the server said against it; empty when it was not reached. */
  readonly reason: string;
}

export interface SenderParts {
  readonly kept: ChatKept;
  readonly post: (message: Unsent) => Promise<Answer>;
  readonly uuid: () => string;
  readonly after: (delayMs: number, act: () => void) => unknown;
  readonly cancel: (timer: unknown) => void;
  readonly signedOut: () => void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** The server's side, or too fast: the same message may be taken a little later. */
const LATER: ReadonlySet<string> = new Set(["rate", "disk-full", "shutting-down", "fault", "form-expired"]);

export class ChatSender extends EventTarget {
  readonly #parts: SenderParts;
  #messages: Sending[];
  #busy = false;
  #failures = 0;
  #timer: unknown = null;
  #ended = false;

  constructor(parts: SenderParts) {
    super();
    this.#parts = parts;
    this.#messages = parts.kept.unsent.map((message) => ({ ...message, state: "waiting", reason: "" }));
  }

  get messages(): readonly Sending[] {
    return this.#messages;
  }

  send(text: string): void {
    const message = { id: this.#parts.uuid(), text };
    this.#parts.kept.add(message);
    this.#messages = [...this.#messages, { ...message, state: "waiting", reason: "" }];
    void this.pump();
  }

  /** Try now: the line is back, somebody has signed in, or something new is to be sent. */
  async pump(): Promise<void> {
    if (this.#busy) return;
    this.#parts.cancel(this.#timer);
    this.#busy = true;
    try {
      while (!this.#ended) {
        const next = this.#messages.find(({ state }) => state === "waiting");
        if (next === undefined || !(await this.#try(next))) break;
      }
    } finally {
      this.#busy = false;
      this.#changed();
    }
  }

  /** The page shows it now, or its author has taken it back. */
  forget(id: string): void {
    if (!this.#messages.some((message) => message.id === id)) return;
    this.#parts.kept.remove(id);
    this.#messages = this.#messages.filter((message) => message.id !== id);
    this.#changed();
  }

  end(): void {
    this.#ended = true;
    this.#parts.cancel(this.#timer);
  }

  /** Whether the next one may be sent. */
  async #try(message: Sending): Promise<boolean> {
    this.#put(message.id, "sending");
    const answer = await this.#parts.post(message);
    if (answer.kind === "done") {
      this.#failures = 0;
      this.#parts.kept.remove(message.id);
      this.#put(message.id, "sent");
      return true;
    }
    if (answer.kind === "refused" && !isForLater(answer.code)) {
      this.#put(message.id, "refused", answer.message);
      return true;
    }
    this.#put(message.id, "waiting", answer.kind === "refused" ? answer.message : "");
    if (answer.kind === "signed-out") this.#parts.signedOut();
    else this.#later();
    return false;
  }

  #later(): void {
    if (this.#ended) return;
    const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer = this.#parts.after(delay, () => void this.pump());
  }

  #put(id: string, state: SendState, reason = ""): void {
    this.#messages = this.#messages.map((message) => (message.id === id ? { ...message, state, reason } : message));
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

/** A code that is a number is an answer of something in between, such as a proxy. */
function isForLater(code: string): boolean {
  return LATER.has(code) || /^5\d\d$/u.test(code) || code === "429";
}
