/**
 * What a chat shows of the server's: asked for when there is news, put in its order, each message once; and how far it
 * was read, told to the server while the page is in sight.
 */
import { post } from "./http";

const NEAR_END_PX = 48;

export class ChatReader {
  readonly #chat: HTMLElement;
  readonly #signal: AbortSignal;
  readonly #shown: (id: string) => void;
  #asking = false;
  #askAgain = false;
  #told = "";

  /** `shown` is called with the id of each message that the page shows from now on. */
  constructor(chat: HTMLElement, signal: AbortSignal, shown: (id: string) => void) {
    this.#chat = chat;
    this.#signal = signal;
    this.#shown = shown;
  }

  /** Get what was said since; asked while one is on its way, it asks once more after that. */
  async ask(): Promise<void> {
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    this.#asking = true;
    try {
      do {
        this.#askAgain = false;
        const address = new URL(this.#chat.dataset["src"] ?? "", location.href);
        address.searchParams.set("after", this.#newest);
        const response = await fetch(address, { credentials: "same-origin", cache: "no-store", signal: this.#signal });
        if (response.ok) this.#put(await response.text());
      } while (this.#askAgain);
    } catch {
      // Not reached, or the page is going: the next news, or the line when it is back, asks again.
    } finally {
      this.#asking = false;
    }
    await this.markRead();
  }

  /** Everything here has been on the screen: tell the server, once. */
  async markRead(): Promise<void> {
    const [newest, address] = [this.#newest, this.#chat.dataset["read"]];
    if (document.hidden || newest === "0" || this.#told === newest || address === undefined) return;
    this.#told = newest;
    const answer = await post(address, new URLSearchParams({ number: newest }));
    if (answer.kind !== "done") this.#told = "";
  }

  scrollToEnd(): void {
    const log = this.#log;
    if (log !== null) log.scrollTop = log.scrollHeight;
  }

  get #newest(): string {
    return this.#chat.dataset["newest"] ?? "0";
  }

  get #log(): HTMLElement | null {
    return this.#chat.querySelector(".chat-log");
  }

  #put(html: string): void {
    const list = this.#chat.querySelector(".chat-messages");
    const log = this.#log;
    const wasAtEnd = log === null || log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
    const came = new DOMParser().parseFromString(html, "text/html");
    for (const item of came.querySelectorAll<HTMLElement>("ol > li")) {
      const { day, number, id = "" } = item.dataset;
      if (day !== undefined && list?.querySelector(`[data-day="${CSS.escape(day)}"]`) != null) continue;
      if (number !== undefined) {
        if (Number(number) <= Number(this.#newest)) continue;
        this.#chat.dataset["newest"] = number;
        this.#shown(id);
      }
      list?.append(item);
      this.#chat.querySelector("[data-empty]")?.remove();
    }
    if (wasAtEnd) this.scrollToEnd();
  }
}
