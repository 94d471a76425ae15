/**
 * What a document says, for people and for digests: the door from the sync code to `docs/`.
 *
 * Late text is written as a section in canonical form that holds the touched blocks of the touched fields alone, so
 * that it can be read, compared and put back when nothing else is left.
 */
import * as Y from "yjs";

import { blockJson, sectionJson } from "../docs/canonical";
import { fromFragment } from "../docs/fragment";
import { plain } from "../docs/model";
import type { Block } from "../docs/model";
import { OutsideSchema } from "../docs/schema";

export type Fields = ReadonlyMap<string, readonly Block[]>;

/** The blocks of every field; where one does not fit the schema, its bare text. */
export function readFields(doc: Y.Doc, fields: readonly string[]): Fields {
  return new Map(
    fields.map((field) => {
      const fragment = doc.getXmlFragment(field);
      try {
        return [field, fromFragment(fragment)] as const;
      } catch (error) {
        if (!(error instanceof OutsideSchema)) throw error;
        return [field, plain(...fragment.toArray().map(bareText))] as const;
      }
    }),
  );
}

/** Whether everything in the document may be bound to an editor. */
export function fitsSchema(doc: Y.Doc, fields: readonly string[]): boolean {
  try {
    for (const field of fields) fromFragment(doc.getXmlFragment(field));
    return true;
  } catch (error) {
    if (error instanceof OutsideSchema) return false;
    throw error;
  }
}

/** The touched blocks before and after, each as a section in canonical form. Equal texts: nothing shown has changed. */
export function excerpt(key: string, before: Fields, after: Fields): { before: string; after: string } {
  const was: Record<string, readonly Block[]> = {};
  const is: Record<string, readonly Block[]> = {};
  for (const field of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = touched(before.get(field) ?? [], after.get(field) ?? []);
    if (old.length + now.length === 0) continue;
    was[field] = old;
    is[field] = now;
  }
  return { before: sectionJson({ key, fields: was }), after: sectionJson({ key, fields: is }) };
}

/** Lines of text alone, a block each, under the first field: for what has no place of its own. */
export function plainSection(key: string, fields: readonly string[], lines: readonly string[]): string {
  const [field] = fields;
  return sectionJson({ key, fields: field === undefined ? {} : { [field]: plain(...lines) } });
}

function touched(
  before: readonly Block[],
  after: readonly Block[],
): readonly [old: readonly Block[], now: readonly Block[]] {
  const old = before.map(blockJson);
  const now = after.map(blockJson);
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  return [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
}

function bareText(node: Y.XmlElement | Y.XmlText | Y.XmlHook): string {
  if (node instanceof Y.XmlText) {
    return (node.toDelta() as { insert: unknown }[])
      .map(({ insert }) => (typeof insert === "string" ? insert : ""))
      .join("");
  }
  if (node instanceof Y.XmlElement) return (node.toArray() as (Y.XmlElement | Y.XmlText)[]).map(bareText).join("");
  return "";
}
