/**
 * Who is on this page, where their cursors are and what their pages have seen: one awareness for the whole page.
 *
 * Owns the awareness and how often it speaks. Each section sees it through a facade of its own, as y-prosemirror
 * expects an awareness to be. Who somebody is comes from the server alone. Knows no section session and no socket.
 */
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";

import { PRESENCE_MAX_BYTES } from "../wire/frames";
import type { Timer, Timers } from "./environment";
import type { AwarenessChange, Cursor, CursorFacade, CursorState, PresentUser } from "./types";

/** The server drops more than ten a second. */
const CURSOR_EVERY_MS = 120;
/** What has been seen can wait, and travels with a cursor if one goes earlier. */
const SEEN_EVERY_MS = 2_000;
/** Sections whose last revision is told, the most recent ones; the whole state must stay under the limit. */
const SEEN_MAX = 16;
const SPARE_BYTES = 64;

interface PageState {
  readonly cursors?: Readonly<Record<string, Cursor>>;
  readonly seen?: Readonly<Record<string, number>>;
  readonly user?: PresentUser;
}

type Listener = (change: AwarenessChange, origin: unknown) => void;

export class Presence {
  readonly #timers: Timers;
  readonly #say: (payload: Uint8Array) => boolean;
  readonly #changed: () => void;
  readonly #awareness = new Awareness(new Y.Doc());
  readonly #facades = new Set<Facade>();
  readonly #seen = new Map<string, number>();
  #cursors: Readonly<Record<string, Cursor>> = {};
  #spokeAt = -Infinity;
  #cursorTimer: Timer | null = null;
  #seenTimer: Timer | null = null;

  /** `changed` is called when people, cursors or what they have seen may be other than before. */
  constructor(timers: Timers, say: (payload: Uint8Array) => boolean, changed: () => void) {
    this.#timers = timers;
    this.#say = say;
    this.#changed = changed;
    this.#awareness.setLocalState({});
    this.#awareness.on("update", (_change: AwarenessChange, origin: unknown) => {
      // Its own renewal every 15 seconds, and what `#speak` sets.
      if (origin === "local") this.#send();
    });
    this.#awareness.on("change", (change: AwarenessChange, origin: unknown) => {
      for (const facade of this.#facades) facade.heard(change, origin);
      this.#changed();
    });
  }

  /** Everybody else on the page, each account once, by name. */
  people(me: string): readonly PresentUser[] {
    const people = new Map<string, PresentUser>();
    for (const { user } of this.#others()) {
      if (user !== undefined && user.account !== me) people.set(user.account, user);
    }
    return [...people.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** How many other people who may write here have applied this section up to `rev`. */
  seenBy(section: string, rev: number, me: string): number {
    const accounts = new Set<string>();
    for (const { user, seen } of this.#others()) {
      if (user === undefined || user.account === me || user.drafts !== true) continue;
      if ((seen?.[section] ?? -1) >= rev) accounts.add(user.account);
    }
    return accounts.size;
  }

  /** The awareness of one section; `doc` is the section's document at any moment. */
  facade(section: string, doc: () => Y.Doc): CursorFacade & { close(): void } {
    const facade = new Facade(section, doc, this.#awareness, {
      own: () => this.#cursors[section] ?? null,
      set: (cursor) => this.#moveCursor(section, cursor),
      closed: () => {
        this.#facades.delete(facade);
        this.#moveCursor(section, null);
      },
    });
    this.#facades.add(facade);
    return facade;
  }

  /** This page has applied a section up to `rev`. */
  seen(section: string, rev: number): void {
    if (this.#seen.get(section) === rev) return;
    // Last in the map is the most recent.
    this.#seen.delete(section);
    this.#seen.set(section, rev);
    this.#seenTimer ??= this.#timers.after(SEEN_EVERY_MS, () => this.#speak());
  }

  /** There is a new line: say again where I am. */
  up(): void {
    this.#spokeAt = -Infinity;
    this.#speak();
  }

  /** The line is lost: nobody is known to be here any more. */
  down(): void {
    const others = [...this.#awareness.getStates().keys()].filter((client) => client !== this.#awareness.clientID);
    removeAwarenessStates(this.#awareness, others, "down");
  }

  /** A payload from the server. */
  frame(payload: Uint8Array): void {
    try {
      applyAwarenessUpdate(this.#awareness, payload, "server");
    } catch {
      // Presence is never worth a connection: the next state of that person will be right.
    }
  }

  close(): void {
    this.#timers.cancel(this.#cursorTimer);
    this.#timers.cancel(this.#seenTimer);
    this.#awareness.destroy();
  }

  *#others(): Generator<PageState> {
    for (const [client, state] of this.#awareness.getStates()) {
      if (client !== this.#awareness.clientID) yield state as PageState;
    }
  }

  #moveCursor(section: string, cursor: Cursor | null): void {
    const { [section]: before, ...rest } = this.#cursors;
    if (cursor === null && before === undefined) return;
    this.#cursors = cursor === null ? rest : { ...rest, [section]: cursor };
    const wait = this.#spokeAt + CURSOR_EVERY_MS - this.#timers.monotonic();
    if (wait <= 0) this.#speak();
    else this.#cursorTimer ??= this.#timers.after(wait, () => this.#speak());
  }

  #speak(): void {
    this.#timers.cancel(this.#cursorTimer);
    this.#timers.cancel(this.#seenTimer);
    this.#cursorTimer = this.#seenTimer = null;
    this.#spokeAt = this.#timers.monotonic();
    this.#awareness.setLocalState(this.#state(SEEN_MAX));
  }

  #send(): void {
    const client = this.#awareness.clientID;
    let payload = encodeAwarenessUpdate(this.#awareness, [client]);
    for (let most = SEEN_MAX / 2; payload.length > PRESENCE_MAX_BYTES - SPARE_BYTES && most >= 1; most /= 2) {
      payload = encodeAwarenessUpdate(this.#awareness, [client], new Map([[client, this.#state(most)]]));
    }
    this.#say(payload);
  }

  #state(most: number): { cursors: Readonly<Record<string, Cursor>>; seen: Readonly<Record<string, number>> } {
    return { cursors: this.#cursors, seen: Object.fromEntries([...this.#seen].slice(-Math.floor(most))) };
  }
}

interface FacadeParts {
  readonly own: () => Cursor | null;
  readonly set: (cursor: Cursor | null) => void;
  readonly closed: () => void;
}

/** One section's view of the page's awareness: `cursors[section]` is its `cursor`. */
class Facade implements CursorFacade {
  readonly #section: string;
  readonly #doc: () => Y.Doc;
  readonly #awareness: Awareness;
  readonly #parts: FacadeParts;
  readonly #listeners = { change: new Set<Listener>(), update: new Set<Listener>() };
  /** The cursors as last told, so that other sections' moves stay silent here. */
  readonly #told = new Map<number, string>();

  constructor(section: string, doc: () => Y.Doc, awareness: Awareness, parts: FacadeParts) {
    this.#section = section;
    this.#doc = doc;
    this.#awareness = awareness;
    this.#parts = parts;
  }

  get doc(): Y.Doc {
    return this.#doc();
  }

  get clientID(): number {
    return this.doc.clientID;
  }

  getLocalState(): CursorState {
    return { cursor: this.#parts.own() };
  }

  setLocalStateField(field: string, value: unknown): void {
    if (field !== "cursor") return;
    // Positions are instances; on the wire and in comparisons they are plain JSON.
    this.#parts.set(value == null ? null : (JSON.parse(JSON.stringify(value)) as Cursor));
  }

  getStates(): Map<number, CursorState> {
    const states = new Map<number, CursorState>([[this.clientID, this.getLocalState()]]);
    for (const [client, state] of this.#awareness.getStates()) {
      if (client === this.#awareness.clientID || client === this.clientID) continue;
      const { cursors, user } = state as PageState;
      const cursor = cursors?.[this.#section];
      if (cursor !== undefined) states.set(client, { cursor, ...(user === undefined ? {} : { user }) });
    }
    return states;
  }

  on(event: "change" | "update", listener: Listener): void {
    this.#listeners[event].add(listener);
  }

  off(event: "change" | "update", listener: Listener): void {
    this.#listeners[event].delete(listener);
  }

  heard(change: AwarenessChange, origin: unknown): void {
    const here: AwarenessChange = { added: [], updated: [], removed: [] };
    for (const client of [...change.added, ...change.updated, ...change.removed]) {
      if (client === this.#awareness.clientID) continue;
      const state = this.#awareness.getStates().get(client) as PageState | undefined;
      const cursor = state?.cursors?.[this.#section];
      const before = this.#told.get(client);
      const now = cursor === undefined ? undefined : JSON.stringify([cursor, state?.user]);
      if (now === before) continue;
      if (now === undefined) this.#told.delete(client);
      else this.#told.set(client, now);
      here[now === undefined ? "removed" : before === undefined ? "added" : "updated"].push(client);
    }
    if (here.added.length + here.updated.length + here.removed.length === 0) return;
    for (const event of ["change", "update"] as const) {
      for (const listener of [...this.#listeners[event]]) listener(here, origin);
    }
  }

  close(): void {
    this.#parts.closed();
  }
}
