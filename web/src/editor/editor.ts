/**
 * Puts an editor of one field into its place on the page, and takes it away again.
 *
 * The one place where the plugins are put together, in the order they need: binding, cursors, undo, then what looks at
 * input. The caller has walked the field against the schema before (binding content that does not fit deletes it from
 * the shared document, findings H1), and mounts only where the person may write: what is read is rendered, never bound.
 */
import { gapCursor } from "prosemirror-gapcursor";
import { EditorState, Selection, type Plugin } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { initProseMirrorDoc, ySyncPlugin } from "y-prosemirror";
import type * as Y from "yjs";
import type { CursorFacade } from "../sync/types";
import { compositionPlugin } from "./composition";
import { cursorPlugins } from "./cursors";
import { heldCompositionPlugin } from "./held-composition";
import { inputRulesPlugin } from "./input-rules";
import { keysPlugin } from "./keymap";
import { listItemsPlugin } from "./list-items";
import { ParaView } from "./para-view";
import { pastePlugin, type PasteOptions } from "./paste";
import { schema } from "./schema";
import { typedTextPlugin } from "./typed-text";
import { redo, undo, undoPlugins } from "./undo";
import { votesGuardPlugin, type VotesGuard } from "./votes-guard";

export interface EditorOptions extends PasteOptions {
  readonly fragment: Y.XmlFragment;
  readonly awareness: CursorFacade;
  readonly guard: VotesGuard;
  /** Ids of the headings that name the field, and of the line that says how it is saved. */
  readonly labelledBy: string;
  readonly describedBy: string;
  readonly composing: (active: boolean) => void;
  /** Focus came into the editor, and every later change of text or selection. */
  readonly focused: (view: EditorView) => void;
  readonly changed: (view: EditorView) => void;
  readonly toToolbar: () => boolean;
  readonly editLink: () => boolean;
}

/** My own undo and redo, asking first where an edit would reset votes. */
export function undoCommands(guard: VotesGuard): { undo: typeof undo; redo: typeof redo } {
  return { undo: guard.command(undo), redo: guard.command(redo) };
}

/** The plugins of one field. Exported for tests of how they work together. */
export function plugins(options: EditorOptions, mapping?: Parameters<typeof ySyncPlugin>[1]): Plugin[] {
  const history = undoCommands(options.guard);
  return [
    ySyncPlugin(options.fragment, mapping),
    ...cursorPlugins(options.awareness),
    ...undoPlugins(history),
    compositionPlugin(options.composing),
    heldCompositionPlugin(options.guard),
    votesGuardPlugin(options.guard),
    typedTextPlugin(),
    pastePlugin(options),
    inputRulesPlugin(),
    keysPlugin({ ...history, toToolbar: options.toToolbar, editLink: options.editLink }),
    listItemsPlugin(),
    gapCursor(),
  ];
}

/** An editor of `options.fragment` as the only child of `place`. */
export function mountEditor(place: HTMLElement, options: EditorOptions): EditorView {
  const { doc: stored, mapping } = initProseMirrorDoc(options.fragment, schema);
  // An empty field shows one line to type in; the binding does not write it until something is typed.
  const doc = stored.childCount > 0 ? stored : schema.topNodeType.createAndFill();
  const state = EditorState.create({ schema, ...(doc === null ? {} : { doc }), plugins: plugins(options, { mapping }) });
  const view: EditorView = new EditorView(null, {
    state,
    nodeViews: { para: (node, _view, _at, decorations) => new ParaView(node, decorations) },
    attributes: {
      class: "prose editor",
      role: "textbox",
      "aria-multiline": "true",
      "aria-labelledby": options.labelledBy,
      "aria-describedby": options.describedBy,
      spellcheck: "true",
    },
    handleDOMEvents: {
      focus: () => {
        options.focused(view);
        return false;
      },
    },
    dispatchTransaction: (tr) => {
      view.updateState(view.state.apply(tr));
      if (tr.docChanged || tr.selectionSet || tr.storedMarksSet) options.changed(view);
    },
  });
  place.replaceChildren(view.dom);
  return view;
}

/** Where the caret is, in a form that a new view of other content can take up. */
export interface Place {
  readonly anchor: number;
  readonly head: number;
  readonly focused: boolean;
}

export function placeOf(view: EditorView): Place {
  return { anchor: view.state.selection.anchor, head: view.state.selection.head, focused: view.hasFocus() };
}

/** Put the caret back, as near as the text allows. */
export function restorePlace(view: EditorView, place: Place): void {
  const size = view.state.doc.content.size;
  const at = Math.min(place.head, size);
  view.dispatch(view.state.tr.setSelection(Selection.near(view.state.doc.resolve(at))));
  if (place.focused) view.focus();
}
