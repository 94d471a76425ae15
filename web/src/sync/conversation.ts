/**
 * The talk with the server about one section: opening, adopting, pushing, and what every answer means
 * (sync-protocol.md, "What the client does").
 *
 * Owns the order of things and which outbox is spoken for. What the person sees of it is `session`'s; the socket is the
 * page's: frames come in by `frame`, and go out by `say`.
 */
import * as Y from "yjs";

import { sectionBytes } from "../docs/canonical";
import { sectionDigest } from "../docs/digest";
import { sectionOf } from "../docs/fragment";
import { fromBase64 } from "../wire/json";
import { PUSH_MAX_BYTES } from "../wire/frames";
import type { ClientFrame, Denied, DigestAt, Meta, Refuse, ServerFrame } from "../wire/frames";
import type { Drawer } from "./drawer";
import type { Environment, Timer } from "./environment";
import { LateSender } from "./late";
import { Composing } from "./composing";
import type { Outbox } from "./outbox";
import { Outboxes } from "./outboxes";
import { keptText, refusedItems } from "./refused";
import type { RefusedParts } from "./refused";
import { FROM_SERVER, Replica } from "./replica";
import type { DrawerRow, OutboxRow } from "./rows";
import type { Leaving, Store } from "./store";
import { docOf } from "./updates";

/** What others typed is written to the device at most this often. */
const PERSIST_MS = 1_000;
const REOPEN_FIRST_MS = 500;
const REOPEN_LAST_MS = 30_000;
const RATE_MS = 1_000;
const RESUME_EVERY_MS = 3_000;

export interface ConversationParts {
  readonly section: string;
  readonly key: string;
  readonly fields: readonly string[];
  readonly account: string;
  readonly schema: number;
  readonly env: Environment;
  readonly store: Store;
  readonly drawer: Drawer;
  readonly say: (frame: ClientFrame) => boolean;
  /** Something that is shown may have changed. */
  readonly changed: () => void;
  /** The document was replaced. */
  readonly docReplaced: () => void;
  /** Text went into the drawer. */
  readonly refused: (rows: readonly DrawerRow[]) => void;
  /** The server speaks another schema: only a new page helps. */
  readonly outdated: () => void;
}

interface Flight {
  readonly seq: number;
  readonly update: Uint8Array;
  readonly retried: boolean;
}

/** `down`: no line. `opening`: until SyncStep2. `live`. `dropped`: the server closed it, opened again soon. */
type Stage = "down" | "opening" | "live" | "dropped" | "denied" | "outdated" | "closed";

export class Conversation {
  readonly replica: Replica;
  readonly #parts: ConversationParts;
  readonly #late = new LateSender();
  readonly #outboxes: Outboxes;
  readonly #composing: Composing;
  #stage: Stage = "down";
  #up = false;
  #loaded = false;
  #synced = false;
  #turn = 0;
  /** Between an Open and its answer, what comes belongs to an earlier opening. */
  #deaf = false;
  #meta: Meta | null = null;
  #heard = false;
  #denied: Denied["reason"] | null = null;
  #flight: Flight | null = null;
  #held = false;
  #resumed = false;
  #fromNothing = false;
  #expected: DigestAt | null = null;
  #saved: { readonly at: number; readonly rev: number } | null = null;
  #full = false;
  #soon = false;
  #drops = 0;
  #resumeAsked = -Infinity;
  #reopening: Timer | null = null;
  #holding: Timer | null = null;
  #waiting: Timer | null = null;
  #persisting: Timer | null = null;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.replica = new Replica(parts.fields, (update, doc) => this.#edited(update, doc));
    this.#outboxes = new Outboxes(parts);
    this.#composing = new Composing(parts.env.timers);
  }

  /** The server's last word on rights, claims and votes; null before it has said anything. */
  get meta(): Meta | null {
    return this.#meta;
  }

  get denied(): Denied["reason"] | null {
    return this.#denied;
  }

  /** The server's last word is of this connection. */
  get isConnected(): boolean {
    return this.#heard;
  }

  /** There is content to show: from the device or from the server. */
  get hasContent(): boolean {
    return this.#synced && this.#denied === null;
  }

  get isComposing(): boolean {
    return this.#composing.isActive;
  }

  /** When, and as which revision, the server last confirmed something typed on this page. */
  get saved(): { readonly at: number; readonly rev: number } | null {
    return this.#saved;
  }

  /** The server refused text because the section is at its limit. */
  get isFull(): boolean {
    return this.#full;
  }

  /** Everything that the server has not confirmed, oldest first. */
  get rows(): readonly OutboxRow[] {
    return this.#outboxes.rows;
  }

  get unsafeSince(): number | null {
    return this.#outboxes.own.unsafeSince;
  }

  get isOnDisk(): boolean {
    return this.#outboxes.own.isOnDisk;
  }

  /** Read what lies on the device, then open if there is a line. */
  async start(): Promise<void> {
    const { store, drawer, section, schema } = this.#parts;
    try {
      const { base } = await store.load(section);
      if (base !== null && base.schema === schema && this.#stage !== "closed") {
        this.replica.load(base);
        this.#synced = true;
      }
      await drawer.load(section);
    } catch {
      // The device store fails; the server has everything but what was never sent, and rows to come will say so.
    }
    this.#loaded = true;
    this.#parts.changed();
    if (this.#up) this.#begin();
  }

  /** There is a new line. */
  up(): void {
    this.#up = true;
    this.#drops = 0;
    if (this.#loaded && !this.#composing.holds) this.#begin();
  }

  /** The line is lost: nothing that was asked on it will be answered. */
  down(): void {
    this.#up = false;
    this.#heard = false;
    this.#turn += 1;
    this.#silence();
    if (this.#stage === "opening" || this.#stage === "live" || this.#stage === "dropped") this.#stage = "down";
    this.#parts.changed();
  }

  composing(active: boolean): void {
    if (active) {
      this.#composing.begin();
      return;
    }
    if (!this.#composing.end()) return;
    if (this.#up && this.#stage === "down" && this.#loaded) this.#begin();
    this.#judge();
    this.#parts.changed();
  }

  /** The holder is back at the editor: an expired claim may come back. */
  returned(): void {
    const now = this.#parts.env.timers.monotonic();
    if (this.#stage !== "live" || !this.#outboxes.speaksForOwn || now - this.#resumeAsked < RESUME_EVERY_MS) return;
    if (this.#meta?.mode !== "read" || this.#meta.why !== "claim") return;
    this.#resumeAsked = now;
    this.#open({ resume: true });
  }

  /** Leave the section. What was not confirmed stays on the device and is adopted by whoever opens it next. */
  async close(): Promise<void> {
    if (this.#stage === "closed") return;
    if (this.#stage === "live" || this.#stage === "opening") this.#parts.say({ type: "close", reason: "" });
    this.#stage = "closed";
    this.#turn += 1;
    this.#silence();
    this.#persist(null);
    await this.#outboxes.close();
    this.replica.destroy();
  }

  /** A frame could not be taken in: open again after a while, and ask for everything. */
  fault(): void {
    if (this.#stage === "closed" || !this.#up) return;
    this.#fromNothing = true;
    this.#dropped("");
  }

  frame(frame: ServerFrame): void {
    if (this.#stage === "closed") return;
    switch (frame.type) {
      case "opened":
        this.#deaf = false;
        return;
      case "denied":
        this.#deaf = false;
        this.#mayNotRead(frame.reason);
        return;
      case "close":
        this.#dropped(frame.reason);
        return;
      case "ack":
        if (!this.#lateAnswered(frame.seq, true) && !this.#deaf) this.#acked(frame.seq, frame.rev);
        return;
      case "refuse":
        if (!this.#lateAnswered(frame.seq, false) && !this.#deaf) this.#refused(frame);
        return;
      case "meta":
        if (!this.#deaf) this.#metaCame(frame);
        return;
      case "sync-step-2":
        if (!this.#deaf) this.#syncCame(frame.update);
        return;
      case "updates":
        if (!this.#deaf) this.#confirmed(frame.updates, frame.rev);
        return;
      case "presence":
      case "notice":
      case "ping":
        return;
      default:
        frame satisfies never;
    }
  }

  // Opening.

  #begin(): void {
    if (this.#stage === "closed" || this.#stage === "outdated") return;
    this.#turn += 1;
    const turn = this.#turn;
    void this.#outboxes.findOrphans().then(() => {
      if (turn === this.#turn && this.#up) this.#next();
    });
  }

  #next(): void {
    this.#outboxes.next();
    this.#open({});
  }

  #open({ resume = false, diverged = null }: { resume?: boolean; diverged?: string | null }): void {
    const outbox = this.#outboxes.active;
    const first = this.#outboxes.speaksForOwn ? undefined : outbox.rows[0];
    this.#silence();
    this.#stage = "opening";
    this.#deaf = true;
    this.#resumed = resume || this.#held || outbox.rows.length > 0;
    this.#parts.say({
      type: "open-section",
      schema: this.#parts.schema,
      epoch: first === undefined ? this.replica.epoch : first.epoch,
      outbox: outbox.id,
      client: first === undefined ? this.replica.doc.clientID : first.client,
      resume: this.#resumed,
      diverged,
    });
    const stateVector = this.#fromNothing ? Y.encodeStateVector(new Y.Doc()) : this.replica.stateVector;
    this.#parts.say({ type: "sync-step-1", stateVector });
  }

  /** Nothing more is waited for on this opening. */
  #silence(): void {
    const { timers } = this.#parts.env;
    for (const timer of [this.#reopening, this.#holding, this.#waiting]) timers.cancel(timer);
    this.#reopening = this.#holding = this.#waiting = null;
    this.#flight = null;
    this.#late.down();
  }

  // What the server says.

  #metaCame(meta: Meta): void {
    if (meta.schema !== this.#parts.schema) {
      this.#stage = "outdated";
      this.#parts.outdated();
      return;
    }
    const another = this.replica.epoch !== null && this.replica.epoch !== meta.epoch;
    // A history never goes back: a lower revision is another history, whatever it is called.
    if (another || meta.rev < this.replica.rev) {
      this.#deaf = true;
      this.#composing.calmly(() => this.#anotherHistory());
      return;
    }
    this.replica.belongTo(meta.epoch);
    this.#meta = meta;
    this.#heard = true;
    this.#denied = null;
    this.#expected = meta.digest ?? this.#expected;
    if (meta.claims.some((claim) => claim.account === this.#parts.account)) this.#held = true;
    else if (meta.mode === "read" && this.#stage === "live") this.#held = false;
    if (meta.mode === "write") this.#resumed = false;
    this.#parts.changed();
    if (this.#stage === "live") {
      this.#compare();
      this.#judge();
    }
  }

  #syncCame(update: Uint8Array): void {
    const meta = this.#meta;
    if (meta === null) return;
    const whole = this.#fromNothing;
    this.#fromNothing = false;
    this.replica.confirm([update], meta.rev);
    // Meta comes only when nothing of this outbox is still on its way: its `seq` is the whole truth.
    const left = this.#outboxes.active.leave(meta.seq);
    if (left.length > 0) this.#saved = { at: this.#parts.env.timers.now(), rev: meta.rev };
    if (this.#flight !== null && this.#flight.seq <= meta.seq) this.#flight = null;
    this.#persist(left.length > 0 ? { outbox: this.#outboxes.active.id, upTo: meta.seq } : null);
    this.#synced = true;
    this.#stage = "live";
    this.#drops = 0;
    this.#settle(whole);
  }

  #confirmed(updates: readonly Uint8Array[], rev: number): void {
    this.replica.confirm(updates, rev);
    this.#persisting ??= this.#parts.env.timers.after(PERSIST_MS, () => this.#persist(null));
    this.#settle();
  }

  #acked(seq: number, rev: number): void {
    const left = this.#outboxes.active.leave(seq);
    if (left.length === 0) return;
    const flight = this.#flight;
    const whole = flight !== null && flight.seq <= seq;
    if (whole) this.#flight = null;
    this.replica.confirm(whole ? [flight.update] : left.map((row) => row.update), rev);
    this.#saved = { at: this.#parts.env.timers.now(), rev };
    this.#full = false;
    this.#persist({ outbox: this.#outboxes.active.id, upTo: seq });
    this.#settle();
  }

  #refused({ seq, code, detail }: Refuse): void {
    const flight = this.#flight;
    if (flight?.seq !== seq) return;
    if (code === "rate") {
      const after = detail["after_ms"];
      this.#waiting = this.#parts.env.timers.after(typeof after === "number" ? after : RATE_MS, () => {
        this.#waiting = null;
        this.#flight = null;
        this.#judge();
      });
      return;
    }
    if (code === "gap" && !flight.retried && this.#fillGap(detail["sv"])) return;
    if (code === "size") this.#full = true;
    this.#flight = null;
    this.#giveUp(code);
  }

  /** One more Push, with everything that the server's state vector lacks. False when that cannot be made. */
  #fillGap(sv: unknown): boolean {
    const last = this.#outboxes.active.rows.at(-1);
    if (typeof sv !== "string" || last === undefined) return false;
    const updates = [this.replica.confirmedState, ...this.#outboxes.active.rows.map((row) => row.update)];
    const doc = this.#outboxes.speaksForOwn ? this.replica.doc : docOf(this.#parts.fields, updates, FROM_SERVER);
    const update = Y.encodeStateAsUpdate(doc, fromBase64(sv));
    if (update.length > PUSH_MAX_BYTES) return false;
    this.#push({ seq: last.seq, update, retried: true }, last.at);
    return true;
  }

  #dropped(reason: string): void {
    if (reason === "role" || reason === "locked" || reason === "unknown") {
      this.#mayNotRead(reason);
      return;
    }
    this.#silence();
    this.#stage = "dropped";
    this.#deaf = true;
    this.#heard = false;
    const { timers, random } = this.#parts.env;
    const whole = Math.min(REOPEN_LAST_MS, REOPEN_FIRST_MS * 2 ** this.#drops);
    this.#drops += 1;
    this.#reopening = timers.after(whole * (0.5 + random() / 2), () => this.#begin());
    this.#parts.changed();
  }

  // What follows from it.

  /** After new content: is it whole, is it what the server has, may more be sent? */
  #settle(whole = false): void {
    if (this.replica.isBroken) {
      this.#repair(whole);
      return;
    }
    this.#parts.changed();
    this.#compare();
    this.#judge();
    if (this.#outboxes.speaksForOwn) this.#handIn();
  }

  /** Confirmed content does not hold together: ask for all of it, and if this was all of it, start anew. */
  #repair(whole: boolean): void {
    this.#deaf = true;
    if (whole) {
      this.#composing.calmly(() => this.#anotherHistory());
      return;
    }
    this.#fromNothing = true;
    this.#open({});
  }

  #judge(): void {
    if (this.#stage !== "live" || this.#composing.holds || this.#flight !== null || this.#meta === null) return;
    const outbox = this.#outboxes.active;
    const [first] = outbox.rows;
    if (first === undefined) {
      if (!this.#outboxes.speaksForOwn) this.#adopted();
    } else if (first.schema !== this.#parts.schema) {
      this.#giveUp("schema");
    } else if (first.epoch !== this.replica.epoch) {
      this.#giveUp("epoch");
    } else if (this.#meta.mode === "write") {
      this.#pump();
    } else if (this.#meta.why === "claim" && !this.#resumed) {
      // The claim may merely have expired; this asks for it back, and the answer decides.
      this.#open({ resume: true });
    } else {
      this.#giveUp(this.#meta.why);
    }
  }

  #pump(): void {
    const { timers } = this.#parts.env;
    const wait = this.#outboxes.speaksForOwn ? this.#composing.pushWaitMs : 0;
    if (wait > 0) {
      timers.cancel(this.#holding);
      this.#holding = timers.after(wait, () => this.#judge());
      return;
    }
    const batch = this.#outboxes.active.batch();
    if (batch === null) return;
    if (batch === "size") this.#giveUp("size");
    else this.#push({ seq: batch.seq, update: batch.update, retried: false }, batch.at);
  }

  #push(flight: Flight, deviceTimeMs: number): void {
    this.#flight = flight;
    this.#parts.say({ type: "push", seq: flight.seq, update: flight.update, deviceTimeMs });
  }

  /** The rows of the outbox that is spoken for will not be accepted: the drawer has them, and what is burnt is burnt. */
  #giveUp(code: string): void {
    if (this.#outboxes.speaksForOwn) {
      this.#composing.calmly(() => {
        this.#burn(code);
        if (this.#up && this.#stage !== "denied") this.#next();
      });
      return;
    }
    this.#adopted(this.#intoDrawer(this.#outboxes.active, code));
  }

  /** The outbox that was adopted is empty, or will be when `emptied` is kept. */
  #adopted(emptied: Promise<void> = Promise.resolve()): void {
    const outbox = this.#outboxes.shift();
    void emptied.then(() => outbox?.close());
    this.#parts.say({ type: "close", reason: "" });
    this.#next();
    this.#parts.changed();
  }

  #burn(code: string): void {
    void this.#intoDrawer(this.#outboxes.own, code);
    this.replica.burn();
    this.#outboxes.replaceOwn();
    this.#parts.docReplaced();
    this.#parts.changed();
  }

  #intoDrawer(outbox: Outbox, code: string): Promise<void> {
    const last = outbox.rows.at(-1);
    if (last === undefined) return Promise.resolve();
    const items = refusedItems(outbox.rows, this.#refusedParts(code));
    outbox.leave(last.seq);
    const kept = this.#parts.drawer.add(items, { outbox: outbox.id, upTo: last.seq });
    if (items.length > 0) this.#parts.refused(items);
    return kept.then(() => this.#handIn());
  }

  /** The server's history is not ours: nothing is ever merged across that. */
  #anotherHistory(): void {
    void this.#intoDrawer(this.#outboxes.own, "epoch");
    this.#startAnew();
    this.#fromNothing = false;
    if (this.#up) this.#next();
  }

  #mayNotRead(reason: Denied["reason"]): void {
    this.#deaf = true;
    this.#composing.calmly(() => {
      void this.#intoDrawer(this.#outboxes.own, reason);
      for (const orphan of this.#outboxes.takeOrphans()) {
        void this.#intoDrawer(orphan, reason).then(() => orphan.close());
      }
      this.#silence();
      this.#stage = "denied";
      this.#denied = reason;
      this.#heard = true;
      this.#held = false;
      this.#startAnew();
      this.#parts.changed();
      this.#handIn();
    });
  }

  #startAnew(): void {
    this.#parts.env.timers.cancel(this.#persisting);
    this.#persisting = null;
    this.#expected = null;
    this.#synced = false;
    this.replica.reset();
    this.#outboxes.replaceOwn();
    // If it stays, the next opening finds again that it is of another history, or may not be read.
    this.#parts.store.forget(this.#parts.section).catch(() => undefined);
    this.#parts.docReplaced();
  }

  /** The server's digest against ours, at the same revision and with nothing unsent. */
  #compare(): void {
    const expected = this.#expected;
    if (expected === null || this.replica.rev < expected.rev || this.#outboxes.own.rows.length > 0) return;
    this.#expected = null;
    if (this.replica.rev > expected.rev || this.#stage !== "live" || !this.#outboxes.speaksForOwn) return;
    const { key, fields } = this.#parts;
    const turn = this.#turn;
    let canonical: Uint8Array;
    try {
      canonical = sectionBytes(sectionOf(this.replica.doc, key, fields));
    } catch {
      // Outside the schema there is no digest; the session shows such a section as not ready.
      return;
    }
    void sectionDigest(canonical).then((hex) => {
      if (hex !== expected.hex && turn === this.#turn && this.#stage === "live") this.#diverged(hex);
    });
  }

  #diverged(hex: string): void {
    // With something unsent it waits: the next digest finds it again.
    if (this.#outboxes.own.rows.length > 0 || this.isComposing) return;
    const kept = keptText(this.replica.doc, this.#refusedParts("diverged"));
    void this.#parts.drawer.add([kept], null);
    this.#parts.refused([kept]);
    this.#startAnew();
    this.#open({ diverged: hex });
  }

  #handIn(): void {
    const ready = this.#stage === "denied" || (this.#stage === "live" && !this.#deaf);
    // Numbered by one's own outbox alone: see `Outboxes.replaceOwn`.
    if (!this.#up || !ready || !this.#outboxes.speaksForOwn) return;
    const rows = this.#parts.drawer.unsent(this.#parts.section);
    this.#late.send(rows, () => this.#outboxes.active.nextSeq(), this.#parts.say);
  }

  #lateAnswered(seq: number, kept: boolean): boolean {
    const id = this.#late.answered(seq);
    if (id === null) return false;
    if (kept) void this.#parts.drawer.keptByServer(id);
    this.#handIn();
    return true;
  }

  // What the person does.

  #edited(update: Uint8Array, doc: Y.Doc): void {
    if (this.#stage === "closed") return;
    if (doc !== this.replica.doc) {
      this.#strayed(update);
      return;
    }
    this.#outboxes.own.add(update, doc.clientID, this.replica.epoch);
    this.#parts.changed();
    // At the end of this turn, so that a Push and the cursor that goes with it are one message.
    if (this.#soon) return;
    this.#soon = true;
    queueMicrotask(() => {
      this.#soon = false;
      this.#judge();
    });
  }

  /** An edit of a document that was given up already: nothing typed is dropped. */
  #strayed(update: Uint8Array): void {
    const { env, section, schema } = this.#parts;
    const row = { section, outbox: "", seq: 0, update, at: env.timers.now(), client: 0, epoch: "", schema };
    const items = refusedItems([row], this.#refusedParts("gap"));
    void this.#parts.drawer.add(items, null).then(() => this.#handIn());
    if (items.length > 0) this.#parts.refused(items);
  }

  #persist(leaving: Leaving | null): void {
    const { env, store, section, schema } = this.#parts;
    env.timers.cancel(this.#persisting);
    this.#persisting = null;
    const { epoch } = this.replica;
    const taken = epoch === null ? null : this.replica.takeUnpersisted();
    if (taken === null && leaving === null) return;
    const advance = taken === null || epoch === null ? null : { section, epoch, schema, at: env.timers.now(), ...taken };
    // If it fails: rows that stay are dropped by their number at the next opening, and the base is only older.
    store.advance(advance, leaving).catch(() => this.#parts.changed());
  }

  #refusedParts(code: string): RefusedParts {
    const { section, key, fields, env } = this.#parts;
    const { confirmedState: confirmed, epoch } = this.replica;
    return { section, key, fields, confirmed, epoch, code, at: env.timers.now(), uuid: env.uuid };
  }
}
