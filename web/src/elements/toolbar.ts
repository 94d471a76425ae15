/**
 * `<rm-toolbar>`: one toolbar a page, for the field that was last focused. All that the schema has, and undo of one's
 * own changes.
 *
 * One tab stop: arrows, Home and End move within it, Escape goes back to the text (WAI-ARIA, toolbar pattern). A button
 * that can do nothing now stays where it is and says so, so that positions can be learnt.
 */
import { t } from "../i18n/messages";
import { shown } from "../editor/commands";
import { h } from "./dom";
import { icon } from "./icons";
import type { ActiveEditor } from "./page";
import { GROUPS, type Letter, type Tool } from "./toolbar-tools";

export class RmToolbar extends HTMLElement {
  #editor: ActiveEditor | null = null;
  #buttons = new Map<HTMLButtonElement, Tool>();
  #frame: number | undefined;

  connectedCallback(): void {
    if (this.#buttons.size === 0) this.#build();
    this.addEventListener("keydown", this.#onKey);
    this.addEventListener("click", this.#onClick);
    this.addEventListener("mousedown", this.#keepFocus);
  }

  disconnectedCallback(): void {
    this.removeEventListener("keydown", this.#onKey);
    this.removeEventListener("click", this.#onClick);
    this.removeEventListener("mousedown", this.#keepFocus);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  /** The field that the buttons act on, or none. */
  set editor(editor: ActiveEditor | null) {
    this.#editor = editor;
    this.refresh();
  }

  /** Show what holds at the caret now; drawn once a frame, however often the text moves. */
  refresh(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  }

  /** Take the focus, to where it was last. */
  enter(): boolean {
    if (this.hidden) return false;
    const stop = [...this.#buttons.keys()].find((button) => button.tabIndex === 0);
    stop?.focus();
    return stop !== undefined;
  }

  #build(): void {
    const bar = h("div", { class: "toolbar", role: "toolbar", "aria-label": t("toolbar.label") });
    for (const group of GROUPS) {
      const box = h("div", { class: "toolbar-group" });
      for (const tool of group) {
        const label = t(`tool.${tool.name}`);
        const face = typeof tool.face === "string" ? icon(tool.face) : letter(tool.face);
        const button = h(
          "button",
          { type: "button", class: "tool", "aria-label": label, title: tool.keys === undefined ? label : `${label} (${tool.keys.replace("Control", "Ctrl")})`, "aria-keyshortcuts": tool.keys, tabindex: "-1", "aria-disabled": "true" },
          face,
        );
        if (tool.pressed !== undefined) button.setAttribute("aria-pressed", "false");
        this.#buttons.set(button, tool);
        box.append(button);
      }
      bar.append(box);
    }
    const first = this.#buttons.keys().next().value;
    if (first !== undefined) first.tabIndex = 0;
    this.replaceChildren(bar);
  }

  #draw(): void {
    const editor = this.#editor;
    const now = editor === null ? null : shown(editor.view.state);
    for (const [button, tool] of this.#buttons) {
      const enabled = editor !== null && (tool.enabled?.(editor) ?? tool.command?.(editor.view.state) ?? true);
      setOnce(button, "aria-disabled", String(!enabled));
      if (tool.pressed !== undefined) setOnce(button, "aria-pressed", String(now !== null && tool.pressed(now)));
    }
  }

  readonly #keepFocus = (event: Event): void => {
    // The caret stays in the text while the mouse presses a button.
    event.preventDefault();
  };

  readonly #onClick = (event: MouseEvent): void => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const tool = button === null ? undefined : this.#buttons.get(button);
    const editor = this.#editor;
    if (button === null || tool === undefined || editor === null || button.getAttribute("aria-disabled") === "true") return;
    this.#stopAt(button);
    if (tool.act !== undefined) tool.act(editor);
    else tool.command?.(editor.view.state, editor.view.dispatch.bind(editor.view), editor.view);
    // A click made by the keyboard leaves the focus on the bar, for the next one.
    if (event.detail > 0) editor.view.focus();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const buttons = [...this.#buttons.keys()];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    if (at < 0) return;
    const forward = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    let to = at;
    if (event.key === forward) to = (at + 1) % buttons.length;
    else if (event.key === backward) to = (at - 1 + buttons.length) % buttons.length;
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = buttons.length - 1;
    else if (event.key === "Escape") {
      this.#editor?.view.focus();
      event.preventDefault();
      return;
    } else return;
    event.preventDefault();
    const button = buttons[to];
    if (button === undefined) return;
    this.#stopAt(button);
    button.focus();
  };

  #stopAt(stop: HTMLButtonElement): void {
    for (const button of this.#buttons.keys()) button.tabIndex = button === stop ? 0 : -1;
  }
}

function letter(face: Letter): HTMLElement {
  return h(face.tag ?? "span", { "aria-hidden": "true" }, face.text);
}

function setOnce(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
