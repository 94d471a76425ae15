/**
 * Handing in late text: one at a time, until the server has confirmed each. Knows no drawer and no socket.
 */
import { FRAME_MAX_BYTES } from "../wire/frames";
import type { Late } from "../wire/frames";
import type { DrawerRow } from "./rows";

/** The frame's other parts, and what JSON makes of quotation marks. */
const SPARE_BYTES = 4096;

export class LateSender {
  readonly #given = new Set<string>();
  #pending: { readonly seq: number; readonly id: string } | null = null;

  /** Hand in the first of these that was not tried on this page yet. `say` is false when the line is down. */
  send(rows: readonly DrawerRow[], nextSeq: () => number, say: (frame: Late) => boolean): void {
    if (this.#pending !== null) return;
    const row = rows.find((one) => one.update !== null && !this.#given.has(one.id) && fits(one));
    if (row?.update == null) return;
    const { id, code, epoch, base, before, after, update } = row;
    const seq = nextSeq();
    if (say({ type: "late", seq, update, id, code, epoch, base, before, after })) this.#pending = { seq, id };
  }

  /** The id of the text that this answer is about; null if it is about something else. */
  answered(seq: number): string | null {
    if (this.#pending?.seq !== seq) return null;
    const { id } = this.#pending;
    this.#pending = null;
    this.#given.add(id);
    return id;
  }

  /** The line is down: what was not answered is handed in again. */
  down(): void {
    this.#pending = null;
  }
}

function fits(row: DrawerRow): boolean {
  const text = new TextEncoder();
  const json = text.encode(JSON.stringify([row.before, row.after])).length;
  return (row.update?.length ?? 0) + json + row.base.length * 2 + SPARE_BYTES <= FRAME_MAX_BYTES;
}
