/**
 * `<rm-menu>` around a `<details>`: closes it on Escape, on a click elsewhere, and when the focus goes elsewhere. The menu
 * opens without it.
 */
export class RmMenu extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("keydown", this.#onKey);
    this.addEventListener("focusout", this.#onFocusOut);
    document.addEventListener("pointerdown", this.#onPointer);
  }

  disconnectedCallback(): void {
    this.removeEventListener("keydown", this.#onKey);
    this.removeEventListener("focusout", this.#onFocusOut);
    document.removeEventListener("pointerdown", this.#onPointer);
  }

  get #details(): HTMLDetailsElement | null {
    return this.querySelector("details");
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const details = this.#details;
    if (event.key !== "Escape" || details?.open !== true) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector("summary")?.focus();
  };

  readonly #onFocusOut = (event: FocusEvent): void => {
    // Nothing has the focus when the window lost it, or when something that cannot have it was pressed.
    if (event.relatedTarget instanceof Node && !this.contains(event.relatedTarget)) this.#close();
  };

  readonly #onPointer = (event: Event): void => {
    if (event.target instanceof Node && !this.contains(event.target)) this.#close();
  };

  #close(): void {
    const details = this.#details;
    if (details !== null) details.open = false;
  }
}
