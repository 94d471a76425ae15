/**
 * One section on one page, as the editor and the elements see it: document, state, cursors.
 *
 * Owns what is shown of the conversation with the server, and when. Knows no frame, no row and no page.
 */
import type * as Y from "yjs";

import { Conversation } from "./conversation";
import type { Timer } from "./environment";
import type { Meta, ServerFrame } from "../wire/frames";
import { SLOW_WRITE_MS } from "./outbox";
import type { DrawerRow } from "./rows";
import type { ConversationParts } from "./parts";
import { SAVING_MS, saveState } from "./save-line";
import { fitsSchema } from "./text";
import type { CursorFacade, SaveState, SectionSession, SectionState } from "./types";

/** Hard limits of a section (architecture, "What a section is"); drafters are warned at half. */
const TEXT_MAX_BYTES = 256 * 1024;
const STATE_MAX_BYTES = 4 * 1024 * 1024;
const MEASURE_MS = 5_000;

const NO_STEP: SectionState["step"] = { state: "", votes: [], digest: null };

export interface SessionParts extends Omit<ConversationParts, "changed" | "docReplaced" | "refused"> {
  readonly facade: (doc: () => Y.Doc) => CursorFacade & { close(): void };
  /** How many other drafters' pages have applied `rev`. */
  readonly seenBy: (rev: number) => number;
  /** This page has applied the section up to `rev`. */
  readonly seen: (rev: number) => void;
  /** The state was replaced. */
  readonly changed: () => void;
  readonly closed: () => void;
}

export class Section extends EventTarget implements SectionSession {
  readonly #parts: SessionParts;
  readonly #talk: Conversation;
  readonly #facade: CursorFacade & { close(): void };
  #state: SectionState;
  #shown = "";
  #fits: { readonly doc: Y.Doc; readonly rev: number; readonly fits: boolean } | null = null;
  #calmMeta: Meta | null = null;
  #limits = { half: false, full: false };
  #measured = -1;
  #refresh: Timer | null = null;
  #measuring: Timer | null = null;
  #closed = false;

  constructor(parts: SessionParts) {
    super();
    this.#parts = parts;
    this.#talk = new Conversation({
      ...parts,
      changed: () => this.publish(),
      docReplaced: () => {
        this.dispatchEvent(new Event("doc"));
      },
      refused: (rows) => this.#refused(rows),
    });
    this.#facade = parts.facade(() => this.doc);
    this.#state = this.#derive();
  }

  get id(): string {
    return this.#parts.section;
  }

  get key(): string {
    return this.#parts.key;
  }

  get fields(): readonly string[] {
    return this.#parts.fields;
  }

  get state(): SectionState {
    return this.#state;
  }

  get doc(): Y.Doc {
    return this.#talk.replica.doc;
  }

  get awareness(): CursorFacade {
    return this.#facade;
  }

  /** Something typed here is not on disk. */
  get isOnDisk(): boolean {
    return this.#talk.outboxes.own.isOnDisk;
  }

  /** Number of local changes that the server has not confirmed. */
  get waiting(): number {
    return this.#talk.outboxes.rows.length;
  }

  fragment(field: string): Y.XmlFragment {
    return this.doc.getXmlFragment(field);
  }

  composing(active: boolean): void {
    this.#talk.composing(active);
  }

  edited(): void {
    this.#talk.returned();
  }

  start(): Promise<void> {
    return this.#talk.start();
  }

  up(): void {
    this.#talk.up();
  }

  down(): void {
    this.#talk.down();
  }

  /** The device was wiped: what waits is in memory only. */
  wiped(): void {
    this.#talk.outboxes.wiped();
  }

  /** If the section is shut to this person, try again. False when it is not. */
  knock(): boolean {
    this.#talk.knock();
    return this.#state.denied !== null;
  }

  frame(frame: ServerFrame): void {
    this.#talk.frame(frame);
  }

  /** A frame could not be taken in: begin this section anew. */
  fault(): void {
    this.#talk.fault();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { timers } = this.#parts.env;
    timers.cancel(this.#refresh);
    timers.cancel(this.#measuring);
    this.#facade.close();
    this.#parts.closed();
    await this.#talk.close();
  }

  /** Work the state out again, and tell if it is another. */
  publish(): void {
    if (this.#closed) {
      this.#publishLoss();
      return;
    }
    const state = this.#derive();
    this.#later(state.save);
    if (state.ready) this.#parts.seen(state.rev);
    const shown = JSON.stringify(state);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#state = state;
    this.dispatchEvent(new Event("state"));
    this.#parts.changed();
  }

  /** Typed after the end: nobody keeps that, and it must not look as if somebody did. */
  #publishLoss(): void {
    const { lostSince: since } = this.#talk.standing;
    if (since === null || this.#state.save.kind === "unsafe") return;
    this.#state = { ...this.#state, mode: "read", why: "offline", connected: false, save: { kind: "unsafe", since } };
    this.dispatchEvent(new Event("state"));
  }

  #derive(): SectionState {
    const { standing, replica, isComposing } = this.#talk;
    const { denied } = standing;
    // While an input method is composing, what may be done does not change under the person's hands.
    if (!isComposing) this.#calmMeta = standing.meta;
    const meta = denied === null ? this.#calmMeta : null;
    return {
      ready: standing.hasContent && this.#fitsSchema(),
      connected: standing.isConnected,
      mode: meta?.mode ?? "read",
      why: meta?.why ?? (denied === null ? "offline" : "role"),
      claims: denied === null ? (standing.meta?.claims ?? []) : [],
      step: denied === null ? (standing.meta?.step ?? NO_STEP) : NO_STEP,
      save: this.#save(),
      rev: replica.rev,
      epoch: replica.epoch,
      denied,
      limits: { half: this.#limits.half, full: this.#limits.full || standing.isFull },
    };
  }

  #save(): SaveState {
    const { drawer, env, seenBy } = this.#parts;
    const saved = this.#talk.standing.saved;
    return saveState({
      rows: this.#talk.outboxes.rows,
      unsafeSince: this.#talk.outboxes.own.unsafeSince ?? drawer.unsafeSince,
      drawer: drawer.list(this.id).length,
      savedAt: saved?.at ?? null,
      seenBy: saved === null ? 0 : seenBy(saved.rev),
      now: env.timers.now(),
    });
  }

  /** What time alone changes: "saving" becomes "on this device", a slow disk becomes unsafe. */
  #later(save: SaveState): void {
    const { timers } = this.#parts.env;
    timers.cancel(this.#refresh);
    this.#refresh = null;
    const waits: number[] = [];
    const [oldest] = this.#talk.outboxes.rows;
    if (oldest !== undefined && save.kind !== "device") waits.push(oldest.at + SAVING_MS - timers.now());
    if (!this.#talk.outboxes.own.isOnDisk && save.kind !== "unsafe") waits.push(SLOW_WRITE_MS);
    const wait = Math.min(...waits.map((one) => Math.max(1, one)));
    if (waits.length > 0) this.#refresh = timers.after(wait, () => this.publish());
    if (this.#measuring === null && this.#measured !== this.#talk.replica.rev) {
      this.#measuring = timers.after(MEASURE_MS, () => this.#measure());
    }
  }

  #measure(): void {
    this.#measuring = null;
    this.#measured = this.#talk.replica.rev;
    const size = this.#talk.replica.measure(this.key);
    const used = Math.max(size.stateBytes / STATE_MAX_BYTES, size.textBytes / TEXT_MAX_BYTES);
    this.#limits = { half: used >= 0.5, full: used >= 1 };
    this.publish();
  }

  /** Walked before an editor is bound to it; from then on the server lets nothing in that does not fit. */
  #fitsSchema(): boolean {
    const { doc, rev } = this.#talk.replica;
    const known = this.#fits?.doc === doc && (this.#fits.fits || this.#fits.rev === rev);
    if (!known) this.#fits = { doc, rev, fits: fitsSchema(doc, this.fields) };
    return this.#fits?.fits ?? false;
  }

  #refused(rows: readonly DrawerRow[]): void {
    const items = this.#parts.drawer.list(this.id).filter((item) => rows.some((row) => row.id === item.id));
    this.dispatchEvent(new CustomEvent("refused", { detail: { items } }));
  }
}
