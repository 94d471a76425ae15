/**
 * `<rm-chat>`: a chat. The server renders it, and its form works without this. Here messages are sent in place, kept on
 * the device until the server has them, and what others say appears as it comes. What is shown is always the server's
 * rendering; a message of one's own that is not confirmed stands below it and says so.
 */
import { t } from "../i18n/messages";
import { ChatKept } from "../sync/chat-kept";
import { ChatReader } from "./chat-reader";
import { ChatSender } from "./chat-sender";
import type { Sending } from "./chat-sender";
import { h } from "./dom";
import { post } from "./http";
import { newsIn, ownNews } from "./own-news";

export interface ChatParts {
  readonly account: string;
  readonly uuid: () => string;
  readonly storage: Storage | null;
  /** Call when another tab has signed this person out; the result ends that. */
  readonly onSignedOut: (act: () => void) => () => void;
}

const LONGEST = 4000;
/** From here on the count is shown. */
const COUNT_FROM = 3500;

export class RmChat extends HTMLElement {
  /** What the entry file hands in; without it the page stays as the server made it. */
  static parts: ChatParts | null = null;

  #kept: ChatKept | null = null;
  #sender: ChatSender | null = null;
  #reader: ChatReader | null = null;
  #leave = new AbortController();

  connectedCallback(): void {
    const { parts } = RmChat;
    this.#leave = new AbortController();
    const { signal } = this.#leave;
    this.#reader = new ChatReader(this, signal, (id) => this.#sender?.forget(id));
    this.#reader.scrollToEnd();
    if (parts === null) return;
    this.#kept = new ChatKept(parts.storage, parts.account, this.dataset["key"] ?? "");
    signal.addEventListener("abort", parts.onSignedOut(() => this.#kept?.halt()));
    ownNews.addEventListener("news", this.#onNews, { signal });
    ownNews.addEventListener("up", this.#onUp, { signal });
    ownNews.addEventListener("down", () => this.#say(t("chat.offline")), { signal });
    ownNews.addEventListener("signed-out", () => this.#signIn(), { signal });
    document.addEventListener("visibilitychange", () => void this.#reader?.markRead(), { signal });
    window.addEventListener("beforeunload", (event) => this.#kept?.isUnsafe === true && event.preventDefault(), { signal });
    this.#form?.addEventListener("submit", this.#onSubmit, { signal });
    this.#box?.addEventListener("input", () => this.#typed(), { signal });
    this.#box?.addEventListener("keydown", this.#onKey, { signal });
    this.#begin(parts);
    // Before this came to life, something may have been said.
    void this.#reader?.ask();
  }

  disconnectedCallback(): void {
    this.#leave.abort();
    this.#sender?.end();
  }

  #begin(parts: ChatParts): void {
    const [form, box, kept] = [this.#form, this.#box, this.#kept];
    if (form === null || box === null || kept === null) return;
    this.querySelector("#chat-hint")?.append(" ", isTouch() ? "" : t("chat.keys"));
    if (box.value === "") box.value = kept.draft;
    this.#sender = new ChatSender({
      kept,
      uuid: parts.uuid,
      post: ({ id, text }) => post(form.action, new URLSearchParams({ id, text })),
      after: (delay, act) => setTimeout(act, delay),
      cancel: (timer) => clearTimeout((timer ?? undefined) as ReturnType<typeof setTimeout> | undefined),
      signedOut: () => this.#signIn(),
    });
    this.#sender.addEventListener("change", () => this.#showWaiting());
    this.#showWaiting();
    void this.#sender.pump();
  }

  get #form(): HTMLFormElement | null {
    return this.querySelector("form");
  }

  get #box(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  // ---------------------------------------------------------------- writing

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault();
    const [box, sender] = [this.#box, this.#sender];
    if (box === null || sender === null) return;
    const text = box.value;
    const problem = text.trim() === "" ? t("chat.empty") : length(text) > LONGEST ? t("chat.long", { limit: LONGEST, n: length(text) }) : "";
    this.#problem(problem);
    box.focus();
    if (problem !== "") return;
    sender.send(text);
    box.value = "";
    this.#typed();
    this.#reader?.scrollToEnd();
  };

  /** Enter sends; with Shift, on a touch screen, or while an input method composes, it is a line break. */
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || isTouch()) return;
    event.preventDefault();
    this.#form?.requestSubmit();
  };

  #typed(): void {
    const text = this.#box?.value ?? "";
    this.#kept?.keepDraft(text);
    const n = length(text);
    this.#problem(n > LONGEST ? t("chat.long", { limit: LONGEST, n }) : "");
    const count = this.querySelector("[data-count-of-text]") ?? h("span", { "data-count-of-text": "", class: "numeric" });
    if (!count.isConnected) this.querySelector("#chat-hint")?.append(" ", count);
    count.textContent = n < COUNT_FROM ? "" : t("chat.count", { n, limit: LONGEST });
  }

  #problem(words: string): void {
    const place = this.querySelector("#chat-problem");
    if (place !== null && place.textContent !== words) place.textContent = words;
    if (words === "") this.#box?.removeAttribute("aria-invalid");
    else this.#box?.setAttribute("aria-invalid", "true");
  }

  #showWaiting(): void {
    const place = this.querySelector<HTMLElement>("[data-waiting]");
    const messages = this.#sender?.messages ?? [];
    if (messages.some(({ state }) => state === "sent")) void this.#reader?.ask();
    if (place === null) return;
    place.hidden = messages.length === 0;
    place.replaceChildren(...messages.map((message) => this.#waitingItem(message)));
  }

  #waitingItem(message: Sending): HTMLElement {
    const { id, text, state, reason } = message;
    const words = { refused: reason, waiting: `${t("chat.waiting")} ${reason}`, sending: t("chat.sending"), sent: "" }[state];
    const back = h("button", { type: "button", class: "button small" }, t("chat.take-back"));
    back.addEventListener("click", () => this.#takeBack(message));
    return h(
      "li",
      { class: "chat-message", "data-mine": true, "data-id": id, "data-state": state },
      h("div", { class: "chat-text", lang: "", dir: "auto" }, text),
      h("p", { class: "chat-state small", role: "status" }, words, state === "refused" ? back : null),
    );
  }

  /** What was refused goes back into the box, in front of what is there. */
  #takeBack({ id, text }: Sending): void {
    const box = this.#box;
    if (box === null) return;
    box.value = box.value === "" ? text : `${text}\n${box.value}`;
    this.#typed();
    this.#sender?.forget(id);
    box.focus();
  }

  // ---------------------------------------------------------------- reading

  readonly #onNews = (event: Event): void => {
    const news = newsIn(event);
    const mine = this.dataset["chat"] ?? "";
    if (news?.kind === "missed" || (news?.kind === "chat" && (mine === "" || news["chat"] === mine))) void this.#reader?.ask();
  };

  readonly #onUp = (): void => {
    this.#say("");
    void this.#sender?.pump();
    void this.#reader?.ask();
  };

  #say(words: string): void {
    const place = this.querySelector("[data-line]") ?? h("p", { class: "small muted", role: "status", "data-line": "" });
    if (!place.isConnected) this.querySelector(".chat-log")?.after(place);
    if (place.textContent !== words) place.textContent = words;
  }

  #signIn(): void {
    if (document.querySelector("rm-sign-in") !== null) return;
    const element = document.createElement("rm-sign-in");
    element.addEventListener("rm-signed-in", () => {
      ownNews.dispatchEvent(new Event("signed-in"));
      void this.#sender?.pump();
    });
    document.body.append(element);
  }
}

function length(text: string): number {
  return [...text].length;
}

function isTouch(): boolean {
  return window.matchMedia("(pointer: coarse)").matches;
}
