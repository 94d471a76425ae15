/**
 * `<rm-log>`: the newest entries of the edit log, kept new. The server renders them; when the page hears that something
 * happened, the fragment is asked for again, at most every three seconds, and put in the place of the old one.
 */
import { NewsEvent } from "./page";

const PAUSE_MS = 3000;

export class RmLog extends HTMLElement {
  #page: Element | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;

  connectedCallback(): void {
    this.#page = this.closest("rm-page");
    this.#page?.addEventListener("rm-news", this.#onNews);
  }

  disconnectedCallback(): void {
    this.#page?.removeEventListener("rm-news", this.#onNews);
    this.#asking?.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #onNews = (event: Event): void => {
    if (!(event instanceof NewsEvent) || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#refresh();
    }, PAUSE_MS);
  };

  async #refresh(): Promise<void> {
    const source = this.dataset["src"];
    if (source === undefined || document.hidden) return;
    this.#asking?.abort();
    this.#asking = new AbortController();
    const address = new URL(source, location.href);
    address.searchParams.set("fragment", "1");
    try {
      const response = await fetch(address, { credentials: "same-origin", cache: "no-store", signal: this.#asking.signal });
      if (response.ok) this.#put(await response.text());
    } catch {
      // Not reached, or the page is going: the entries that are here stay, and the next news asks again.
    }
  }

  /** The new entries, with those unfolded that were unfolded before. */
  #put(html: string): void {
    const open = new Set([...this.querySelectorAll("details[open][id]")].map((details) => details.id));
    const focused = this.contains(document.activeElement) ? (document.activeElement?.closest("[id]")?.id ?? "") : "";
    const fragment = new DOMParser().parseFromString(html, "text/html").body;
    for (const script of fragment.querySelectorAll("script, style")) script.remove();
    this.replaceChildren(...fragment.childNodes);
    for (const details of this.querySelectorAll("details")) if (open.has(details.id)) details.open = true;
    if (focused !== "") document.getElementById(focused)?.focus();
  }
}
