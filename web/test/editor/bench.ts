/**
 * A bench for editors: several people at one field, with a network that delivers when told to.
 */
import type { EditorView } from "prosemirror-view";
import { TextSelection } from "prosemirror-state";
import * as Y from "yjs";
import { mountEditor, type EditorOptions } from "../../src/editor/editor";
import { VotesGuard } from "../../src/editor/votes-guard";
import type { AwarenessChange, CursorFacade, CursorState, VoteInfo } from "../../src/sync/types";

const FROM_NETWORK = Symbol("network");

/** An awareness that knows only its own state, unless others are put into it. */
export class Alone implements CursorFacade {
  readonly doc: Y.Doc;
  readonly states = new Map<number, CursorState>();
  readonly #listeners = new Set<(change: AwarenessChange, origin: unknown) => void>();

  constructor(doc: Y.Doc) {
    this.doc = doc;
    this.states.set(doc.clientID, {});
  }
  get clientID(): number {
    return this.doc.clientID;
  }
  getLocalState(): CursorState | null {
    return this.states.get(this.clientID) ?? null;
  }
  setLocalStateField(field: string, value: unknown): void {
    this.states.set(this.clientID, { ...this.getLocalState(), [field]: value });
  }
  getStates(): Map<number, CursorState> {
    return this.states;
  }
  on(_event: "change" | "update", listener: (change: AwarenessChange, origin: unknown) => void): void {
    this.#listeners.add(listener);
  }
  off(_event: "change" | "update", listener: (change: AwarenessChange, origin: unknown) => void): void {
    this.#listeners.delete(listener);
  }
  tell(change: AwarenessChange): void {
    for (const listener of this.#listeners) listener(change, "test");
  }
}

export interface Heard {
  tooLarge: string[];
  composing: boolean[];
  asked: (readonly VoteInfo[])[];
  toolbar: number;
}

export class Person {
  readonly doc = new Y.Doc();
  readonly heard: Heard = { tooLarge: [], composing: [], asked: [], toolbar: 0 };
  readonly sent: Uint8Array[] = [];
  readonly view: EditorView;
  readonly awareness: Alone;
  votes: VoteInfo[] = [];
  answer = true;
  room = Infinity;

  constructor(seed?: Uint8Array) {
    if (seed !== undefined) Y.applyUpdate(this.doc, seed, FROM_NETWORK);
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== FROM_NETWORK) this.sent.push(update);
    });
    this.awareness = new Alone(this.doc);
    const place = document.createElement("div");
    document.body.append(place);
    const options: EditorOptions = {
      fragment: this.fragment,
      awareness: this.awareness,
      guard: new VotesGuard({
        votes: () => this.votes,
        confirm: (votes) => {
          this.heard.asked.push(votes);
          return Promise.resolve(this.answer);
        },
      }),
      labelledBy: "heading",
      describedBy: "state",
      composing: (active) => this.heard.composing.push(active),
      focused: () => undefined,
      changed: () => undefined,
      toToolbar: () => {
        this.heard.toolbar += 1;
        return true;
      },
      editLink: () => true,
      room: () => this.room,
      tooLarge: (text) => this.heard.tooLarge.push(text),
    };
    this.view = mountEditor(place, options);
  }

  get fragment(): Y.XmlFragment {
    return this.doc.getXmlFragment("text");
  }
  /** The field as text, blocks parted by bars, with the kind of each that is not plain. */
  get shows(): string {
    return this.view.state.doc.children
      .map((block) => (block.attrs["kind"] === null ? "" : `${block.attrs["kind"] as string}:`) + block.textContent)
      .join("|");
  }
  hears(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, FROM_NETWORK);
  }
  /** Put the caret `offset` characters into block `index`. */
  goes(index: number, offset = 0): this {
    let at = 1;
    for (let i = 0; i < index; i += 1) at += this.view.state.doc.child(i).nodeSize;
    const { state } = this.view;
    this.view.dispatch(state.tr.setSelection(TextSelection.create(state.doc, at + offset)));
    return this;
  }
  selects(from: number, to: number): this {
    const { state } = this.view;
    this.view.dispatch(state.tr.setSelection(TextSelection.create(state.doc, from, to)));
    return this;
  }
  types(text: string): this {
    for (const letter of text) {
      const { state } = this.view;
      const { from, to } = state.selection;
      const handled = this.view.someProp("handleTextInput", (handle) => handle(this.view, from, to, letter, () => state.tr.insertText(letter, from, to)));
      if (!handled) this.view.dispatch(this.view.state.tr.insertText(letter, from, to));
    }
    return this;
  }
  does(command: (state: EditorView["state"], dispatch?: EditorView["dispatch"], view?: EditorView) => boolean): boolean {
    return command(this.view.state, this.view.dispatch.bind(this.view), this.view);
  }
  presses(key: string, modifiers: KeyboardEventInit = {}): boolean {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...modifiers });
    return this.view.someProp("handleKeyDown", (handle) => handle(this.view, event)) ?? false;
  }
  leaves(): void {
    this.view.destroy();
    this.doc.destroy();
  }
}

/** Everybody hears everything that was sent, in the order it was sent by each. */
export function settle(...people: Person[]): void {
  const waiting = people.map((person) => person.sent.splice(0));
  people.forEach((person, index) => {
    waiting.forEach((updates, from) => {
      if (from !== index) for (const update of updates) person.hears(update);
    });
  });
}

/** A field with these paragraphs, as an update that everybody starts from. */
export function seeded(...paragraphs: string[]): Uint8Array {
  const doc = new Y.Doc();
  const fragment = doc.getXmlFragment("text");
  for (const paragraph of paragraphs) {
    const element = new Y.XmlElement("para");
    fragment.push([element]);
    const text = new Y.XmlText();
    element.push([text]);
    text.insert(0, paragraph);
  }
  return Y.encodeStateAsUpdate(doc);
}
