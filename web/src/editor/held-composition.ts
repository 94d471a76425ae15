/**
 * An input method that begins to compose while an edit must first be confirmed. A question in the middle of a word
 * would take the word away, so the word is finished first: the browser composes into the page, the editor looks away,
 * and when the word is there it is taken off the page again, the question is asked, and the word put in as an edit.
 *
 * Knows the guard only as two functions.
 */
import { Plugin, PluginKey, type SelectionBookmark, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { ySyncPluginKey } from "y-prosemirror";
import { cleanText } from "./clean";
import { ParaView } from "./para-view";

export interface Asking {
  /** Whether an edit must wait for a confirmation. */
  holds(): boolean;
  /** Ask; then do the edit when it was confirmed. */
  ask(view: EditorView, edit: () => void): Promise<void>;
}

/** Where the word is to go, kept right while others type: the plugin's state while a word is held. */
const key = new PluginKey<SelectionBookmark | null>("held-composition");

export function heldCompositionPlugin(guard: Asking): Plugin {
  let latest = "";
  const set = (view: EditorView, place: SelectionBookmark | null): void => {
    view.dispatch(view.state.tr.setMeta(key, { place }));
  };
  const held = (view: EditorView): boolean => key.getState(view.state) !== null;
  const finish = (view: EditorView, data: string): boolean => {
    const place = key.getState(view.state) ?? null;
    if (place === null) return false;
    set(view, null);
    redraw(view);
    look(view, true);
    const word = cleanText(data);
    if (word === "") return true;
    void guard.ask(view, () => {
      const { from, to } = place.resolve(view.state.doc);
      view.dispatch(view.state.tr.insertText(word, from, to).scrollIntoView());
    });
    return true;
  };
  return new Plugin<SelectionBookmark | null>({
    key,
    state: {
      init: () => null,
      apply: (tr, place) => {
        const said = tr.getMeta(key) as { place: SelectionBookmark | null } | undefined;
        return said === undefined ? (place?.map(tr.mapping) ?? null) : said.place;
      },
    },
    // The editor may look again when it draws somebody's caret: what it then finds is not an edit yet.
    filterTransaction: (tr, state) => key.getState(state) === null || !isOwnEdit(tr),
    props: {
      handleDOMEvents: {
        compositionstart: (view) => {
          if (!guard.holds()) return false;
          latest = "";
          // The caret may have been moved a moment ago: the editor would hear of it only when the page next rests.
          observerOf(view)?.flush();
          set(view, view.state.selection.getBookmark());
          look(view, false);
          return true;
        },
        compositionupdate: (view, event) => {
          latest = event.data;
          return held(view);
        },
        beforeinput: held,
        input: held,
        keydown: held,
        compositionend: (view, event) => finish(view, event.data),
        // Some browsers drop a composition without a word when the focus goes.
        blur: (view) => {
          finish(view, latest);
          return false;
        },
      },
    },
  });
}

function isOwnEdit(tr: Transaction): boolean {
  return tr.docChanged && tr.getMeta(ySyncPluginKey) === undefined;
}

/** What looks at the page for the editor. The library has no public way to it. */
function observerOf(view: EditorView): { start(): void; stop(): void; flush(): void } | undefined {
  return (view as unknown as { domObserver?: { start(): void; stop(): void; flush(): void } }).domObserver;
}

/** Have the editor look at what the browser does to the page, or look away. */
function look(view: EditorView, watching: boolean): void {
  if (watching) observerOf(view)?.start();
  else observerOf(view)?.stop();
}

/** Draw the text anew, as it is in the editor: other functions for the same views make it do so. */
function redraw(view: EditorView): void {
  view.setProps({ nodeViews: { para: (node, _view, _at, decorations) => new ParaView(node, decorations) } });
}
