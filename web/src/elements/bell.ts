/**
 * `<rm-bell>`: the number of notices that are not marked as read, kept true. The server renders it; whenever a notice
 * comes, is marked as read in another tab, or may have come while the line was down, the server is asked for it again.
 */
import { t } from "../i18n/messages";
import { h } from "./dom";
import { isRecord } from "./http";
import { newsIn, ownNews } from "./own-news";

/** Several notices often come of one act. */
const PAUSE_MS = 300;
const MOST = 99;
/** News on the same line, and of a page that drafts, that are about no notice. */
const OTHERS: ReadonlySet<string> = new Set(["read-only", "writable", "chat", "claims", "votes", "step", "log"]);

export class RmBell extends HTMLElement {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;
  #wasDown = false;
  #status: HTMLElement | null = null;

  connectedCallback(): void {
    this.#status = h("span", { class: "visually-hidden", role: "status" });
    this.append(this.#status);
    ownNews.addEventListener("news", this.#onNews);
    ownNews.addEventListener("up", this.#onUp);
    ownNews.addEventListener("down", this.#onDown);
    // Taken out of the browser's own memory, the page shows a number of long ago.
    window.addEventListener("pageshow", this.#onShow);
  }

  disconnectedCallback(): void {
    ownNews.removeEventListener("news", this.#onNews);
    ownNews.removeEventListener("up", this.#onUp);
    ownNews.removeEventListener("down", this.#onDown);
    window.removeEventListener("pageshow", this.#onShow);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#asking?.abort();
    this.#status?.remove();
  }

  readonly #onNews = (event: Event): void => {
    const news = newsIn(event);
    if (news !== null && !OTHERS.has(news.kind)) this.#soon();
  };

  readonly #onUp = (): void => {
    if (this.#wasDown) this.#soon();
    this.#wasDown = false;
  };

  readonly #onDown = (): void => {
    this.#wasDown = true;
  };

  readonly #onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) this.#soon();
  };

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#ask();
    }, PAUSE_MS);
  }

  async #ask(): Promise<void> {
    this.#asking?.abort();
    this.#asking = new AbortController();
    try {
      const response = await fetch("/notices/unread", {
        credentials: "same-origin",
        cache: "no-store",
        headers: { accept: "application/json" },
        signal: this.#asking.signal,
      });
      const body: unknown = response.ok ? await response.json() : null;
      if (isRecord(body) && typeof body["unread"] === "number") this.#show(body["unread"]);
    } catch {
      // Not reached: the number stays, and the line, when it is there again, asks once more.
    }
  }

  #show(unread: number): void {
    const count = this.querySelector<HTMLElement>("[data-count]");
    if (count === null) return;
    const before = Number(count.dataset["count"]);
    if (unread === before) return;
    count.dataset["count"] = String(unread);
    count.hidden = unread === 0;
    const number = count.querySelector("[data-number]");
    const written = new Intl.NumberFormat(document.documentElement.lang || "en").format(Math.min(unread, MOST));
    if (number !== null) number.textContent = unread > MOST ? `${written}+` : written;
    const words = t("notices.unread", { n: unread });
    const hidden = count.querySelector("[data-words]");
    if (hidden !== null) hidden.textContent = words;
    if (unread > before && this.#status !== null) this.#status.textContent = t("notices.came", { n: unread });
    this.dispatchEvent(new CustomEvent("rm-unread", { bubbles: true, detail: { unread } }));
  }
}
