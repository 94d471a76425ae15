/**
 * What goes into the drawer: refused rows as texts that can be read when everything else is gone.
 *
 * Owns the grouping and the excerpts (the touched blocks before and after). Knows no socket and no store.
 */
import * as Y from "yjs";

import { PUSH_MAX_BYTES } from "../wire/frames";
import type { DrawerRow, OutboxRow } from "./rows";
import { excerpt, plainSection, readFields } from "./text";
import type { Fields } from "./text";
import { FROM_SERVER } from "./replica";
import { addsText, docOf, hasPending, isReadable, merged, textsIn } from "./updates";

export interface RefusedParts {
  readonly section: string;
  readonly key: string;
  readonly fields: readonly string[];
  /** The whole confirmed state, and the history that it belongs to. */
  readonly confirmed: Uint8Array;
  readonly epoch: string | null;
  readonly code: string;
  readonly at: number;
  readonly uuid: () => string;
}

/**
 * The drawer's rows for these rows of one outbox, in order, each small enough to be handed in.
 *
 * What neither brings text nor changes what is shown is left out.
 */
export function refusedItems(rows: readonly OutboxRow[], parts: RefusedParts): readonly DrawerRow[] {
  // Rows of another history must not be mixed with this one: they are shown for themselves.
  const sameHistory = (rows[0]?.epoch ?? parts.epoch) === parts.epoch;
  const doc = docOf(parts.fields, sameHistory ? [parts.confirmed] : [], FROM_SERVER);
  const items = rows.filter((row) => !isReadable(row.update)).map((row) => unreadable(row, parts));
  for (const group of groups(rows.filter((row) => isReadable(row.update)))) {
    const before = readFields(doc, parts.fields);
    const base = Y.encodeStateVector(doc);
    const update = merged(group.map((row) => row.update));
    Y.applyUpdate(doc, update);
    const after = readFields(doc, parts.fields);
    const texts = shown(before, after, update, parts, doc);
    const carriesText = addsText(update);
    if (!carriesText && texts.before === texts.after) continue;
    items.push({
      id: parts.uuid(),
      section: parts.section,
      code: parts.code,
      at: group.at(-1)?.at ?? parts.at,
      ...texts,
      update,
      epoch: group[0]?.epoch ?? parts.epoch,
      base,
      carriesText,
      onServer: false,
    });
  }
  doc.destroy();
  return items;
}

/** A row that came to harm on the device: kept as it is, for nothing of it can be shown. */
function unreadable(row: OutboxRow, parts: RefusedParts): DrawerRow {
  return { ...unsentText("", parts), at: row.at, update: row.update, epoch: row.epoch };
}

/** A whole text kept for comparison: the document turned out to differ from the server's. */
export function keptText(old: Y.Doc, parts: RefusedParts): DrawerRow {
  return {
    id: parts.uuid(),
    section: parts.section,
    code: parts.code,
    at: parts.at,
    before: excerpt(parts.key, new Map(), new Map()).before,
    after: excerpt(parts.key, new Map(), readFields(old, parts.fields)).after,
    update: null,
    epoch: parts.epoch,
    base: Y.encodeStateVector(old),
    carriesText: false,
    onServer: false,
  };
}

/** A text of the author's own that never was an edit, such as a paste that is too large: kept on this device. */
export function unsentText(text: string, parts: Omit<RefusedParts, "confirmed" | "epoch">): DrawerRow {
  return {
    id: parts.uuid(),
    section: parts.section,
    code: parts.code,
    at: parts.at,
    before: plainSection(parts.key, parts.fields, []),
    after: plainSection(parts.key, parts.fields, text.split(/\r\n?|\n/u)),
    update: null,
    epoch: null,
    base: new Uint8Array([0]),
    carriesText: false,
    onServer: false,
  };
}

function shown(
  before: Fields,
  after: Fields,
  update: Uint8Array,
  parts: RefusedParts,
  doc: Y.Doc,
): { before: string; after: string } {
  const seen = excerpt(parts.key, before, after);
  if (!hasPending(doc) || seen.before !== seen.after) return seen;
  // What it builds on is missing, so the document shows nothing of it: its bare pieces of text are better than none.
  return { before: seen.before, after: plainSection(parts.key, parts.fields, [textsIn(update).join("")]) };
}

function groups(rows: readonly OutboxRow[]): readonly (readonly OutboxRow[])[] {
  const all: OutboxRow[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const group = all.at(-1);
    const fits = group !== undefined && bytes + row.update.length <= PUSH_MAX_BYTES;
    if (fits) {
      group.push(row);
      bytes += row.update.length;
    } else {
      all.push([row]);
      bytes = row.update.length;
    }
  }
  return all;
}
