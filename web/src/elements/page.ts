/**
 * `<rm-page>`: a drafting page. Holds what its sections share: the live connection, the toolbar, the two live regions,
 * the line that says how everything is saved, and who is here.
 *
 * It is given its connection (`RmPage.connect`) by the entry file, and must not know sockets or the device's store.
 */
import type { EditorView } from "prosemirror-view";
import { t } from "../i18n/messages";
import { hueOf } from "../editor/cursors";
import { Announcer } from "./announcer";
import { resetWords } from "./dialogs";
import { bdi, h, me } from "./dom";
import type { News, PagePort, Person, Touch } from "./port";
import { saveWords, severity, showSave, worst } from "./save-line";
import type { RmSection } from "./section";
import { RmToolbar } from "./toolbar";

/** The field that was last focused, and what the toolbar can ask of it. */
export interface ActiveEditor {
  readonly view: EditorView;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly editLink: () => void;
}

/** News for the elements within the page. */
export class NewsEvent extends Event {
  readonly news: News;
  constructor(news: News) {
    super("rm-news");
    this.news = news;
  }
}

export class RmPage extends HTMLElement {
  /** Makes the live connection of a page; null until the entry file has set it. */
  static connect: ((page: string) => PagePort) | null = null;

  #port: PagePort | null = null;
  #announcer: Announcer | null = null;
  #near: IntersectionObserver | null = null;
  #sections = new Set<RmSection>();
  #severity = 0;
  #people = new Set<string>();

  /** The live connection; made when the first section asks for it, so that the order of upgrading does not matter. */
  get port(): PagePort | null {
    if (this.#port === null && this.isConnected && RmPage.connect !== null) {
      this.#port = RmPage.connect(this.dataset["page"] ?? "");
      this.#port.addEventListener("people", this.#showPeople);
      this.#port.addEventListener("touch", this.#showTouch);
      this.#port.addEventListener("news", this.#passNews);
    }
    return this.#port;
  }

  connectedCallback(): void {
    this.#announcer = new Announcer(this);
    void this.port;
    this.#showPeople();
    this.#showTouch();
  }

  disconnectedCallback(): void {
    this.#near?.disconnect();
    this.#near = null;
    this.#announcer?.end();
    this.#announcer = null;
    this.#port?.removeEventListener("people", this.#showPeople);
    this.#port?.removeEventListener("touch", this.#showTouch);
    this.#port?.removeEventListener("news", this.#passNews);
    void this.#port?.close();
    this.#port = null;
  }

  /** A section of this page: opened when it comes within one screen. */
  adopt(section: RmSection): void {
    this.#sections.add(section);
    this.#near ??= new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          this.#near?.unobserve(entry.target);
          (entry.target as RmSection).open();
        }
      },
      { rootMargin: "100% 0px" },
    );
    this.#near.observe(section);
  }

  release(section: RmSection): void {
    this.#sections.delete(section);
    this.#near?.unobserve(section);
  }

  get toolbar(): RmToolbar | null {
    const found = this.querySelector("rm-toolbar");
    return found instanceof RmToolbar ? found : null;
  }

  /** The toolbar acts on this editor from now on; null when it has gone. */
  activate(editor: ActiveEditor | null): void {
    const { toolbar } = this;
    if (toolbar !== null) toolbar.editor = editor;
  }

  say(sentence: string): void {
    this.#announcer?.later(sentence);
  }

  warn(sentence: string): void {
    this.#announcer?.now(sentence);
  }

  /** A section's state was replaced: the worst of all is the page's. */
  refresh(): void {
    const { toolbar } = this;
    if (toolbar !== null) toolbar.hidden = ![...this.#sections].some((section) => section.writing);
    this.#showVotes();
    const state = worst([...this.#sections].flatMap((section) => section.save ?? []));
    const line = this.querySelector<HTMLElement>("[data-page-save]");
    if (line !== null) {
      // The line changes with every keystroke; it is said aloud only when things get worse.
      line.setAttribute("aria-live", "off");
      showSave(line, state);
    }
    const now = severity(state);
    if (now > this.#severity && now >= 2) this.warn(saveWords(state));
    this.#severity = now;
  }

  /** The server's notice of the votes that an edit would reset, kept true for whoever may edit. */
  #showVotes(): void {
    const notice = this.querySelector<HTMLElement>("[data-votes-live]");
    const told = [...this.#sections].flatMap((section) => section.session?.state ?? []).find((state) => state.connected);
    if (notice === null || told === undefined) return;
    const mayEdit = told.step.state === "open" && (told.why === "ok" || told.why === "claim");
    const votes = mayEdit ? told.step.votes.filter((vote) => vote.live) : [];
    const words = votes.length > 0 ? resetWords(votes) : "";
    if (notice.hidden !== (words === "")) notice.hidden = words === "";
    if (words !== "" && notice.textContent !== words) notice.replaceChildren(h("p", {}, words));
  }

  readonly #showPeople = (): void => {
    const place = this.querySelector("[data-people]");
    const people = this.#port?.people ?? [];
    if (place === null || this.#port === null) return;
    const own = me();
    const others = people.filter((person) => person.account !== own.account);
    for (const person of others) if (!this.#people.has(person.account)) this.say(t("people.came", { name: person.name }));
    this.#people = new Set(others.map((person) => person.account));
    place.replaceChildren(
      h(
        "ul",
        { class: "people", "aria-label": t("people.label") },
        h("li", {}, initials(own), t("people.you")),
        ...others.map((person) => h("li", {}, initials(person), bdi(person.name), person.state ? h("span", { class: "muted" }, bdi(person.state)) : null)),
      ),
    );
  };

  readonly #passNews = (event: Event): void => {
    if (event instanceof CustomEvent) this.dispatchEvent(new NewsEvent(event.detail as News));
  };

  readonly #showTouch = (): void => {
    const touch = this.#port?.touch ?? "connecting";
    const banner = this.querySelector<HTMLElement>("[data-touch]") ?? h("div", { class: "banner", "data-touch": "", role: "status" });
    // In the bar it stays in sight while one scrolls.
    if (!banner.isConnected) (this.querySelector(".page-bar") ?? this).prepend(banner);
    const words = touchWords(touch);
    banner.hidden = words === "";
    banner.dataset["tone"] = touch === "offline" ? "warn" : "bad";
    if (banner.textContent !== words) banner.textContent = words;
    if (touch === "reload") banner.append(" ", reloadButton());
    if (touch === "signed-out") {
      banner.append(" ", this.#signInButton());
      // A question would take the keys of somebody who is typing; the banner waits for them.
      if (this.#isTyping()) this.warn(words);
      else this.#signIn();
    }
  };

  #isTyping(): boolean {
    const focused = document.activeElement;
    return focused instanceof HTMLElement && focused.isContentEditable && this.contains(focused);
  }

  #signInButton(): HTMLButtonElement {
    const button = h("button", { type: "button", class: "button small" }, t("sign-in.go"));
    button.addEventListener("click", () => {
      this.#signIn();
    });
    return button;
  }

  #signIn(): void {
    if (document.querySelector("rm-sign-in") !== null) return;
    const element = document.createElement("rm-sign-in");
    element.addEventListener("rm-signed-in", () => {
      this.#port?.reconnect();
    });
    document.body.append(element);
  }

  /** The server said that nobody is signed in: ask in place, with the text still there. */
  signedOut(): void {
    this.#signIn();
  }
}

function initials(person: Person): HTMLElement {
  const words = person.name.split(/\s+/u).filter(Boolean);
  const first = [...(words[0] ?? "?")][0] ?? "?";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return h("span", { class: "initials", "aria-hidden": "true", "data-hue": String(hueOf(person)) }, `${first}${last}`.toUpperCase());
}

function touchWords(touch: Touch): string {
  switch (touch) {
    case "connecting":
    case "connected":
      return "";
    case "offline":
      return t("touch.offline");
    case "signed-out":
      return t("touch.signed-out");
    case "no-access":
      return t("touch.no-access");
    case "reload":
      return t("touch.reload");
  }
}

function reloadButton(): HTMLButtonElement {
  const button = h("button", { type: "button", class: "button small" }, t("touch.reload-now"));
  button.addEventListener("click", () => {
    location.reload();
  });
  return button;
}
