/**
 * `<rm-vote>`: the vote page works without script; this only adds, while it is open, that the text has moved since it
 * was shown. The vote itself is refused by the server for a text that is no longer there.
 *
 * Attributes: `data-page`, `data-digest` (what is shown), `data-src` (answers `{"digest"}`, null while the text is
 * moving; asked when there is news).
 */
import { t } from "../i18n/messages";
import { h } from "./dom";
import { isRecord } from "./http";
import { RmPage } from "./page";
import type { News, PagePort } from "./port";

const MOVING_MS = 1000;

export class RmVote extends HTMLElement {
  #port: PagePort | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    const page = this.dataset["page"];
    if (page === undefined || page === "" || RmPage.connect === null) return;
    this.#port = RmPage.connect(page);
    this.#port.addEventListener("news", this.#onNews);
  }

  disconnectedCallback(): void {
    this.#port?.removeEventListener("news", this.#onNews);
    void this.#port?.close();
    this.#port = null;
    clearTimeout(this.#again);
  }

  readonly #onNews = (event: Event): void => {
    const news = event instanceof CustomEvent ? (event.detail as News) : null;
    if (news === null) return;
    const digest = news["digest"];
    if (typeof digest === "string") this.#compare(digest);
    else void this.#askAgain();
  };

  async #askAgain(): Promise<void> {
    const source = this.dataset["src"];
    if (source === undefined) return;
    try {
      const response = await fetch(source, { credentials: "same-origin", cache: "no-store", headers: { accept: "application/json" } });
      const body: unknown = response.ok ? await response.json() : null;
      if (!isRecord(body)) return;
      if (typeof body["digest"] === "string") this.#compare(body["digest"]);
      else this.#askLater();
    } catch {
      // Not reached: the server will say so itself when the vote is cast.
    }
  }

  /** The text is moving just now, so it has no digest: ask when somebody has drawn breath. */
  #askLater(): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.#askAgain(), MOVING_MS);
  }

  #compare(digest: string): void {
    if (digest === this.dataset["digest"] || this.querySelector(".vote-moved") !== null) return;
    const link = h("a", { class: "button small", href: location.pathname + location.search }, t("vote.show"));
    this.prepend(h("div", { class: "notice vote-moved", "data-tone": "warn", role: "alert" }, h("p", { class: "notice-title" }, t("vote.moved")), h("p", {}, t("vote.explain")), h("p", {}, link)));
  }
}
