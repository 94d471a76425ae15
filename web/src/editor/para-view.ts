/**
 * How a block stands in the editor. A list item is a list of its own with one item, whose place in the whole list is
 * told by `aria-level`, `aria-posinset` and `aria-setsize`: flat blocks have no common parent, and an item outside a
 * list is no item to those who hear the page.
 */
import { DOMSerializer, type Node } from "prosemirror-model";
import type { Decoration, NodeView } from "prosemirror-view";
import type { ListItem } from "./list-items";
import { para } from "./schema";

export class ParaView implements NodeView {
  readonly dom: HTMLElement;
  readonly contentDOM: HTMLElement;
  #node: Node;

  constructor(node: Node, decorations: readonly Decoration[]) {
    const { dom, contentDOM } = DOMSerializer.renderSpec(document, para.spec.toDOM?.(node) ?? ["p", 0]);
    this.dom = dom as HTMLElement;
    this.contentDOM = contentDOM ?? this.dom;
    this.#node = node;
    this.#place(decorations);
  }

  /** Keep the element while its form is the same: an input method may be writing in it. */
  update(node: Node, decorations: readonly Decoration[]): boolean {
    if (!node.sameMarkup(this.#node)) return false;
    this.#node = node;
    this.#place(decorations);
    return true;
  }

  #place(decorations: readonly Decoration[]): void {
    if (this.contentDOM === this.dom) return;
    const item = decorations.map((decoration) => (decoration.spec as { item?: ListItem }).item).find((one) => one !== undefined);
    if (item === undefined) return;
    set(this.contentDOM, "aria-level", item.level);
    set(this.contentDOM, "aria-posinset", item.position);
    set(this.contentDOM, "aria-setsize", item.size);
  }
}

function set(element: Element, name: string, value: number): void {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}
