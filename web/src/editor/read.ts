/**
 * Blocks as the reader sees them: real nested lists, headings, no contenteditable. The same shape as the server's HTML
 * (`docs.render`), for a section that is read while others write it, so that nothing is bound where nothing may be
 * written; and comparisons of blocks in the same shape, with `ins` and `del`.
 *
 * Builds nodes, never HTML text, so nothing needs escaping.
 */
import { isRestyled, type BlockChange } from "../docs/compare";
import type { Block, Run } from "../docs/model";
import { cleanHref, listOf } from "./schema";

const TAGS: Readonly<Record<string, string>> = { h2: "h3", h3: "h4", h4: "h5", quote: "blockquote" };

/** Words for those who do not see colour, at the start of each change. */
export interface DiffWords {
  readonly inserted: string;
  readonly deleted: string;
  readonly restyled: string;
}

/** One block on its way to the page: its form, and its inside already made. */
interface Part {
  readonly block: Block;
  readonly inside: readonly Node[];
  readonly restyled: boolean;
}

/** The blocks as nodes, to be put into `data-content`. */
export function renderBlocks(blocks: readonly Block[]): DocumentFragment {
  return rendered(blocks.map((block) => ({ block, inside: block.runs.map(runNode), restyled: false })));
}

/** A comparison as nodes; whole texts, with what changed marked. A changed block has the form of the new one. */
export function renderChanges(changes: readonly BlockChange[], words: DiffWords): DocumentFragment {
  return rendered(
    changes.map((change) => ({
      block: change.new ?? change.old,
      inside: changedInside(change, words),
      restyled: isRestyled(change),
    })),
  );
}

function changedInside(change: BlockChange, words: DiffWords): Node[] {
  switch (change.change) {
    case "same":
      return change.new.runs.map(runNode);
    case "inserted":
      return [edit("ins", words.inserted, change.new.runs)];
    case "deleted":
      return [edit("del", words.deleted, change.old.runs)];
    case "changed": {
      const pieces = change.pieces.flatMap((piece) => {
        if (piece.change === "inserted") return [edit("ins", words.inserted, piece.runs)];
        return piece.change === "deleted" ? [edit("del", words.deleted, piece.runs)] : piece.runs.map(runNode);
      });
      return isRestyled(change) ? [hidden(words.restyled), ...pieces] : pieces;
    }
  }
}

function edit(tag: "ins" | "del", words: string, runs: readonly Run[]): HTMLElement {
  const element = document.createElement(tag);
  element.append(hidden(words), ...runs.map(runNode));
  return element;
}

function hidden(words: string): HTMLElement {
  const span = document.createElement("span");
  span.className = "visually-hidden";
  // With a direction of its own it does not decide that of the block, whose direction is its text's.
  span.dir = "auto";
  span.textContent = `${words} `;
  return span;
}

function rendered(parts: readonly Part[]): DocumentFragment {
  const fragment = document.createDocumentFragment();
  /** The lists that are open, from the outermost: the list of level n is at n - 1. */
  const open: HTMLElement[] = [];
  for (const part of parts) {
    const list = listOf(part.block.kind);
    if (list === null) {
      open.length = 0;
      fragment.append(filled(document.createElement(TAGS[part.block.kind ?? ""] ?? "p"), part));
      continue;
    }
    open.length = Math.min(open.length, list.level);
    if (open[list.level - 1]?.localName !== list.style) open.length = Math.min(open.length, list.level - 1);
    while (open.length < list.level) {
      const outer = open.at(-1);
      const element = document.createElement(list.style);
      if (outer === undefined) fragment.append(element);
      else innermost(outer).append(element);
      open.push(element);
    }
    open.at(-1)?.append(filled(document.createElement("li"), part));
  }
  return fragment;
}

/** The last item of a list, or an item of no text for a level that was skipped. */
function innermost(list: HTMLElement): Element {
  if (list.lastElementChild !== null) return list.lastElementChild;
  const item = document.createElement("li");
  item.className = "level";
  list.append(item);
  return item;
}

function filled(element: HTMLElement, { block, inside, restyled }: Part): HTMLElement {
  element.dir = block.dir ?? "auto";
  if (block.align !== null) element.dataset["align"] = block.align;
  if (restyled) element.className = "restyled";
  element.append(...inside);
  return element;
}

function runNode(run: Run): Node {
  let node: Node = document.createTextNode(run.text);
  for (const [wanted, tag] of [[run.underline, "u"], [run.strong, "strong"], [run.em, "em"]] as const) {
    if (!wanted) continue;
    const mark = document.createElement(tag);
    mark.append(node);
    node = mark;
  }
  const href = cleanHref(run.link);
  if (href === null) return node;
  const link = document.createElement("a");
  link.href = href;
  link.rel = "noopener noreferrer";
  link.append(node);
  return link;
}
