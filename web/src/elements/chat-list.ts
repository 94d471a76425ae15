/**
 * `<rm-chat-list>`: the secretariat's list of chats, and `<rm-chat-count>`: the number of what is unread, both kept new.
 * The server renders them; news ask for them again, at most once a second.
 */
import { t } from "../i18n/messages";
import { newsIn, ownNews } from "./own-news";

const PAUSE_MS = 1000;

abstract class Refreshed extends HTMLElement {
  #leave = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    this.#leave = new AbortController();
    const { signal } = this.#leave;
    ownNews.addEventListener("news", this.#onNews, { signal });
    ownNews.addEventListener("up", () => this.#soon(), { signal });
  }

  disconnectedCallback(): void {
    this.#leave.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected abstract show(response: Response): Promise<void>;

  readonly #onNews = (event: Event): void => {
    const kind = newsIn(event)?.kind;
    if (kind === "chat" || kind === "missed") this.#soon();
  };

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#refresh();
    }, PAUSE_MS);
  }

  async #refresh(): Promise<void> {
    const source = this.dataset["src"];
    if (source === undefined) return;
    try {
      const response = await fetch(source, { credentials: "same-origin", cache: "no-store", signal: this.#leave.signal });
      if (response.ok) await this.show(response);
    } catch {
      // Not reached, or the page is going: the next news, or the line when it is back, asks again.
    }
  }
}

export class RmChatList extends Refreshed {
  protected override async show(response: Response): Promise<void> {
    const focused = this.contains(document.activeElement) ? (document.activeElement?.id ?? "") : "";
    const came = new DOMParser().parseFromString(await response.text(), "text/html").body;
    for (const script of came.querySelectorAll("script, style")) script.remove();
    this.replaceChildren(...came.childNodes);
    if (focused !== "") document.getElementById(focused)?.focus();
  }
}

export class RmChatCount extends Refreshed {
  protected override async show(response: Response): Promise<void> {
    const body: unknown = await response.json();
    const n = typeof body === "object" && body !== null && "unread" in body ? Number(body.unread) : 0;
    this.hidden = n === 0;
    this.textContent = n === 0 ? "" : t("chat.unread", { n });
  }
}
