/** Putting blocks into the text as an ordinary edit of one's own: what the drawer's "insert again" does. */
import { Fragment } from "prosemirror-model";
import type { Command, EditorState } from "prosemirror-state";
import type { Block, Run } from "../docs/model";
import { cleanText } from "./clean";
import { cleanHref, para, schema } from "./schema";

function marksOf(run: Run): ReturnType<typeof schema.mark>[] {
  const href = cleanHref(run.link);
  return [
    ...(run.strong ? [schema.marks.strong.create()] : []),
    ...(run.em ? [schema.marks.em.create()] : []),
    ...(run.underline ? [schema.marks.underline.create()] : []),
    ...(href === null ? [] : [schema.marks.link.create({ href })]),
  ];
}

/** Where blocks go: in the place of some of the field's blocks, by number, or after them when `to` is `from`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Put the blocks in the place of a stretch of the field's blocks; without one, after the block with the caret, or in
 * its place when it is empty. One step of undo.
 */
export function insertBlocks(blocks: readonly Block[], where: Stretch | null = null): Command {
  return (state, dispatch) => {
    if (blocks.length === 0) return false;
    const nodes = blocks.map(({ kind, dir, align, runs }) =>
      para.create(
        { kind, dir, align },
        runs.flatMap((run) => {
          const text = cleanText(run.text);
          return text === "" ? [] : [schema.text(text, marksOf(run))];
        }),
      ),
    );
    const { from, to } = where === null ? atCaret(state) : { from: startOf(state, where.from), to: startOf(state, where.to) };
    dispatch?.(state.tr.replaceWith(from, to, Fragment.from(nodes)).scrollIntoView());
    return true;
  };
}

function atCaret({ doc, selection: { $to } }: EditorState): Stretch {
  if ($to.depth === 0) return { from: doc.content.size, to: doc.content.size };
  const empty = $to.parent.content.size === 0;
  return { from: empty ? $to.before(1) : $to.after(1), to: $to.after(1) };
}

/** The position before the block with this number, or the end. */
function startOf({ doc }: EditorState, block: number): number {
  let at = 0;
  for (let i = 0; i < Math.min(block, doc.childCount); i += 1) at += doc.child(i).nodeSize;
  return at;
}
