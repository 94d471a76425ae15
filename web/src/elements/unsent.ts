/**
 * `<rm-unsent>` on the page that warns before a profile is changed: says how many edits are on this device only. Without
 * script the page speaks of them in general.
 */
import { t } from "../i18n/messages";

export class RmUnsent extends HTMLElement {
  /** Asks the device; set where the page is put together. */
  static count: (() => Promise<number>) | null = null;

  connectedCallback(): void {
    void this.#show();
  }

  async #show(): Promise<void> {
    const line = this.querySelector<HTMLElement>("[data-count]");
    if (line === null || RmUnsent.count === null) return;
    try {
      const n = await RmUnsent.count();
      line.textContent = n === 0 ? t("unsent.none") : t("unsent.some", { n });
      line.hidden = false;
    } catch {
      // A store that cannot be read: the page's own words stand alone.
    }
  }
}
