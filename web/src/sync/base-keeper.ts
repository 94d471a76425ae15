/**
 * What the server has confirmed, from the device and to it: with the rows that it confirms at once, else now and then.
 *
 * Owns when the base is read and written. What is written is `Replica`'s, how is `Store`'s.
 */
import type { Timer } from "./environment";
import type { ConversationParts } from "./parts";
import type { Replica } from "./replica";
import type { Leaving } from "./rows";

/** What others typed is written to the device at most this often. */
const PERSIST_MS = 1_000;

export class BaseKeeper {
  readonly #parts: Pick<ConversationParts, "env" | "store" | "section" | "schema" | "changed">;
  readonly #replica: Replica;
  #due: Timer | null = null;

  constructor(parts: Pick<ConversationParts, "env" | "store" | "section" | "schema" | "changed">, replica: Replica) {
    this.#parts = parts;
    this.#replica = replica;
  }

  /** Start from what lies on the device. False when there is nothing that can be used. */
  async load(): Promise<boolean> {
    const { store, section, schema } = this.#parts;
    try {
      const { base } = await store.load(section);
      if (base?.schema !== schema) return false;
      this.#replica.load(base);
      return true;
    } catch {
      // The device store fails, or what lies there came to harm: the server has it all.
      this.#replica.reset();
      return false;
    }
  }

  /** Within a second, and with whatever is written earlier. */
  soon(): void {
    this.#due ??= this.#parts.env.timers.after(PERSIST_MS, () => this.now(null));
  }

  /** Now, while these rows leave the outbox in the same transaction. */
  now(leaving: Leaving | null): void {
    const { env, store, section, schema } = this.#parts;
    this.#cancel();
    const { epoch } = this.#replica;
    const taken = epoch === null ? null : this.#replica.takeUnpersisted();
    if (taken === null && leaving === null) return;
    const advance = taken === null || epoch === null ? null : { section, epoch, schema, at: env.timers.now(), ...taken };
    // If it fails: rows that stay are dropped by their number at the next opening, and the base is only older.
    store.advance(advance, leaving).catch(() => this.#parts.changed());
  }

  /** The base is given up. If it stays, the next opening finds again that it is of another history, or not to be read. */
  forget(): void {
    this.#cancel();
    this.#parts.store.forget(this.#parts.section).catch(() => undefined);
  }

  #cancel(): void {
    this.#parts.env.timers.cancel(this.#due);
    this.#due = null;
  }
}
