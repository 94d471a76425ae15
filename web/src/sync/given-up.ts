/**
 * Text that will not be accepted: from its outbox into the drawer, and from there to the server as Late.
 *
 * Owns that nothing typed is dropped on this way. That and why it is given up is the conversation's; how it is kept is
 * the drawer's.
 */
import type * as Y from "yjs";

import type { ServerFrame } from "../wire/frames";
import { LateSender } from "./late";
import type { Outbox } from "./outbox";
import type { Outboxes } from "./outboxes";
import type { ConversationParts } from "./parts";
import { keptText, refusedItems } from "./refused";
import type { RefusedParts } from "./refused";
import type { Replica } from "./replica";

export class GivenUp {
  readonly #parts: ConversationParts;
  readonly #replica: Replica;
  readonly #outboxes: Outboxes;
  /** Whether late text may be said now. */
  readonly #mayHandIn: () => boolean;
  readonly #late = new LateSender();

  constructor(parts: ConversationParts, replica: Replica, outboxes: Outboxes, mayHandIn: () => boolean) {
    this.#parts = parts;
    this.#replica = replica;
    this.#outboxes = outboxes;
    this.#mayHandIn = mayHandIn;
  }

  /** Every row of an outbox; the promise is kept when the device has them in the drawer, or has failed to. */
  outbox(outbox: Outbox, code: string): Promise<void> {
    const last = outbox.rows.at(-1);
    if (last === undefined) return Promise.resolve();
    const items = refusedItems(outbox.rows, this.#about(code));
    outbox.leave(last.seq);
    const kept = this.#parts.drawer.add(items, { outbox: outbox.id, upTo: last.seq });
    if (items.length > 0) this.#parts.refused(items);
    return kept.then(() => this.handIn());
  }

  /** An edit of a document that was given up already. */
  strayed(update: Uint8Array): void {
    const { env, section, schema } = this.#parts;
    const row = { section, outbox: "", seq: 0, update, at: env.timers.now(), client: 0, epoch: "", schema };
    const items = refusedItems([row], this.#about("gap"));
    void this.#parts.drawer.add(items, null).then(() => this.handIn());
    if (items.length > 0) this.#parts.refused(items);
  }

  /** A whole text that turned out to differ from the server's, for comparison. */
  diverged(doc: Y.Doc): void {
    const kept = keptText(doc, this.#about("diverged"));
    void this.#parts.drawer.add([kept], null);
    this.#parts.refused([kept]);
  }

  /** Say what of the drawer the server should keep and does not yet, one text at a time. */
  handIn(): void {
    if (!this.#mayHandIn()) return;
    const rows = this.#parts.drawer.unsent(this.#parts.section);
    // Numbered by one's own outbox alone: see `Outboxes.replaceOwn`.
    this.#late.send(rows, () => this.#outboxes.own.nextSeq(), this.#parts.say);
  }

  /** Whether this is the answer to a late text; then it is dealt with. */
  hears(frame: ServerFrame): boolean {
    if (frame.type !== "ack" && frame.type !== "refuse") return false;
    const id = this.#late.answered(frame.seq);
    if (id === null) return false;
    if (frame.type === "ack") void this.#parts.drawer.keptByServer(id);
    this.handIn();
    return true;
  }

  /** Nothing that was said on this opening will be answered. */
  silence(): void {
    this.#late.down();
  }

  #about(code: string): RefusedParts {
    const { section, key, fields, env } = this.#parts;
    const { confirmedState: confirmed, epoch } = this.#replica;
    return { section, key, fields, confirmed, epoch, code, at: env.timers.now(), uuid: env.uuid };
  }
}
