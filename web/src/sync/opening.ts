/**
 * How a section is opened: what Open and SyncStep1 say, whether a claim is asked back with it, and when it is tried
 * again after the server gave the section up.
 *
 * Knows no answer but by what the conversation tells it.
 */
import * as Y from "yjs";

import type { Meta } from "../wire/frames";
import type { Timer } from "./environment";
import type { Outboxes } from "./outboxes";
import type { ConversationParts } from "./parts";
import type { Replica } from "./replica";

const REOPEN_FIRST_MS = 500;
const REOPEN_LAST_MS = 30_000;
const RESUME_EVERY_MS = 3_000;

export class Opening {
  readonly #parts: Pick<ConversationParts, "account" | "env" | "schema" | "say">;
  readonly #replica: Replica;
  readonly #outboxes: Outboxes;
  #held = false;
  #resumed = false;
  #fromNothing = false;
  #drops = 0;
  #resumeAsked = -Infinity;
  #reopening: Timer | null = null;

  constructor(
    parts: Pick<ConversationParts, "account" | "env" | "schema" | "say">,
    replica: Replica,
    outboxes: Outboxes,
  ) {
    this.#parts = parts;
    this.#replica = replica;
    this.#outboxes = outboxes;
  }

  /** This opening has asked for an expired claim: the answer is final. */
  get hasAskedBack(): boolean {
    return this.#resumed;
  }

  /** Say Open and SyncStep1 for the outbox that is spoken for. */
  say({ resume = false, diverged = null }: { readonly resume?: boolean; readonly diverged?: string | null } = {}): void {
    const outbox = this.#outboxes.active;
    const first = this.#outboxes.speaksForOwn ? undefined : outbox.rows[0];
    this.#resumed = resume || this.#held || outbox.rows.length > 0;
    this.#parts.say({
      type: "open-section",
      schema: this.#parts.schema,
      epoch: first === undefined ? this.#replica.epoch : first.epoch,
      outbox: outbox.id,
      client: first === undefined ? this.#replica.doc.clientID : first.client,
      resume: this.#resumed,
      diverged,
    });
    const stateVector = this.#fromNothing ? Y.encodeStateVector(new Y.Doc()) : this.#replica.stateVector;
    this.#parts.say({ type: "sync-step-1", stateVector });
  }

  /** Whether the holder, who is back, may ask for an expired claim; asked too soon after the last time, it may not. */
  mayAskBack(): boolean {
    const now = this.#parts.env.timers.monotonic();
    if (now - this.#resumeAsked < RESUME_EVERY_MS) return false;
    this.#resumeAsked = now;
    return true;
  }

  /** From the next opening on, ask for the whole text. */
  wantAll(): void {
    this.#fromNothing = true;
  }

  /** SyncStep2 came, or what it would have mended was given up. True when the whole text was asked for. */
  gotAll(): boolean {
    const whole = this.#fromNothing;
    this.#fromNothing = false;
    return whole;
  }

  /** Who holds the section, by the server's word; a claim that this page held is asked back at the next opening. */
  heard(meta: Meta, isLive: boolean): void {
    if (meta.claims.some((claim) => claim.account === this.#parts.account)) this.#held = true;
    else if (meta.mode === "read" && isLive) this.#held = false;
    if (meta.mode === "write") this.#resumed = false;
  }

  /** There is no claim to come back to. */
  letGo(): void {
    this.#held = false;
  }

  /** It went well: nothing is to be tried again, and the next failure waits for a short while. */
  succeeded(): void {
    this.silence();
    this.#drops = 0;
  }

  /** Try again later, and later each time. */
  again(open: () => void): void {
    const { timers, random } = this.#parts.env;
    const whole = Math.min(REOPEN_LAST_MS, REOPEN_FIRST_MS * 2 ** this.#drops);
    this.#drops += 1;
    this.#reopening = timers.after(whole * (0.5 + random() / 2), open);
  }

  /** Nothing is tried again for now. */
  silence(): void {
    this.#parts.env.timers.cancel(this.#reopening);
    this.#reopening = null;
  }
}
