/**
 * One outbox: the local updates of one section and one tab that the server has not confirmed, and their way to disk.
 *
 * Owns the numbering, what is on disk and what is not, and what the next Push holds. Knows no frame and no right.
 */
import { PUSH_MAX_BYTES } from "../wire/frames";
import type { Timer, Timers } from "./environment";
import type { OutboxRow } from "./rows";
import type { Store } from "./store";
import { isReadable, merged } from "./updates";

const RETRY_MS = 5_000;
/** A write that takes longer is called unsafe, though it may still come. */
export const SLOW_WRITE_MS = 1_000;

/** What one Push carries: everything up to and with row `seq`. */
export interface Batch {
  readonly seq: number;
  readonly update: Uint8Array;
  readonly at: number;
}

/** Why there is no next Push: the first row alone is too large, or a row came to harm on the device. */
export type NoBatch = "size" | "invalid";

export interface OutboxParts {
  readonly section: string;
  readonly id: string;
  readonly schema: number;
  readonly store: Store;
  readonly timers: Timers;
  /** The lock that shows that this outbox's tab lives; its value ends it. Nothing is on disk before it is held. */
  readonly held: Promise<() => void>;
  /** Something about the rows or the disk has changed. */
  readonly changed: () => void;
}

export class Outbox {
  readonly #parts: OutboxParts;
  #rows: OutboxRow[] = [];
  #unwritten: OutboxRow[] = [];
  #beingWritten: OutboxRow[] = [];
  #writing: Promise<void> | null = null;
  #retry: Timer | null = null;
  #last = 0;
  #failed = false;
  #closed = false;

  /** With the rows that lie on the device; numbers begin after theirs, and after `after`. */
  constructor(parts: OutboxParts, rows: readonly OutboxRow[], after: number) {
    this.#parts = parts;
    this.#rows = [...rows];
    this.#last = Math.max(after, rows.at(-1)?.seq ?? 0);
  }

  get id(): string {
    return this.#parts.id;
  }

  get lastSeq(): number {
    return this.#last;
  }

  get rows(): readonly OutboxRow[] {
    return this.#rows;
  }

  /** Since when something is not on disk, if that has failed or takes too long; null while all is well. */
  get unsafeSince(): number | null {
    const oldest = this.#beingWritten[0] ?? this.#unwritten[0];
    if (oldest === undefined) return null;
    return this.#failed || this.#parts.timers.now() - oldest.at >= SLOW_WRITE_MS ? oldest.at : null;
  }

  /** Whether everything here is on disk. */
  get isOnDisk(): boolean {
    return this.#unwritten.length === 0 && this.#beingWritten.length === 0;
  }

  /** The next number; rows and late text share the count, so that an answer is never mistaken. */
  nextSeq(): number {
    this.#last += 1;
    return this.#last;
  }

  /** A local update: numbered now, on disk soon. */
  add(update: Uint8Array, client: number, epoch: string | null): void {
    const { section, id, schema, timers } = this.#parts;
    const row: OutboxRow = { section, outbox: id, seq: this.nextSeq(), update, at: timers.now(), client, epoch, schema };
    this.#rows.push(row);
    this.#unwritten.push(row);
    if (this.#retry === null) void this.#write();
  }

  /** The next Push, up to 256 KiB; null when nothing waits. */
  batch(): Batch | NoBatch | null {
    const taken: OutboxRow[] = [];
    let bytes = 0;
    for (const row of this.#rows) {
      if (taken.length > 0 && bytes + row.update.length > PUSH_MAX_BYTES) break;
      bytes += row.update.length;
      taken.push(row);
    }
    const last = taken.at(-1);
    if (last === undefined) return null;
    if (bytes > PUSH_MAX_BYTES) return "size";
    if (!taken.every((row) => isReadable(row.update))) return "invalid";
    return { seq: last.seq, update: merged(taken.map((row) => row.update)), at: last.at };
  }

  /** The rows up to `seq` have left, in a transaction that was or is about to be asked for. */
  leave(upTo: number): readonly OutboxRow[] {
    const left = this.#rows.filter((row) => row.seq <= upTo);
    this.#rows = this.#rows.filter((row) => row.seq > upTo);
    this.#unwritten = this.#unwritten.filter((row) => row.seq > upTo);
    return left;
  }

  /** The device was wiped: nothing here is on disk any more, and it is tried again. */
  wiped(): void {
    const mark = (): void => {
      this.#unwritten = this.#rows.filter((row) => !this.#beingWritten.includes(row));
      if (this.#unwritten.length === 0) return;
      this.#failed = true;
      this.#again();
    };
    mark();
    // What was being written just now may have come before the wiping.
    void this.settled().then(mark);
    this.#parts.changed();
  }

  /** Wait until what was added is on disk or has failed to get there. */
  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  /** Nothing is added any more; the lock ends once the disk has what it can have. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.settled();
    this.#parts.timers.cancel(this.#retry);
    this.#retry = null;
    (await this.#parts.held)();
  }

  async #write(): Promise<void> {
    if (this.#writing !== null || this.#unwritten.length === 0) return;
    this.#writing = this.#writeAll();
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    await this.#parts.held;
    // From taking rows to asking for their transaction nothing is awaited: one that removes them is asked for later.
    while (this.#unwritten.length > 0) {
      this.#beingWritten = this.#unwritten;
      this.#unwritten = [];
      try {
        await this.#parts.store.putRows(this.#beingWritten);
        this.#beingWritten = [];
        this.#failed = false;
      } catch {
        // Full, closed or not there at all. It is shown, and tried again; the server may take the text before.
        const present = new Set(this.#rows);
        this.#unwritten = [...this.#beingWritten.filter((row) => present.has(row)), ...this.#unwritten];
        this.#beingWritten = [];
        this.#failed = true;
        this.#again();
        break;
      }
    }
    this.#writing = null;
    this.#parts.changed();
  }

  #again(): void {
    if (this.#closed || this.#retry !== null) return;
    this.#retry = this.#parts.timers.after(RETRY_MS, () => {
      this.#retry = null;
      void this.#write();
    });
  }
}
