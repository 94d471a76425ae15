/**
 * Blocks as the reader sees them: real nested lists, headings, no contenteditable. The same shape as the server's HTML,
 * for a section that is read while others write it, so that nothing is bound where nothing may be written.
 *
 * Builds nodes, never HTML text, so nothing needs escaping.
 */
import type { Block, Run } from "../docs/model";
import { cleanHref, listOf } from "./schema";

const TAGS: Readonly<Record<string, string>> = { h2: "h3", h3: "h4", h4: "h5", quote: "blockquote" };

interface OpenList {
  readonly level: number;
  readonly style: string;
  readonly element: HTMLElement;
}

/** The blocks as nodes, to be put into `data-content`. */
export function renderBlocks(blocks: readonly Block[]): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const lists: OpenList[] = [];
  for (const block of blocks) {
    const list = listOf(block.kind);
    if (list === null) {
      lists.length = 0;
      fragment.append(filled(document.createElement(TAGS[block.kind ?? ""] ?? "p"), block));
      continue;
    }
    while (lists.length > 0 && isPast(lists[lists.length - 1], list)) lists.pop();
    let inner = lists[lists.length - 1];
    if (inner === undefined || inner.level < list.level) {
      const element = document.createElement(list.style);
      const parent = inner?.element.lastElementChild ?? fragment;
      parent.append(element);
      inner = { ...list, element };
      lists.push(inner);
    }
    inner.element.append(filled(document.createElement("li"), block));
  }
  return fragment;
}

function isPast(open: OpenList | undefined, item: { level: number; style: string }): boolean {
  if (open === undefined) return false;
  return open.level > item.level || (open.level === item.level && open.style !== item.style);
}

function filled(element: HTMLElement, block: Block): HTMLElement {
  element.dir = block.dir ?? "auto";
  if (block.align) element.dataset["align"] = block.align;
  element.append(...block.runs.map(runNode));
  return element;
}

function runNode(run: Run): Node {
  let node: Node = document.createTextNode(run.text);
  for (const [wanted, tag] of [[run.strong, "strong"], [run.em, "em"], [run.underline, "u"]] as const) {
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
