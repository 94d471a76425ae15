/**
 * The keys of the editor. Tab is not among them: it leaves the editor (WCAG 2.1.2), and lists are moved in and out
 * with Ctrl+] and Ctrl+[. Alt+F10 goes to the toolbar.
 */
import { chainCommands, createParagraphNear, deleteSelection, joinForward, selectAll } from "prosemirror-commands";
import { undoInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { Command, Plugin } from "prosemirror-state";
import { backspaceAtStart, changeLevel, newBlock, newLine, setKind, toggleEm, toggleList, toggleStrong, toggleUnderline } from "./commands";

/** What the keys need from outside: my own undo, and the two places that focus can go to. */
export interface KeyTargets {
  readonly undo: Command;
  readonly redo: Command;
  readonly toToolbar: () => boolean;
  readonly editLink: () => boolean;
}

/** Every key and its command; also what the help page of the keys is written from. */
export function keys(targets: KeyTargets): Record<string, Command> {
  const backspace = chainCommands(undoInputRule, deleteSelection, backspaceAtStart);
  const remove = chainCommands(deleteSelection, joinForward);
  return {
    Enter: chainCommands(newBlock, createParagraphNear),
    "Shift-Enter": newLine,
    Backspace: backspace,
    "Mod-Backspace": backspace,
    "Shift-Backspace": backspace,
    Delete: remove,
    "Mod-Delete": remove,
    "Mod-a": selectAll,
    "Mod-b": toggleStrong,
    "Mod-i": toggleEm,
    "Mod-u": toggleUnderline,
    "Mod-k": () => targets.editLink(),
    "Mod-z": targets.undo,
    "Mod-y": targets.redo,
    "Mod-Shift-z": targets.redo,
    "Ctrl-]": changeLevel(1),
    "Ctrl-[": changeLevel(-1),
    "Mod-Alt-0": setKind(null),
    "Mod-Alt-2": setKind("h2"),
    "Mod-Alt-3": setKind("h3"),
    "Mod-Alt-4": setKind("h4"),
    "Mod-Shift-7": toggleList("ol"),
    "Mod-Shift-8": toggleList("ul"),
    "Mod-Shift-9": setKind("quote"),
    "Alt-F10": () => targets.toToolbar(),
  };
}

export function keysPlugin(targets: KeyTargets): Plugin {
  return keymap(keys(targets));
}
