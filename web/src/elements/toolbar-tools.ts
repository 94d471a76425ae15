/** The tools of the toolbar: one table, read from start to end as the bar stands. What a tool does is in the editor. */
import type { Command } from "prosemirror-state";
import { changeLevel, setAlign, setKind, toggleDir, toggleEm, toggleKind, toggleList, toggleStrong, toggleUnderline, type Shown } from "../editor/commands";
import { canRedo, canUndo } from "../editor/undo";
import type { IconName } from "./icons";
import type { ActiveEditor } from "./page";

/** A tool whose sign is a letter, in the style that it gives. */
export interface Letter {
  readonly text: string;
  readonly tag?: "b" | "i" | "u";
}

export interface Tool {
  readonly name: string;
  readonly face: IconName | Letter;
  readonly keys?: string;
  readonly command?: Command;
  readonly act?: (editor: ActiveEditor) => void;
  readonly pressed?: (now: Shown) => boolean;
  readonly enabled?: (editor: ActiveEditor) => boolean;
}

const kind = (name: string, text: string, value: "h2" | "h3" | "h4", digit: number): Tool => ({
  name,
  face: { text },
  keys: `Control+Alt+${digit}`,
  command: toggleKind(value),
  pressed: (now) => now.kind === value,
});

const align = (name: string, face: IconName, value: "start" | "center" | "end" | "justify"): Tool => ({
  name,
  face,
  command: setAlign(value),
  pressed: (now) => now.align === value,
  enabled: () => true,
});

/** The tools, group by group, in the order of the bar. */
export const GROUPS: readonly (readonly Tool[])[] = [
  [
    { name: "undo", face: "undo", keys: "Control+Z", act: (editor) => { editor.undo(); }, enabled: (editor) => canUndo(editor.view.state) },
    { name: "redo", face: "redo", keys: "Control+Y", act: (editor) => { editor.redo(); }, enabled: (editor) => canRedo(editor.view.state) },
  ],
  [
    { name: "strong", face: { text: "B", tag: "b" }, keys: "Control+B", command: toggleStrong, pressed: (now) => now.strong },
    { name: "em", face: { text: "I", tag: "i" }, keys: "Control+I", command: toggleEm, pressed: (now) => now.em },
    { name: "underline", face: { text: "U", tag: "u" }, keys: "Control+U", command: toggleUnderline, pressed: (now) => now.underline },
    { name: "link", face: "link", keys: "Control+K", act: (editor) => { editor.editLink(); }, pressed: (now) => now.link },
  ],
  [
    { name: "paragraph", face: { text: "\u00b6" }, keys: "Control+Alt+0", command: setKind(null), pressed: (now) => now.kind === "p", enabled: () => true },
    kind("h2", "H1", "h2", 2),
    kind("h3", "H2", "h3", 3),
    kind("h4", "H3", "h4", 4),
    { name: "quote", face: "quote", keys: "Control+Shift+9", command: toggleKind("quote"), pressed: (now) => now.kind === "quote" },
  ],
  [
    { name: "bullets", face: "bullets", keys: "Control+Shift+8", command: toggleList("ul"), pressed: (now) => now.list === "ul" },
    { name: "numbers", face: "numbers", keys: "Control+Shift+7", command: toggleList("ol"), pressed: (now) => now.list === "ol" },
    { name: "outdent", face: "outdent", keys: "Control+[", command: changeLevel(-1) },
    { name: "indent", face: "indent", keys: "Control+]", command: changeLevel(1) },
  ],
  [
    { name: "ltr", face: "ltr", command: toggleDir("ltr"), pressed: (now) => now.dir === "ltr" },
    { name: "rtl", face: "rtl", command: toggleDir("rtl"), pressed: (now) => now.dir === "rtl" },
  ],
  [
    align("align-start", "align-start", "start"),
    align("align-center", "align-center", "center"),
    align("align-end", "align-end", "end"),
    align("align-justify", "align-justify", "justify"),
  ],
];

/** The names of the tools, each of which has a sentence `tool.<name>`. */
export const TOOL_NAMES: readonly string[] = GROUPS.flat().map((tool) => tool.name);

