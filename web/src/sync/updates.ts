/**
 * Yjs updates as bytes: joining many, and what one brings. Knows no document of ours.
 */
import * as Y from "yjs";

/** Merging is done in groups: all at once costs the square of their number. */
const GROUP = 64;

/** One update that brings what all of `updates` bring. There must be one at least. */
export function merged(updates: readonly Uint8Array[]): Uint8Array {
  let level = [...updates];
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += GROUP) {
      const group = level.slice(at, at + GROUP);
      next.push(group.length === 1 ? (group[0] as Uint8Array) : Y.mergeUpdates(group));
    }
    level = next;
  }
  const [one] = level;
  if (one === undefined) throw new Error("nothing to merge");
  return one;
}

/** The pieces of text that an update inserts, in the order of its bytes. Of an update of ours, so it can be read. */
export function textsIn(update: Uint8Array): readonly string[] {
  const texts: string[] = [];
  for (const struct of Y.decodeUpdate(update).structs) {
    if (struct instanceof Y.Item && struct.content instanceof Y.ContentString) texts.push(struct.content.str);
  }
  return texts;
}

/** Whether these bytes are an update at all. */
export function isReadable(update: Uint8Array): boolean {
  try {
    Y.decodeUpdate(update);
    return true;
  } catch {
    return false;
  }
}

export function addsText(update: Uint8Array): boolean {
  return textsIn(update).length > 0;
}

/** Something waits in `doc` for what it builds on: the document does not show all that it was given. */
export function hasPending(doc: Y.Doc): boolean {
  return doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
}

/** A document with the given root fields and content. */
export function docOf(fields: readonly string[], updates: readonly Uint8Array[] = [], origin?: unknown): Y.Doc {
  const doc = new Y.Doc();
  for (const field of fields) doc.getXmlFragment(field);
  applyAll(doc, updates, origin);
  return doc;
}

/** Apply in order, as one change for whoever listens. */
export function applyAll(doc: Y.Doc, updates: readonly Uint8Array[], origin?: unknown): void {
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update, origin);
  }, origin);
}
