/**
 * The two documents of a section: what the person sees, and what the server has confirmed.
 *
 * `doc` holds the confirmed content and the local edits on top of it; `confirmed` never holds anything that the server
 * has not sent or acknowledged, so that a refused edit can be left behind: the old document is given up whole, and a
 * new one, with a new client id, is made from `confirmed`. Knows no socket, no outbox and no device store.
 */
import * as Y from "yjs";

import { sectionBytes } from "../docs/canonical";
import { readFields } from "./text";
import { applyAll, docOf, hasPending } from "./updates";

/** A smaller state holds no text that is near a limit. */
const TEXT_COUNTS_BYTES = 64 * 1024;

/** The origin of every change that is not the person's own. */
export const FROM_SERVER = Symbol("from the server");

/** Confirmed updates that the device was not given yet: from revision `from` to `rev`. */
export interface Unpersisted {
  readonly from: number;
  readonly rev: number;
  readonly updates: readonly Uint8Array[];
  /** The whole confirmed state of this history, at `rev` or later. */
  readonly whole: () => Uint8Array;
}

export class Replica {
  readonly #fields: readonly string[];
  readonly #edited: (update: Uint8Array, doc: Y.Doc, isTidying: boolean) => void;
  #isHearing = false;
  #confirmed: Y.Doc;
  #doc: Y.Doc;
  #epoch: string | null = null;
  #rev = 0;
  #persisted = 0;
  #since: Uint8Array[] = [];

  /**
   * `edited` is called with every local change, of a document given up as well: nothing typed is overheard.
   * `isTidying`: nobody typed it; Yjs itself took marks away that others' edits had made redundant.
   */
  constructor(fields: readonly string[], edited: (update: Uint8Array, doc: Y.Doc, isTidying: boolean) => void) {
    this.#fields = fields;
    this.#edited = edited;
    this.#confirmed = docOf(fields);
    this.#doc = this.#newDoc([]);
  }

  get doc(): Y.Doc {
    return this.#doc;
  }

  /** The history that this content belongs to; null before the server or the device has said. */
  get epoch(): string | null {
    return this.#epoch;
  }

  get rev(): number {
    return this.#rev;
  }

  get stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#confirmed);
  }

  get confirmedState(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#confirmed);
  }

  /** Confirmed content waits for something that it builds on: ask the server for all of it. */
  get isBroken(): boolean {
    return hasPending(this.#confirmed);
  }

  /** How much of the limits of a section is used. The text is only written out when the state could hold that much. */
  measure(key: string): { readonly stateBytes: number; readonly textBytes: number } {
    const stateBytes = this.confirmedState.length;
    if (stateBytes < TEXT_COUNTS_BYTES) return { stateBytes, textBytes: 0 };
    const fields = Object.fromEntries(readFields(this.#confirmed, this.#fields));
    return { stateBytes, textBytes: sectionBytes({ key, fields }).length };
  }

  /** Start from what lay on the device. */
  load(base: { readonly epoch: string; readonly rev: number; readonly updates: readonly Uint8Array[] }): void {
    applyAll(this.#confirmed, base.updates, FROM_SERVER);
    applyAll(this.#doc, base.updates, FROM_SERVER);
    this.#epoch = base.epoch;
    this.#rev = base.rev;
    this.#persisted = base.rev;
  }

  /** The server has said which history this is; only for a replica that belongs to none yet. */
  belongTo(epoch: string): void {
    this.#epoch ??= epoch;
  }

  /** The server sent this, or confirmed it, as the content up to `rev`. Both documents have it then. */
  confirm(updates: readonly Uint8Array[], rev: number): void {
    applyAll(this.#confirmed, updates, FROM_SERVER);
    this.#isHearing = true;
    try {
      applyAll(this.#doc, updates, FROM_SERVER);
    } finally {
      this.#isHearing = false;
    }
    this.#since.push(...updates);
    this.#rev = Math.max(this.#rev, rev);
  }

  /** What to write to the device next. If that fails, the next one no longer continues what lies there: see `Store`. */
  takeUnpersisted(): Unpersisted | null {
    if (this.#since.length === 0) return null;
    const confirmed = this.#confirmed;
    const taken = {
      from: this.#persisted,
      rev: this.#rev,
      updates: this.#since,
      whole: () => Y.encodeStateAsUpdate(confirmed),
    };
    this.#persisted = this.#rev;
    this.#since = [];
    return taken;
  }

  /** Give up the local edits: a new document from what the server has confirmed. */
  burn(): void {
    // The old one is not destroyed: whatever still writes into it must be heard.
    this.#doc = this.#newDoc([this.confirmedState]);
  }

  /** Give up everything: another history, or no right to read. */
  reset(): void {
    this.#confirmed = docOf(this.#fields);
    this.#doc = this.#newDoc([]);
    this.#epoch = null;
    this.#rev = 0;
    this.#persisted = 0;
    this.#since = [];
  }

  /** `doc` stays: whatever still writes into it must be heard. */
  destroy(): void {
    this.#confirmed.destroy();
  }

  #newDoc(updates: readonly Uint8Array[]): Y.Doc {
    const doc = docOf(this.#fields, updates, FROM_SERVER);
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== FROM_SERVER) this.#edited(update, doc, this.#isHearing && origin === null);
    });
    return doc;
  }
}
