/**
 * What the toolbar and the keys do to blocks and marks, as ProseMirror commands, and what they ask of a state.
 *
 * Pure: takes a state, gives a transaction. Must not know buttons, keys, votes or sessions. A change of kind keeps the
 * node, so what somebody else types in it meanwhile survives (findings, H3).
 */
import { joinBackward, splitBlockAs, toggleMark } from "prosemirror-commands";
import type { Attrs, MarkType, Node } from "prosemirror-model";
import { TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { cleanHref, listKind, listOf, MAX_LEVEL, para, schema, type Align, type Dir, type Kind, type ListStyle } from "./schema";

type Change = (attributes: Attrs) => Attrs | null;

/** The blocks that the selection touches, with their positions. */
export function touchedBlocks(state: EditorState): { node: Node; at: number }[] {
  const blocks: { node: Node; at: number }[] = [];
  state.doc.nodesBetween(state.selection.from, state.selection.to, (node, at) => {
    if (node.type === para) blocks.push({ node, at });
    return false;
  });
  return blocks;
}

/** A command that changes the attributes of every touched block; `change` gives null where nothing is to change. */
function changeBlocks(change: Change): Command {
  return (state, dispatch) => {
    let tr: Transaction | null = null;
    for (const { node, at } of touchedBlocks(state)) {
      const attributes = change(node.attrs);
      if (attributes !== null) tr = (tr ?? state.tr).setNodeMarkup(at, null, { ...node.attrs, ...attributes });
    }
    if (tr === null) return false;
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

/** Make the touched blocks of this kind; a plain paragraph for null. */
export function setKind(kind: Kind | null): Command {
  return changeBlocks((attributes) => (attributes["kind"] === kind ? null : { kind }));
}

/** Make the touched blocks of this kind, or plain again when all of them are already. */
export function toggleKind(kind: Kind): Command {
  return (state, dispatch) => {
    const all = touchedBlocks(state).every(({ node }) => node.attrs["kind"] === kind);
    return setKind(all ? null : kind)(state, dispatch);
  };
}

/** Make the touched blocks items of a list of this style, keeping their level; plain again when all are already. */
export function toggleList(style: ListStyle): Command {
  return (state, dispatch) => {
    const all = touchedBlocks(state).every(({ node }) => listOf(node.attrs["kind"])?.style === style);
    if (all) return setKind(null)(state, dispatch);
    return changeBlocks((attributes) => {
      const kind = listKind(style, listOf(attributes["kind"])?.level ?? 1);
      return kind === attributes["kind"] ? null : { kind };
    })(state, dispatch);
  };
}

/** Move list items one level in (1) or out (-1); an item of the first level moved out becomes a plain paragraph. */
export function changeLevel(by: 1 | -1): Command {
  return changeBlocks((attributes) => {
    const list = listOf(attributes["kind"]);
    if (list === null || list.level + by > MAX_LEVEL) return null;
    return { kind: list.level + by < 1 ? null : listKind(list.style, list.level + by) };
  });
}

/** Set the direction of the touched blocks; null leaves it to the text. */
export function setDir(dir: Dir | null): Command {
  return changeBlocks((attributes) => (attributes["dir"] === dir ? null : { dir }));
}

/** Set the direction, or leave it to the text again when all touched blocks have it already. */
export function toggleDir(dir: Dir): Command {
  return (state, dispatch) => {
    const all = touchedBlocks(state).every(({ node }) => node.attrs["dir"] === dir);
    return setDir(all ? null : dir)(state, dispatch);
  };
}

/** Set the alignment of the touched blocks. `start` is what a block has by itself, and is stored as nothing. */
export function setAlign(align: Align): Command {
  const value = align === "start" ? null : align;
  return changeBlocks((attributes) => ((attributes["align"] ?? null) === value ? null : { align: value }));
}

export const toggleStrong: Command = toggleMark(schema.marks.strong);
export const toggleEm: Command = toggleMark(schema.marks.em);
export const toggleUnderline: Command = toggleMark(schema.marks.underline);

/** The link at the selection: its address and the whole stretch of text that carries it in this block, or null. */
export function linkAt(state: EditorState): { href: string; from: number; to: number } | null {
  const { $from, from, to } = state.selection;
  if (!$from.parent.isTextblock) return null;
  let offset = $from.start();
  let run: { href: string; from: number; to: number } | null = null;
  for (const child of $from.parent.children) {
    const href: unknown = schema.marks.link.isInSet(child.marks)?.attrs["href"];
    const end = offset + child.nodeSize;
    if (typeof href !== "string") run = null;
    else if (run !== null && run.href === href) run.to = end;
    else run = { href, from: offset, to: end };
    if (run !== null && run.from <= from && to <= end && from <= end) return extended(state, run);
    offset = end;
  }
  return null;
}

function extended(state: EditorState, run: { href: string; from: number; to: number }): typeof run {
  const $end = state.doc.resolve(run.to);
  let { to } = run;
  for (let index = $end.index(); index < $end.parent.childCount; index += 1) {
    const child = $end.parent.child(index);
    if (schema.marks.link.isInSet(child.marks)?.attrs["href"] !== run.href) break;
    to += child.nodeSize;
  }
  return { ...run, to };
}

/**
 * Link the selection to `href`; with nothing selected, change the link at the caret, or insert the address as text.
 * Refuses an address whose scheme is not http, https or mailto.
 */
export function setLink(href: string): Command {
  return (state, dispatch) => {
    const clean = cleanHref(href);
    if (clean === null) return false;
    const mark = schema.marks.link.create({ href: clean });
    const { from, to, empty } = state.selection;
    const present = linkAt(state);
    const tr = state.tr;
    if (!empty) tr.addMark(from, to, mark);
    else if (present !== null) tr.removeMark(present.from, present.to, schema.marks.link).addMark(present.from, present.to, mark);
    else tr.replaceSelectionWith(schema.text(clean, mark.addToSet(state.storedMarks ?? state.selection.$from.marks())), false);
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

/** Take the link off the selection, or off the whole link at the caret. */
export const removeLink: Command = (state, dispatch) => {
  const { from, to, empty } = state.selection;
  const range = empty ? linkAt(state) : { from, to };
  if (range === null || !state.doc.rangeHasMark(range.from, range.to, schema.marks.link)) return false;
  dispatch?.(state.tr.removeMark(range.from, range.to, schema.marks.link));
  return true;
};

/** Enter: a list item goes on as a list, a heading ends in a plain paragraph, an empty item leaves the list. */
export const newBlock: Command = (state, dispatch, view) => {
  const { $from, empty } = state.selection;
  const kind: unknown = $from.parent.attrs["kind"];
  if (empty && $from.parent.type === para && $from.parent.content.size === 0 && kind !== null) {
    return listOf(kind) === null ? setKind(null)(state, dispatch) : changeLevel(-1)(state, dispatch);
  }
  return splitBlockAs((node, atEnd) => {
    const heading = typeof node.attrs["kind"] === "string" && node.attrs["kind"].startsWith("h");
    return { type: para, attrs: { ...node.attrs, kind: heading && atEnd ? null : node.attrs["kind"] } };
  })(state, dispatch, view);
};

/** Shift+Enter: a line feed within the block. */
export const newLine: Command = (state, dispatch) => {
  if (!(state.selection instanceof TextSelection)) return false;
  dispatch?.(state.tr.insertText("\n").scrollIntoView());
  return true;
};

/** Backspace at the start of a block that is not plain: first a level out, then plain, and only then join. */
export const backspaceAtStart: Command = (state, dispatch, view) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parentOffset > 0) return false;
  if ($from.parent.type === para && $from.parent.attrs["kind"] !== null) {
    return listOf($from.parent.attrs["kind"]) === null
      ? setKind(null)(state, dispatch)
      : changeLevel(-1)(state, dispatch);
  }
  return joinBackward(state, dispatch, view);
};

/** What the toolbar shows of a state: a value is null where the touched blocks differ. */
export interface Shown {
  readonly kind: string | null;
  readonly list: ListStyle | null;
  readonly dir: string | null;
  readonly align: string | null;
  readonly strong: boolean;
  readonly em: boolean;
  readonly underline: boolean;
  readonly link: boolean;
}

/** What holds at the selection. `kind` is "p" for a plain paragraph. */
export function shown(state: EditorState): Shown {
  const blocks = touchedBlocks(state);
  const same = (read: (attributes: Attrs) => string | null): string | null => {
    const first = blocks[0];
    if (first === undefined) return null;
    const value = read(first.node.attrs);
    return blocks.every(({ node }) => read(node.attrs) === value) ? value : null;
  };
  return {
    kind: same((attributes) => (attributes["kind"] as string | null) ?? "p"),
    list: same((attributes) => listOf(attributes["kind"])?.style ?? null) as ListStyle | null,
    dir: same((attributes) => attributes["dir"] as string | null),
    align: same((attributes) => (attributes["align"] as string | null) ?? "start"),
    strong: hasMark(state, schema.marks.strong),
    em: hasMark(state, schema.marks.em),
    underline: hasMark(state, schema.marks.underline),
    link: hasMark(state, schema.marks.link) || linkAt(state) !== null,
  };
}

function hasMark(state: EditorState, mark: MarkType): boolean {
  const { from, to, empty, $from } = state.selection;
  if (empty) return mark.isInSet(state.storedMarks ?? $from.marks()) !== undefined;
  return state.doc.rangeHasMark(from, to, mark);
}
