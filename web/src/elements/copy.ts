/** `<rm-copy>` around text that is shown once: buttons to copy it and, with `data-print`, to print the page. */
import { t } from "../i18n/messages";
import { h } from "./dom";

export class RmCopy extends HTMLElement {
  #tools: HTMLElement | null = null;

  connectedCallback(): void {
    if (this.#tools !== null) return;
    const done = h("span", { role: "status" });
    const copy = h("button", { type: "button", class: "button small" }, t("copy.copy"));
    copy.addEventListener("click", () => {
      void this.#copy(done);
    });
    this.#tools = h("p", { class: "cluster no-print" }, copy, this.#print(), done);
    this.append(this.#tools);
  }

  #print(): HTMLElement | null {
    if (this.dataset["print"] === undefined) return null;
    const button = h("button", { type: "button", class: "button small" }, t("copy.print"));
    button.addEventListener("click", () => {
      window.print();
    });
    return button;
  }

  async #copy(done: HTMLElement): Promise<void> {
    const lines = [...this.querySelectorAll("code")].map((code) => code.textContent);
    try {
      await navigator.clipboard.writeText(lines.join("\n"));
      done.textContent = t("copy.done");
    } catch {
      // Some browsers forbid it, or the page is without https.
      done.textContent = t("copy.failed");
    }
  }
}
