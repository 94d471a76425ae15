/**
 * The page's session: one socket, one presence, one drawer, and the sections that are open on it.
 *
 * Owns what is one a page, and hands each frame to whom it is for. Events: `people`, `touch`, `news`
 * (`CustomEvent<News>`), `drawer` (`CustomEvent<{section}>`). Knows no frame's meaning within a section.
 */
import { pageName } from "../wire/frames";
import type { Named, Notice, ServerFrame } from "../wire/frames";
import { LiveSocket } from "../wire/socket";
import { Drawer } from "./drawer";
import type { Environment } from "./environment";
import { Knocker } from "./knocker";
import { Presence } from "./presence";
import { unsentText } from "./refused";
import { Sections } from "./sections";
import { onSignedOut } from "./sign-out";
import { Store } from "./store";
import type { DrawerItem, News, PresentUser, SectionSession, SectionToOpen, Touch } from "./types";

export interface PageParts {
  readonly page: string;
  readonly account: string;
  /** The address of `/live`. */
  readonly url: string;
  /** The present CSRF token: a sign-in in place brings another. */
  readonly csrf: () => string;
  readonly env: Environment;
}

const LOOK_AROUND_MS = 1_000;

export class PageSession extends EventTarget {
  readonly #parts: PageParts;
  readonly #socket: LiveSocket;
  readonly #presence: Presence;
  readonly #store: Store;
  readonly #drawer: Drawer;
  readonly #deafen: () => void;
  readonly #sections: Sections;
  readonly #knocker: Knocker;
  /** The page's own news and people are shut to this person. */
  #isShut = false;
  /** Sections whose late text the server was asked for on this connection. */
  readonly #asked = new Set<string>();
  #touch: Touch = "connecting";
  #people: readonly PresentUser[] = [];
  #lookAround: unknown = null;
  #closed = false;

  constructor(parts: PageParts) {
    super();
    const { env, page, account } = parts;
    this.#parts = parts;
    this.#store = new Store(env.indexedDB, account, () => this.#signedOut());
    this.#deafen = onSignedOut(env, account, () => this.#signedOut());
    this.#drawer = new Drawer(this.#store, env, parts.csrf);
    this.#knocker = new Knocker(env, () => this.#knock());
    this.#socket = new LiveSocket(parts.url, env, {
      opened: () => this.#opened(),
      lost: () => this.#lost(),
      ended: (code) => this.#setTouch(code === 4401 ? "signed-out" : code === 4409 ? "reload" : "no-access"),
      frame: (named) => this.#frame(named),
    });
    this.#presence = new Presence(
      env.timers,
      (payload) => this.#socket.send(pageName(page), { type: "presence", payload }),
      () => this.#peopleMoved(),
    );
    this.#sections = new Sections({
      account,
      env,
      store: this.#store,
      drawer: this.#drawer,
      presence: this.#presence,
      say: (name, frame) => this.#socket.send(name, frame),
      outdated: () => this.#setTouch("reload"),
      changed: ({ id, state }) => {
        if (state.denied !== null) this.#knocker.later();
        this.dispatchEvent(new CustomEvent("section", { detail: { section: id } }));
      },
    });
    this.#drawer.addEventListener("change", this.#drawerChanged);
    env.events.addEventListener("beforeunload", this.#beforeUnload);
    this.#socket.start();
  }

  /** Everybody else on this page. */
  get people(): readonly PresentUser[] {
    return this.#people;
  }

  get touch(): Touch {
    return this.#touch;
  }

  /** Open a section; one that is open already is given again. */
  open(section: SectionToOpen): SectionSession {
    return this.#sections.get(section.id) ?? this.#sections.open(section, this.#socket.isOpen);
  }

  /** The texts of this section that were not accepted, with what the server keeps, oldest first. */
  async drawer(section: string): Promise<readonly DrawerItem[]> {
    try {
      await this.#drawer.load(section);
    } catch {
      // The device store fails: what is in memory and on the server is still shown.
    }
    if (!this.#asked.has(section)) {
      this.#asked.add(section);
      await this.#drawer.refresh(section);
    }
    return this.#drawer.list(section);
  }

  /** The person is done with a text. It stays in the list when the server could not be told. */
  async dismiss(item: { readonly id: string }): Promise<void> {
    await this.#drawer.dismiss(item.id);
  }

  /** Keep a text of the author's own that was never sent, such as a paste that is too large. */
  async keep(item: { readonly section: string; readonly code: string; readonly text: string }): Promise<void> {
    const { env } = this.#parts;
    const open = this.#sections.get(item.section);
    const where = { section: item.section, key: open?.key ?? "", fields: open?.fields ?? ["text"] };
    const row = unsentText(item.text, { ...where, code: item.code, at: env.timers.now(), uuid: env.uuid });
    await this.#drawer.add([row], null);
  }

  /** How many texts of this person, in any section, have not reached the server: ask before signing out. */
  async unsent(): Promise<number> {
    const inMemory = this.#sections.all.reduce((sum, section) => sum + section.waiting, this.#drawer.waiting);
    try {
      return Math.max(inMemory, await this.#store.unsent());
    } catch {
      return inMemory;
    }
  }

  /** Whether all that was typed here is on the device: the page can go without taking any of it along. */
  get isOnDisk(): boolean {
    return this.#sections.all.every((section) => section.isOnDisk) && this.#drawer.unsafeSince === null;
  }

  /** The person has signed in again, or looks at the page again. */
  reconnect(): void {
    this.#store.resume();
    this.#socket.start();
    this.#socket.nudge();
    if (!this.#socket.isOpen) this.#setTouch("connecting");
  }

  /** Leave the page. What was not confirmed stays on the device. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#deafen();
    await this.#sections.close();
    this.#parts.env.events.removeEventListener("beforeunload", this.#beforeUnload);
    this.#parts.env.timers.cancel(this.#lookAround);
    this.#knocker.stop();
    this.#drawer.removeEventListener("change", this.#drawerChanged);
    this.#drawer.close();
    this.#presence.close();
    this.#socket.stop();
    await this.#store.close();
  }

  #opened(): void {
    this.#asked.clear();
    this.#socket.send(pageName(this.#parts.page), { type: "open-page" });
    this.#presence.up();
    for (const section of this.#sections.all) section.up();
    this.#setTouch("connected");
  }

  #lost(): void {
    this.#presence.down();
    this.#knocker.stop();
    this.#sections.down();
    this.#setTouch("offline");
  }

  /** In another tab, which wipes the device. Nothing is put there again; what waits here is shown as unsafe. */
  #signedOut(): void {
    if (this.#closed) return;
    this.#store.halt();
    this.#socket.stop();
    for (const section of this.#sections.all) section.wiped();
    this.#drawer.wiped();
    this.#setTouch("signed-out");
  }

  #frame({ name, frame }: Named<ServerFrame>): void {
    if (name.startsWith("s:")) {
      this.#sections.frame(name.slice(2), frame);
    } else if (frame.type === "notice") {
      this.#news(frame, name);
    } else if (frame.type === "presence") {
      this.#presence.frame(frame.payload);
    } else if (frame.type === "opened") {
      if (this.#isShut) this.#presence.up();
      this.#isShut = false;
    } else if (frame.type === "denied" || frame.type === "close") {
      // The page's own name: its news and people stay silent, each section speaks for itself.
      this.#isShut = true;
      this.#presence.down();
      this.#knocker.later();
    }
  }

  #knock(): boolean {
    if (this.#isShut) this.#socket.send(pageName(this.#parts.page), { type: "open-page" });
    return this.#sections.knock() || this.#isShut;
  }

  #news({ kind, body }: Notice, name: string): void {
    const isAboutRights = name === "" || kind === "step" || kind === "claims";
    if (isAboutRights && (this.#isShut || this.#sections.isSomeShut)) this.#knocker.soon();
    this.dispatchEvent(new CustomEvent<News>("news", { detail: { ...body, kind } }));
  }

  #setTouch(touch: Touch): void {
    if (touch === this.#touch) return;
    this.#touch = touch;
    this.dispatchEvent(new Event("touch"));
  }

  /** Presence moves often; who is here and who has seen what is looked at once a second. */
  #peopleMoved(): void {
    if (this.#closed) return;
    this.#lookAround ??= this.#parts.env.timers.after(LOOK_AROUND_MS, () => {
      this.#lookAround = null;
      for (const section of this.#sections.all) section.publish();
      const people = this.#presence.people(this.#parts.account);
      if (JSON.stringify(people) === JSON.stringify(this.#people)) return;
      this.#people = people;
      this.dispatchEvent(new Event("people"));
    });
  }

  readonly #drawerChanged = (event: Event): void => {
    const { section } = (event as CustomEvent<{ section: string }>).detail;
    this.#sections.get(section)?.publish();
    this.dispatchEvent(new CustomEvent("drawer", { detail: { section } }));
  };

  readonly #beforeUnload = (event: Event): void => {
    if (!this.isOnDisk) event.preventDefault();
  };
}
