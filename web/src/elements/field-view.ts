/**
 * One field on the page: the server's HTML, an editor, or text rendered here; one of them at a time, in the same place.
 */
import type { EditorView } from "prosemirror-view";
import type { Block } from "../docs/model";
import { placeOf, restorePlace, type Place } from "../editor/editor";
import { renderBlocks } from "../editor/read";
import { freshId } from "./dom";

export class FieldView {
  readonly name: string;
  readonly headingId: string;
  readonly #content: HTMLElement;
  #view: EditorView | null = null;
  #place: Place | null = null;

  constructor(element: HTMLElement, name: string) {
    this.name = name;
    this.#content = element.querySelector<HTMLElement>("[data-content]") ?? element;
    const heading = element.querySelector("h3, h4");
    if (heading !== null && heading.id === "") heading.id = freshId("field");
    this.headingId = heading?.id ?? "";
  }

  get view(): EditorView | null {
    return this.#view;
  }

  /** Replace what is shown by an editor; the caret goes where it was in the last one. */
  mount(make: (place: HTMLElement) => EditorView): void {
    if (this.#view !== null) return;
    this.#content.classList.remove("prose");
    this.#view = make(this.#content);
    if (this.#place !== null) restorePlace(this.#view, this.#place);
    this.#place = null;
  }

  /** Take the editor away. Its text stays on the page as it is, without being editable, until something replaces it. */
  unmount(): void {
    const view = this.#view;
    if (view === null) return;
    this.#view = null;
    this.#place = placeOf(view);
    const still = view.dom.cloneNode(true) as HTMLElement;
    for (const name of ["contenteditable", "role", "aria-multiline", "aria-labelledby", "aria-describedby", "spellcheck"]) still.removeAttribute(name);
    still.classList.remove("ProseMirror-focused");
    for (const caret of still.querySelectorAll(".caret")) caret.remove();
    view.destroy();
    this.#content.replaceChildren(still);
  }

  read(blocks: readonly Block[]): void {
    if (this.#view !== null) this.unmount();
    this.#content.classList.add("prose");
    this.#content.replaceChildren(renderBlocks(blocks));
  }
}
