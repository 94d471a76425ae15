/** A page without a server, to look at the elements: its sections live in memory, and a second person is made up. */
import * as Y from "yjs";
import type { OpenSection, PagePort, Person, Touch } from "../src/elements/port";
import type { AwarenessChange, CursorFacade, CursorState, DrawerItem, SectionSession, SectionState } from "../src/sync/types";

export interface Seed {
  readonly kind?: string;
  readonly text: string;
  readonly dir?: string;
}

type Listener = (change: AwarenessChange, origin: unknown) => void;

class MemoryCursors implements CursorFacade {
  readonly doc: Y.Doc;
  readonly #states = new Map<number, CursorState>();
  readonly #listeners = new Set<Listener>();

  constructor(doc: Y.Doc) {
    this.doc = doc;
    this.#states.set(doc.clientID, {});
  }
  get clientID(): number {
    return this.doc.clientID;
  }
  getLocalState(): CursorState | null {
    return this.#states.get(this.clientID) ?? null;
  }
  setLocalStateField(field: string, value: unknown): void {
    this.#states.set(this.clientID, { ...this.getLocalState(), [field]: value });
  }
  getStates(): Map<number, CursorState> {
    return this.#states;
  }
  on(_event: "change" | "update", listener: Listener): void {
    this.#listeners.add(listener);
  }
  off(_event: "change" | "update", listener: Listener): void {
    this.#listeners.delete(listener);
  }
  put(client: number, state: CursorState): void {
    this.#states.set(client, state);
    for (const listener of this.#listeners) listener({ added: [client], updated: [], removed: [] }, "memory");
  }
}

export class MemorySession extends EventTarget implements SectionSession {
  readonly id: string;
  readonly key: string;
  readonly fields: readonly string[];
  readonly doc = new Y.Doc();
  readonly awareness = new MemoryCursors(this.doc);
  state: SectionState;

  constructor(section: OpenSection, seeds: Readonly<Record<string, readonly Seed[]>>, state: Partial<SectionState>) {
    super();
    this.id = section.id;
    this.key = section.key;
    this.fields = section.fields;
    for (const field of this.fields) {
      for (const seed of seeds[field] ?? []) {
        const element = new Y.XmlElement("para");
        this.fragment(field).push([element]);
        if (seed.kind !== undefined) element.setAttribute("kind", seed.kind);
        if (seed.dir !== undefined) element.setAttribute("dir", seed.dir);
        const text = new Y.XmlText();
        element.push([text]);
        text.insert(0, seed.text);
      }
    }
    this.state = {
      ready: true,
      connected: true,
      mode: "write",
      why: "ok",
      claims: [],
      step: { state: "open", votes: [], digest: null },
      save: { kind: "saved", at: Date.now() - 60_000, seenBy: 1 },
      rev: 12,
      epoch: "e",
      denied: null,
      limits: { half: false, full: false },
      ...state,
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.doc.on("update", () => {
      this.change({ save: { kind: "saving" } });
      clearTimeout(timer);
      timer = setTimeout(() => {
        this.change({ save: { kind: "saved", at: Date.now(), seenBy: 2 } });
      }, 600);
    });
  }

  change(state: Partial<SectionState>): void {
    this.state = { ...this.state, ...state };
    this.dispatchEvent(new Event("state"));
  }
  fragment(field: string): Y.XmlFragment {
    return this.doc.getXmlFragment(field);
  }
  /** Somebody else's caret at a place of a field's block. */
  other(client: number, person: Person, field: string, block: number, from: number, to: number): void {
    const text = (this.fragment(field).get(block) as Y.XmlElement).get(0) as Y.XmlText;
    const at = (index: number): unknown => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index));
    this.awareness.put(client, { user: { ...person }, cursor: { anchor: at(from), head: at(to) } });
  }
  composing(): void {}
  edited(): void {}
  close(): Promise<void> {
    return Promise.resolve();
  }
}

export class MemoryPage extends EventTarget implements PagePort {
  readonly sessions = new Map<string, MemorySession>();
  people: readonly Person[] = [];
  touch: Touch = "connected";
  items: DrawerItem[] = [];
  readonly #make: (section: OpenSection) => MemorySession;

  constructor(make: (section: OpenSection) => MemorySession) {
    super();
    this.#make = make;
  }
  open(section: OpenSection): SectionSession {
    const session = this.#make(section);
    this.sessions.set(section.id, session);
    return session;
  }
  drawer(section: string): Promise<readonly DrawerItem[]> {
    return Promise.resolve(this.items.filter((item) => item.section === section));
  }
  dismiss(item: DrawerItem): Promise<void> {
    this.items = this.items.filter((one) => one.id !== item.id);
    this.dispatchEvent(new Event("drawer"));
    return Promise.resolve();
  }
  keep(item: { section: string; code: string; text: string }): Promise<void> {
    const { section, code, text } = item;
    this.items = [...this.items, { id: String(this.items.length), section, code, at: Date.now(), before: "", after: text, updates: null, onServer: false }];
    this.dispatchEvent(new Event("drawer"));
    return Promise.resolve();
  }
  put(touch: Touch): void {
    this.touch = touch;
    this.dispatchEvent(new Event("touch"));
  }
  reconnect(): void {
    this.put("connected");
  }
  close(): void {}
}
