/**
 * The talk with the server about one section, from its opening to its end (sync-protocol.md, "What the client does").
 *
 * Owns the order of things. What an answer means is `answers`', the Open is `opening`'s, the outbox that is spoken for is
 * `pusher`'s, text that is not accepted is `given-up`'s, the end of a document is `anew`'s. What the person sees is
 * `session`'s; the socket is the page's: frames come in by `frame`.
 */
import type { ServerFrame } from "../wire/frames";
import { Anew } from "./anew";
import { Answers } from "./answers";
import { BaseKeeper } from "./base-keeper";
import { Composing } from "./composing";
import { DigestCheck } from "./digest-check";
import { GivenUp } from "./given-up";
import { Opening } from "./opening";
import { Outboxes } from "./outboxes";
import type { ConversationParts } from "./parts";
import { Pusher } from "./pusher";
import { Replica } from "./replica";
import { Standing } from "./standing";

export class Conversation {
  readonly replica: Replica;
  readonly standing: Standing;
  readonly outboxes: Outboxes;
  readonly #parts: ConversationParts;
  readonly #composing: Composing;
  readonly #opening: Opening;
  readonly #pusher: Pusher;
  readonly #givenUp: GivenUp;
  readonly #digest: DigestCheck;
  readonly #base: BaseKeeper;
  readonly #anew: Anew;
  readonly #answers: Answers;
  #loaded = false;
  #turn = 0;
  #soon = false;

  constructor(parts: ConversationParts) {
    const standing = new Standing(parts.ear);
    const replica = new Replica(parts.fields, (update, doc, isTidying) => this.#edited(update, doc === replica.doc, isTidying));
    const outboxes = new Outboxes(parts);
    const composing = new Composing(parts.env.timers);
    const base = new BaseKeeper(parts, replica);
    const opening = new Opening(parts, replica, outboxes);
    const givenUp = new GivenUp(parts, replica, outboxes, () => standing.mayHandIn && outboxes.speaksForOwn);
    const digest = new DigestCheck({
      key: parts.key,
      fields: parts.fields,
      replica,
      hasUnsent: () => outboxes.own.rows.length > 0,
      isLive: () => standing.stage === "live" && outboxes.speaksForOwn,
      diverged: (hex) => this.#anew.afterDivergence(hex),
    });
    const all = { conversation: parts, standing, replica, outboxes, composing, base, opening, givenUp, digest };
    const pusher = new Pusher({
      ...all,
      refused: (code) => this.#anew.afterRefusal(code),
      emptied: () => this.#anew.afterAdoption(),
      askBack: () => this.#open({ resume: true }),
    });
    const anew = new Anew({
      ...all,
      next: () => this.#next(),
      reopen: (diverged) => this.#open({ diverged }),
      silence: () => this.#silence(),
    });
    this.#answers = new Answers({ ...all, pusher, anew, reopen: () => this.#open({}) });
    [this.#parts, this.standing, this.replica, this.outboxes] = [parts, standing, replica, outboxes];
    [this.#composing, this.#base, this.#opening, this.#givenUp] = [composing, base, opening, givenUp];
    [this.#digest, this.#pusher, this.#anew] = [digest, pusher, anew];
  }

  get isComposing(): boolean {
    return this.#composing.isActive;
  }

  /** Read what lies on the device, then open if there is a line. */
  async start(): Promise<void> {
    this.standing.isSynced = await this.#base.load();
    // If that fails: rows to come will say so. Without a line, too, what was left behind is not called saved.
    await this.#parts.drawer.load(this.#parts.section).catch(() => undefined);
    await this.outboxes.findOrphans();
    this.#loaded = true;
    this.#parts.changed();
    if (this.standing.isUp) this.#begin();
  }

  /** There is a new line. */
  up(): void {
    this.standing.isUp = true;
    this.#opening.succeeded();
    if (this.#loaded && !this.#composing.holds) this.#begin();
  }

  /** The line is lost: nothing that was asked on it will be answered. */
  down(): void {
    const { standing } = this;
    standing.isUp = standing.isConnected = false;
    this.#interrupt();
    this.#silence();
    if (["opening", "live", "dropped"].includes(standing.stage)) standing.stage = "down";
    this.#parts.changed();
  }

  composing(active: boolean): void {
    if (this.standing.isOver) return;
    if (active) {
      this.#composing.begin();
      return;
    }
    if (!this.#composing.end()) return;
    if (this.standing.isUp && this.standing.stage === "down" && this.#loaded) this.#begin();
    this.#pusher.judge();
    this.#parts.changed();
  }

  /** The holder is back at the editor: an expired claim may come back. */
  returned(): void {
    const { stage, meta } = this.standing;
    if (stage !== "live" || !this.outboxes.speaksForOwn) return;
    if (meta?.mode !== "read" || meta.why !== "claim") return;
    if (this.#opening.mayAskBack()) this.#open({ resume: true });
  }

  /** Leave the section. What was not confirmed stays on the device and is adopted by whoever opens it next. */
  async close(): Promise<void> {
    const { stage } = this.standing;
    if (stage === "closed") return;
    if (["live", "opening"].includes(stage)) this.#parts.say({ type: "close", reason: "" });
    this.standing.stage = "closed";
    this.standing.ear.shut();
    this.#interrupt();
    this.#silence();
    this.#base.now(null);
    await this.outboxes.close();
    // Nobody tries again to write what the disk has not taken; the drawer does, as long as the page lives.
    await Promise.all(this.outboxes.notOnDisk.map((outbox) => this.#givenUp.outbox(outbox, "closed")));
    this.replica.destroy();
  }

  /** A frame could not be taken in: open again after a while, and ask for everything. */
  fault(): void {
    if (this.standing.stage === "closed" || !this.standing.isUp) return;
    this.#opening.wantAll();
    this.#dropped("");
  }

  /** The section was shut to this person, and something may have changed. */
  knock(): void {
    if (this.standing.stage === "denied" && this.standing.isUp) this.#begin();
  }

  frame(frame: ServerFrame): void {
    const { standing } = this;
    const isHeard = standing.ear.hears(frame);
    if (standing.stage === "closed") return;
    // An answer about late text is known by its number, whatever is open.
    if (this.#givenUp.hears(frame) || !isHeard) return;
    switch (frame.type) {
      case "opened":
        // Shut meanwhile, and nothing kept: what comes would continue a text that is gone.
        if (standing.stage === "denied") {
          standing.ear.shut();
          this.knock();
        }
        return;
      case "denied":
        this.#anew.withoutRight(frame.reason);
        return;
      case "close":
        this.#dropped(frame.reason);
        return;
      default:
        this.#answers.take(frame);
    }
  }

  // Opening.

  #begin(): void {
    if (this.standing.isOver) return;
    this.#interrupt();
    const turn = this.#turn;
    void this.outboxes.findOrphans().then(() => {
      if (turn === this.#turn && this.standing.isUp) this.#next();
    });
  }

  #next(): void {
    this.outboxes.next();
    this.#open({});
  }

  #open(how: { readonly resume?: boolean; readonly diverged?: string }): void {
    this.#silence();
    this.standing.stage = "opening";
    this.standing.ear.asked();
    this.#opening.say(how);
  }

  /** What is under way ends without a word. */
  #interrupt(): void {
    this.#turn += 1;
    this.#digest.interrupt();
  }

  #silence(): void {
    this.#opening.silence();
    this.#pusher.silence();
    this.#givenUp.silence();
  }

  #dropped(reason: string): void {
    if (reason === "role" || reason === "locked" || reason === "unknown") {
      this.#anew.withoutRight(reason);
      return;
    }
    const { standing } = this;
    this.#silence();
    standing.stage = "dropped";
    standing.ear.shut();
    standing.isConnected = false;
    this.#opening.again(() => this.#begin());
    this.#parts.changed();
  }

  // What the person does.

  #edited(update: Uint8Array, isOfPresentDoc: boolean, isTidying: boolean): void {
    if (isTidying && this.standing.meta?.mode !== "write") return; // a reader has nothing to send
    if (this.standing.stage === "closed") {
      this.standing.lostSince ??= this.#parts.env.timers.now();
      this.#parts.changed();
      return;
    }
    if (!isOfPresentDoc) {
      this.#givenUp.strayed(update);
      return;
    }
    this.outboxes.own.add(update, this.replica.doc.clientID, this.replica.epoch);
    this.#parts.changed();
    // At the end of this turn, so that a Push and the cursor that goes with it are one message.
    if (this.#soon) return;
    this.#soon = true;
    queueMicrotask(() => {
      this.#soon = false;
      this.#pusher.judge();
    });
  }
}
