/** Putting blocks into the text as an ordinary edit of one's own: what the drawer's "insert again" does. */
import { Fragment } from "prosemirror-model";
import type { Command } from "prosemirror-state";
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

/** Insert the blocks after the block with the caret; an empty one there is replaced. One step of undo. */
export function insertBlocks(blocks: readonly Block[]): Command {
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
    const { $to } = state.selection;
    const inBlock = $to.depth > 0;
    const empty = inBlock && $to.parent.content.size === 0;
    const from = empty ? $to.before(1) : inBlock ? $to.after(1) : state.doc.content.size;
    const to = empty ? $to.after(1) : from;
    dispatch?.(state.tr.replaceWith(from, to, Fragment.from(nodes)).scrollIntoView());
    return true;
  };
}
