/**
 * The one Push in flight, and what its answers mean: Ack, Refuse `rate`, Refuse `gap`.
 *
 * Owns whether and when the next Push goes, and what it holds. What follows when the outbox is given up is not known
 * here.
 */
import * as Y from "yjs";

import { PUSH_MAX_BYTES } from "../wire/frames";
import type { Refuse } from "../wire/frames";
import { fromBase64 } from "../wire/json";
import type { Composing } from "./composing";
import type { Timer } from "./environment";
import type { Opening } from "./opening";
import type { Outboxes } from "./outboxes";
import type { ConversationParts } from "./parts";
import { FROM_SERVER } from "./replica";
import type { Replica } from "./replica";
import type { Standing } from "./standing";
import { docOf } from "./updates";

const RATE_MS = 1_000;

interface Flight {
  readonly seq: number;
  readonly update: Uint8Array;
  readonly retried: boolean;
}

export interface PusherParts {
  readonly conversation: Pick<ConversationParts, "env" | "fields" | "say" | "schema">;
  readonly standing: Standing;
  readonly opening: Opening;
  readonly replica: Replica;
  readonly outboxes: Outboxes;
  readonly composing: Composing;
  /** The outbox that is spoken for will not be accepted, for this reason. */
  readonly refused: (code: string) => void;
  /** The outbox that was adopted is empty. */
  readonly emptied: () => void;
  /** Ask for a claim that may merely have expired. */
  readonly askBack: () => void;
}

export class Pusher {
  readonly #parts: PusherParts;
  #flight: Flight | null = null;
  #holding: Timer | null = null;
  #waiting: Timer | null = null;

  constructor(parts: PusherParts) {
    this.#parts = parts;
  }

  /** May the outbox that is spoken for go on, and if not, what becomes of it? */
  judge(): void {
    const { standing, opening, composing, outboxes, replica, conversation } = this.#parts;
    const { stage, meta } = standing;
    if (stage !== "live" || composing.holds || this.#flight !== null || meta === null) return;
    const [first] = outboxes.active.rows;
    if (first === undefined) {
      if (!outboxes.speaksForOwn) this.#parts.emptied();
    } else if (first.schema !== conversation.schema) {
      this.#parts.refused("schema");
    } else if (first.epoch !== replica.epoch) {
      this.#parts.refused("epoch");
    } else if (meta.mode === "write") {
      this.#pump();
    } else if (meta.why === "claim" && !opening.hasAskedBack) {
      // The claim may merely have expired; the answer decides.
      this.#parts.askBack();
    } else {
      this.#parts.refused(meta.why);
    }
  }

  /** Meta says that everything up to `seq` was accepted. */
  settled(seq: number): void {
    if (this.#flight !== null && this.#flight.seq <= seq) this.#flight = null;
  }

  /** What an Ack has confirmed; the rows have left the outbox. Null when that is nothing: never what was not pushed. */
  acked(seq: number): readonly Uint8Array[] | null {
    const flight = this.#flight;
    if (flight === null || flight.seq < seq) return null;
    const left = this.#parts.outboxes.active.leave(seq);
    if (left.length === 0) return null;
    if (flight.seq > seq) return left.map((row) => row.update);
    this.#flight = null;
    return [flight.update];
  }

  /** Why the rows in flight have to be given up; null when they need not be, or when this is about nothing in flight. */
  refused({ seq, code, detail }: Refuse): Refuse["code"] | null {
    const flight = this.#flight;
    if (flight?.seq !== seq) return null;
    if (code === "rate") {
      this.#wait(detail["after_ms"]);
      return null;
    }
    if (code === "gap" && !flight.retried && this.#fillGap(detail["sv"])) return null;
    this.#flight = null;
    return code;
  }

  /** Nothing that was said on this opening will be answered. */
  silence(): void {
    const { timers } = this.#parts.conversation.env;
    for (const timer of [this.#holding, this.#waiting]) timers.cancel(timer);
    this.#holding = this.#waiting = null;
    this.#flight = null;
  }

  /** Push what the outbox holds, now or as soon as an input method lets it go. */
  #pump(): void {
    const { outboxes, composing, conversation } = this.#parts;
    const { timers } = conversation.env;
    const wait = outboxes.speaksForOwn ? composing.pushWaitMs : 0;
    if (wait > 0) {
      timers.cancel(this.#holding);
      this.#holding = timers.after(wait, () => this.judge());
      return;
    }
    const batch = outboxes.active.batch();
    if (batch === null) return;
    if (typeof batch === "string") this.#parts.refused(batch);
    else this.#push({ seq: batch.seq, update: batch.update, retried: false }, batch.at);
  }

  #wait(afterMs: unknown): void {
    const { conversation } = this.#parts;
    this.#waiting = conversation.env.timers.after(typeof afterMs === "number" ? afterMs : RATE_MS, () => {
      this.#waiting = null;
      this.#flight = null;
      this.judge();
    });
  }

  /** One more Push, with everything that the server's state vector lacks. False when that cannot be made. */
  #fillGap(sv: unknown): boolean {
    const { outboxes, replica, conversation } = this.#parts;
    const { rows } = outboxes.active;
    const last = rows.at(-1);
    if (typeof sv !== "string" || last === undefined) return false;
    const updates = [replica.confirmedState, ...rows.map((row) => row.update)];
    const doc = outboxes.speaksForOwn ? replica.doc : docOf(conversation.fields, updates, FROM_SERVER);
    const update = Y.encodeStateAsUpdate(doc, fromBase64(sv));
    if (update.length > PUSH_MAX_BYTES) return false;
    this.#push({ seq: last.seq, update, retried: true }, last.at);
    return true;
  }

  #push(flight: Flight, deviceTimeMs: number): void {
    this.#flight = flight;
    this.#parts.conversation.say({ type: "push", seq: flight.seq, update: flight.update, deviceTimeMs });
  }
}
