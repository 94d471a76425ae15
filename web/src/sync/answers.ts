/**
 * What the server says of an open section: Meta, SyncStep2, Updates, Ack, Refuse, and what each changes.
 *
 * Owns that only what the server has sent or confirmed becomes confirmed content, and that a row counts as saved by
 * the server's word alone. Called for frames of the present opening only.
 */
import type { Meta, Refuse, ServerFrame } from "../wire/frames";
import type { Anew } from "./anew";
import type { BaseKeeper } from "./base-keeper";
import type { DigestCheck } from "./digest-check";
import type { GivenUp } from "./given-up";
import type { Opening } from "./opening";
import type { Outboxes } from "./outboxes";
import type { ConversationParts } from "./parts";
import type { Pusher } from "./pusher";
import type { Replica } from "./replica";
import type { Standing } from "./standing";

export interface AnswersParts {
  readonly conversation: Pick<ConversationParts, "changed" | "env" | "outdated" | "schema">;
  readonly standing: Standing;
  readonly replica: Replica;
  readonly outboxes: Outboxes;
  readonly opening: Opening;
  readonly pusher: Pusher;
  readonly givenUp: GivenUp;
  readonly digest: DigestCheck;
  readonly base: BaseKeeper;
  readonly anew: Anew;
  readonly reopen: () => void;
}

export class Answers {
  readonly #parts: AnswersParts;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  take(frame: ServerFrame): void {
    switch (frame.type) {
      case "meta":
        this.#meta(frame);
        return;
      case "sync-step-2":
        this.#sync(frame.update);
        return;
      case "updates":
        this.#updates(frame.updates, frame.rev);
        return;
      case "ack":
        this.#ack(frame.seq, frame.rev);
        return;
      case "refuse":
        this.#refuse(frame);
    }
  }

  #meta(meta: Meta): void {
    const { standing, replica, conversation, digest, opening, pusher } = this.#parts;
    if (meta.schema !== conversation.schema) {
      standing.stage = "outdated";
      conversation.outdated();
      return;
    }
    const another = replica.epoch !== null && replica.epoch !== meta.epoch;
    // A history never goes back: a lower revision is another history, whatever it is called.
    if (another || meta.rev < replica.rev) {
      this.#parts.anew.inAnotherHistory();
      return;
    }
    replica.belongTo(meta.epoch);
    standing.meta = meta;
    standing.isConnected = true;
    standing.denied = null;
    digest.expect(meta.digest);
    opening.heard(meta, standing.stage === "live");
    conversation.changed();
    if (standing.stage === "live") {
      digest.compare();
      pusher.judge();
    }
  }

  #sync(update: Uint8Array): void {
    const { standing, replica, conversation, outboxes, opening, pusher, base } = this.#parts;
    const { meta } = standing;
    if (meta === null) return;
    const whole = opening.gotAll();
    replica.confirm([update], meta.rev);
    // Meta comes only when nothing of this outbox is still on its way: its `seq` is the whole truth.
    const hasLeft = outboxes.active.leave(meta.seq).length > 0;
    if (hasLeft) standing.saved = { at: conversation.env.timers.now(), rev: meta.rev };
    pusher.settled(meta.seq);
    base.now(hasLeft ? { outbox: outboxes.active.id, upTo: meta.seq } : null);
    standing.isSynced = true;
    standing.stage = "live";
    opening.succeeded();
    this.#settle(whole);
  }

  #updates(updates: readonly Uint8Array[], rev: number): void {
    this.#parts.replica.confirm(updates, rev);
    this.#parts.base.soon();
    this.#settle();
  }

  #ack(seq: number, rev: number): void {
    const { standing, replica, conversation, outboxes, pusher, base } = this.#parts;
    const updates = pusher.acked(seq);
    if (updates === null) return;
    replica.confirm(updates, rev);
    standing.saved = { at: conversation.env.timers.now(), rev };
    standing.isFull = false;
    base.now({ outbox: outboxes.active.id, upTo: seq });
    this.#settle();
  }

  #refuse(frame: Refuse): void {
    const { pusher, standing, anew } = this.#parts;
    const code = pusher.refused(frame);
    if (code === null) return;
    if (code === "size") standing.isFull = true;
    anew.afterRefusal(code);
  }

  /** After new content: is it whole, is it what the server has, may more be sent? */
  #settle(whole = false): void {
    const { replica, conversation, digest, givenUp, pusher } = this.#parts;
    if (replica.isBroken) {
      this.#repair(whole);
      return;
    }
    conversation.changed();
    digest.compare();
    pusher.judge();
    givenUp.handIn();
  }

  /** Confirmed content does not hold together: ask for all of it, and if this was all of it, start anew. */
  #repair(whole: boolean): void {
    const { anew, opening, reopen } = this.#parts;
    if (whole) {
      anew.inAnotherHistory();
      return;
    }
    opening.wantAll();
    reopen();
  }
}
