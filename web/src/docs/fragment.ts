/**
 * From a Yjs document to blocks: read first, bind after (frontend findings, H1).
 *
 * The editor's binding deletes from the shared document whatever does not fit its schema, merely by opening it; so
 * every fragment is walked here before it is bound. Reads only; never changes the document. Must not know the editor.
 */
import * as Y from "yjs";

import { sectionBytes } from "./canonical";
import { sectionDigest } from "./digest";
import type { Block, Section } from "./model";
import { NODE, OutsideSchema, readBlock, type Loose, type LoosePiece } from "./schema";

/** The blocks of a field. Throws OutsideSchema, with the place, for what must not be bound. */
export function fromFragment(fragment: Y.XmlFragment, place = "field"): Block[] {
  return fragment.toArray().flatMap((node, index) => {
    const where = `${place}, block ${index + 1}`;
    if (!(node instanceof Y.XmlElement)) throw new OutsideSchema("text outside a block", where);
    if (node.nodeName !== NODE) throw new OutsideSchema(`unknown node ${JSON.stringify(node.nodeName)}`, where);
    return readBlock(node.getAttributes() as Loose, pieces(node, where), { place: where }) ?? [];
  });
}

/** All declared fields of a section. Throws OutsideSchema, also when a field is not a fragment. */
export function sectionOf(doc: Y.Doc, key: string, fields: readonly string[]): Section {
  const read = fields.map((name): [string, Block[]] => {
    let fragment: Y.XmlFragment;
    try {
      fragment = doc.getXmlFragment(name);
    } catch {
      throw new OutsideSchema("not a fragment", `field ${name}`);
    }
    return [name, fromFragment(fragment, `field ${name}`)];
  });
  return { key, fields: Object.fromEntries(read) };
}

/** The digest of a section as this document has it. Rejects with OutsideSchema. */
export async function docDigest(doc: Y.Doc, key: string, fields: readonly string[]): Promise<string> {
  return sectionDigest(sectionBytes(sectionOf(doc, key, fields)));
}

function* pieces(block: Y.XmlElement, place: string): Generator<LoosePiece> {
  for (const node of block.toArray()) {
    if (!(node instanceof Y.XmlText)) throw new OutsideSchema("a block inside a block", place);
    for (const [name, value] of Object.entries(node.getAttributes() as Loose)) {
      if (value !== null && value !== undefined) throw new OutsideSchema(`attribute ${name} on text`, place);
    }
    for (const part of node.toDelta() as { insert: unknown; attributes?: Loose }[]) {
      yield [part.insert, part.attributes];
    }
  }
}
