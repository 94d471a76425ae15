/**
 * The ways in which a document ends and another begins: refused text, another history, no right to read, a text that
 * differs from the server's.
 *
 * Owns that what was unsent is in the drawer before its document goes. When it happens is the conversation's. While an
 * input method composes, all but the last waits for its end.
 */
import type { Denied } from "../wire/frames";
import type { BaseKeeper } from "./base-keeper";
import type { Composing } from "./composing";
import type { DigestCheck } from "./digest-check";
import type { GivenUp } from "./given-up";
import type { Opening } from "./opening";
import type { Outboxes } from "./outboxes";
import type { ConversationParts } from "./parts";
import type { Replica } from "./replica";
import type { Standing } from "./standing";

export interface AnewParts {
  readonly conversation: Pick<ConversationParts, "changed" | "docReplaced" | "say">;
  readonly standing: Standing;
  readonly replica: Replica;
  readonly outboxes: Outboxes;
  readonly composing: Composing;
  readonly opening: Opening;
  readonly givenUp: GivenUp;
  readonly digest: DigestCheck;
  readonly base: BaseKeeper;
  /** Open what comes next: an outbox that was left behind, or one's own. */
  readonly next: () => void;
  /** Open again at once, naming the digest of the text that differed. */
  readonly reopen: (diverged: string) => void;
  /** Nothing more is waited for on this opening. */
  readonly silence: () => void;
}

export class Anew {
  readonly #parts: AnewParts;

  constructor(parts: AnewParts) {
    this.#parts = parts;
  }

  /** The rows of the outbox that is spoken for will not be accepted: the drawer has them, and what is burnt is burnt. */
  afterRefusal(code: string): void {
    const { outboxes, composing, givenUp, standing, next } = this.#parts;
    if (outboxes.speaksForOwn) {
      composing.calmly(() => {
        this.#burn(code);
        if (standing.isUp && standing.stage !== "denied") next();
      });
      return;
    }
    this.afterAdoption(givenUp.outbox(outboxes.active, code));
  }

  /** The outbox that was adopted is empty, or will be when `emptied` is kept. */
  afterAdoption(emptied: Promise<void> = Promise.resolve()): void {
    const { outboxes, conversation, next } = this.#parts;
    const outbox = outboxes.shift();
    void emptied.then(() => outbox?.close());
    conversation.say({ type: "close", reason: "" });
    next();
    conversation.changed();
  }

  /** The server's history is not ours: nothing is ever merged across that. */
  inAnotherHistory(): void {
    const { composing, outboxes, givenUp, opening, standing, next } = this.#parts;
    standing.ear.shut();
    composing.calmly(() => {
      void givenUp.outbox(outboxes.own, "epoch");
      this.#empty();
      opening.gotAll();
      if (standing.isUp) next();
    });
  }

  /** Nothing may be read: of the section nothing is kept but one's own text. */
  withoutRight(reason: Denied["reason"]): void {
    const { composing, outboxes, givenUp, opening, standing, silence, conversation } = this.#parts;
    standing.ear.shut();
    composing.calmly(() => {
      // Knocked, and shut as before: there is nothing here to begin anew.
      const isAsBefore = standing.denied !== null && outboxes.own.rows.length === 0;
      void givenUp.outbox(outboxes.own, reason);
      for (const orphan of outboxes.takeOrphans()) void givenUp.outbox(orphan, reason).then(() => orphan.close());
      silence();
      standing.stage = "denied";
      standing.denied = reason;
      standing.isConnected = true;
      opening.letGo();
      if (!isAsBefore) this.#empty();
      conversation.changed();
      givenUp.handIn();
    });
  }

  /** Our text differs from the server's at the same revision. With something unsent, the next digest finds it again. */
  afterDivergence(hex: string): void {
    const { composing, outboxes, givenUp, replica, reopen } = this.#parts;
    if (outboxes.own.rows.length > 0 || composing.isActive) return;
    givenUp.diverged(replica.doc);
    this.#empty();
    reopen(hex);
  }

  #burn(code: string): void {
    const { outboxes, replica, givenUp, conversation } = this.#parts;
    void givenUp.outbox(outboxes.own, code);
    replica.burn();
    outboxes.replaceOwn();
    conversation.docReplaced();
    conversation.changed();
  }

  #empty(): void {
    const { outboxes, replica, digest, base, standing, conversation } = this.#parts;
    digest.forget();
    standing.isSynced = false;
    replica.reset();
    outboxes.replaceOwn();
    base.forget();
    conversation.docReplaced();
  }
}
