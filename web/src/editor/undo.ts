/**
 * Undo of my own changes only. A block that I made and somebody else has written in stays when I take it back
 * (findings, H5: the binding protects only `paragraph` unless told otherwise). One step ends where I leave the editor.
 */
import { Plugin, type Command, type EditorState } from "prosemirror-state";
import { redoCommand, undoCommand, yUndoPlugin, yUndoPluginKey } from "y-prosemirror";
import { schema } from "./schema";

export const undo: Command = undoCommand;
export const redo: Command = redoCommand;

export function canUndo(state: EditorState): boolean {
  return yUndoPluginKey.getState(state)?.undoManager.canUndo() ?? false;
}

export function canRedo(state: EditorState): boolean {
  return yUndoPluginKey.getState(state)?.undoManager.canRedo() ?? false;
}

/** End the present step of undo: what is typed from now on is taken back on its own. */
export function endStep(state: EditorState): void {
  yUndoPluginKey.getState(state)?.undoManager.stopCapturing();
}

/** The undo plugins; to stand after the sync plugin. `commands` are what the browser's own undo is turned into. */
export function undoPlugins(commands: { undo: Command; redo: Command }): Plugin[] {
  return [
    yUndoPlugin({ protectedNodes: new Set([schema.nodes.para.name]) }),
    new Plugin({
      props: {
        handleDOMEvents: {
          blur: (view) => {
            endStep(view.state);
            return false;
          },
          // The browser's menu and some keyboards undo by themselves, which would undo what the browser remembers.
          beforeinput: (view, event) => {
            if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return false;
            event.preventDefault();
            const command = event.inputType === "historyUndo" ? commands.undo : commands.redo;
            command(view.state, view.dispatch.bind(view), view);
            return true;
          },
        },
      },
    }),
  ];
}
