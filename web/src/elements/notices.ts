/**
 * `<rm-notices>`: the list of notices, kept new while it is looked at. A notice that is followed to its place is marked as
 * read on the way. Without it each has a button for that.
 */
import { csrf } from "./http";

export class RmNotices extends HTMLElement {
  #asking: AbortController | null = null;

  connectedCallback(): void {
    document.addEventListener("rm-unread", this.#refresh);
    this.addEventListener("click", this.#onClick);
  }

  disconnectedCallback(): void {
    document.removeEventListener("rm-unread", this.#refresh);
    this.removeEventListener("click", this.#onClick);
    this.#asking?.abort();
  }

  readonly #onClick = (event: Event): void => {
    if (!(event.target instanceof Element)) return;
    const link = event.target.closest<HTMLElement>("a[data-notice]");
    if (link?.closest("[data-unread]") === null || link === null) return;
    // Goes out although the page goes; if it does not arrive, the notice is unread still.
    void fetch(`/notices/${link.dataset["notice"] ?? ""}/read`, {
      method: "POST",
      keepalive: true,
      credentials: "same-origin",
      headers: { accept: "application/json", "x-csrf-token": csrf() },
    }).catch(() => undefined);
  };

  readonly #refresh = (): void => {
    void this.#load();
  };

  async #load(): Promise<void> {
    const address = new URL(this.dataset["src"] ?? "/notices", location.href);
    address.searchParams.set("fragment", "1");
    this.#asking?.abort();
    this.#asking = new AbortController();
    try {
      const response = await fetch(address, { credentials: "same-origin", cache: "no-store", signal: this.#asking.signal });
      if (response.ok) this.#put(await response.text());
    } catch {
      // Not reached, or the page is going: what is here stays, and the next notice asks again.
    }
  }

  #put(html: string): void {
    const focused = this.contains(document.activeElement) ? (document.activeElement?.closest("[id]")?.id ?? "") : "";
    const fragment = new DOMParser().parseFromString(html, "text/html").body;
    for (const script of fragment.querySelectorAll("script, style")) script.remove();
    this.replaceChildren(...fragment.childNodes);
    if (focused !== "") document.getElementById(focused)?.querySelector<HTMLElement>("a, button")?.focus();
  }
}
