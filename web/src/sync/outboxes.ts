/**
 * The outboxes of one section in one tab: its own, and those of tabs that are gone, adopted one at a time.
 *
 * Owns which exist, whose lock is held, and which is spoken for. Knows no frame and no document.
 */
import type { Environment } from "./environment";
import { outboxLock } from "./locks";
import { Outbox } from "./outbox";
import type { OutboxRow } from "./rows";
import type { Store } from "./store";

export interface OutboxesParts {
  readonly section: string;
  readonly schema: number;
  readonly env: Pick<Environment, "timers" | "locks" | "uuid">;
  readonly store: Store;
  readonly changed: () => void;
}

export class Outboxes {
  readonly #parts: OutboxesParts;
  #own: Outbox;
  #orphans: Outbox[] = [];
  #active: Outbox;
  #closed = false;

  constructor(parts: OutboxesParts) {
    this.#parts = parts;
    this.#own = this.#newOwn(0);
    this.#active = this.#own;
  }

  get own(): Outbox {
    return this.#own;
  }

  /** The one that is spoken for on the line. */
  get active(): Outbox {
    return this.#active;
  }

  get speaksForOwn(): boolean {
    return this.#active === this.#own;
  }

  /** Everything that the server has not confirmed, oldest first. */
  get rows(): readonly OutboxRow[] {
    return [...this.#orphans.flatMap((orphan) => orphan.rows), ...this.#own.rows];
  }

  /** Speak for the next: those that were left behind come before one's own. */
  next(): Outbox {
    this.#active = this.#orphans[0] ?? this.#own;
    return this.#active;
  }

  /** The orphan that was spoken for is done with; it is the caller's to close. */
  shift(): Outbox | undefined {
    return this.#orphans.shift();
  }

  /** All orphans, which are the caller's to close; from now on it is spoken for one's own. */
  takeOrphans(): readonly Outbox[] {
    this.#active = this.#own;
    return this.#orphans.splice(0);
  }

  /**
   * A new one in place of one's own, which is burnt. Its lock is kept as long as the page lives, for its rows may still
   * be on their way into the drawer; and numbers go on, so that no late answer to it is taken for one to the new.
   */
  replaceOwn(): void {
    const spoken = this.speaksForOwn;
    this.#own = this.#newOwn(this.#own.lastSeq);
    if (spoken) this.#active = this.#own;
  }

  /** Adopt the outboxes of this section whose tab is gone; the lock that proves it is ours from here on. */
  async findOrphans(): Promise<void> {
    const { store, section, env } = this.#parts;
    try {
      const known = new Set([this.#own.id, ...this.#orphans.map((orphan) => orphan.id)]);
      const names = new Set((await store.rows(section)).map((row) => row.outbox).filter((name) => !known.has(name)));
      for (const name of names) {
        const release = await env.locks.tryHold(outboxLock(name));
        if (release === null) continue;
        // Read again: whoever held the lock before may have emptied it.
        const rows = (await store.rows(section)).filter((row) => row.outbox === name);
        if (rows.length === 0 || this.#closed) release();
        else this.#orphans.push(this.#outbox(name, rows, 0, Promise.resolve(release)));
      }
    } catch {
      // Without the device store nothing can be adopted; it stays where it is.
    }
  }

  /** Those that hold what the disk has not taken. */
  get notOnDisk(): readonly Outbox[] {
    return [...this.#orphans, this.#own].filter((outbox) => !outbox.isOnDisk);
  }

  /** The device was wiped. */
  wiped(): void {
    for (const outbox of [...this.#orphans, this.#own]) outbox.wiped();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#orphans, this.#own].map((outbox) => outbox.close()));
  }

  #newOwn(after: number): Outbox {
    const id = this.#parts.env.uuid();
    return this.#outbox(id, [], after, this.#hold(id));
  }

  #outbox(id: string, rows: readonly OutboxRow[], after: number, held: Promise<() => void>): Outbox {
    const { section, schema, store, env, changed } = this.#parts;
    return new Outbox({ section, id, schema, store, timers: env.timers, held, changed }, rows, after);
  }

  async #hold(id: string): Promise<() => void> {
    const nothing = (): void => undefined;
    try {
      return (await this.#parts.env.locks.tryHold(outboxLock(id))) ?? nothing;
    } catch {
      // Without a lock another tab may adopt these rows while this one lives: a nuisance, not a loss.
      return nothing;
    }
  }
}
