/**
 * Tells every flat list item its place in its list: level, position and number of items, for those who hear the page,
 * and the marker that stands before it, for those who see it. Decorations only, which `para-view` puts into the page:
 * nothing of it is in the document.
 */
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { listOf, type ListStyle } from "./schema";

export interface ListItem {
  readonly style: ListStyle;
  readonly level: number;
  readonly position: number;
  readonly size: number;
}

interface OpenList {
  readonly style: ListStyle;
  readonly members: number[];
}

/**
 * The place of each list item, by the index of its block.
 *
 * A list of one level goes on past deeper items and ends at a shallower item, another style or any other block, as
 * the nested lists do that the server renders.
 */
export function listItems(kinds: readonly unknown[]): Map<number, ListItem> {
  const items = new Map<number, ListItem>();
  const open: (OpenList | undefined)[] = [];
  const close = (above: number): void => {
    for (let level = open.length - 1; level > above; level -= 1) {
      const list = open[level];
      list?.members.forEach((index, position) => {
        items.set(index, { style: list.style, level, position: position + 1, size: list.members.length });
      });
    }
    open.length = Math.min(open.length, above + 1);
  };
  kinds.forEach((kind, index) => {
    const list = listOf(kind);
    if (list === null) {
      close(0);
      return;
    }
    const present = open[list.level];
    close(present !== undefined && present.style !== list.style ? list.level - 1 : list.level);
    (open[list.level] ??= { style: list.style, members: [] }).members.push(index);
  });
  close(0);
  return items;
}

/** What stands before an item of a numbered list: 1. a. i. 1) by level, so that levels are told apart on paper too. */
export function marker(item: ListItem): string {
  switch (item.level) {
    case 2:
      return `${letters(item.position)}.`;
    case 3:
      return `${roman(item.position)}.`;
    case 4:
      return `${item.position})`;
    default:
      return `${item.position}.`;
  }
}

function letters(position: number): string {
  let rest = position;
  let text = "";
  while (rest > 0) {
    text = String.fromCharCode(97 + ((rest - 1) % 26)) + text;
    rest = Math.floor((rest - 1) / 26);
  }
  return text;
}

const ROMAN: readonly (readonly [number, string])[] = [
  [1000, "m"], [900, "cm"], [500, "d"], [400, "cd"], [100, "c"], [90, "xc"],
  [50, "l"], [40, "xl"], [10, "x"], [9, "ix"], [5, "v"], [4, "iv"], [1, "i"],
];

function roman(position: number): string {
  let rest = position;
  let text = "";
  for (const [value, sign] of ROMAN) {
    while (rest >= value) {
      text += sign;
      rest -= value;
    }
  }
  return text;
}

const key = new PluginKey<DecorationSet>("list-items");

function decorate(doc: Node): DecorationSet {
  const items = listItems(doc.children.map((block) => block.attrs["kind"] as unknown));
  if (items.size === 0) return DecorationSet.empty;
  const decorations: Decoration[] = [];
  doc.forEach((block, offset, index) => {
    const item = items.get(index);
    if (item === undefined) return;
    decorations.push(
      Decoration.node(offset, offset + block.nodeSize, item.style === "ol" ? { "data-marker": marker(item) } : {}, { item }),
    );
  });
  return DecorationSet.create(doc, decorations);
}

export function listItemsPlugin(): Plugin {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: (_config, state) => decorate(state.doc),
      apply: (tr, decorations) => (tr.docChanged ? decorate(tr.doc) : decorations),
    },
    props: { decorations: (state) => key.getState(state) },
  });
}
