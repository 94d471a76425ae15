/**
 * Cleans what was typed before the binding sees it. An input method or a browser may write half a surrogate pair into
 * the page, which no handler of input is asked about; so it is the transaction that is looked at.
 */
import { Plugin, type Transaction } from "prosemirror-state";
import { ySyncPluginKey } from "y-prosemirror";
import { cleanText, isClean } from "./clean";

/** What the transactions have replaced, in positions of the last document: one range around all of it. */
function changedRange(transactions: readonly Transaction[]): { from: number; to: number } | null {
  let range: { from: number; to: number } | null = null;
  for (const tr of transactions) {
    for (const map of tr.mapping.maps) {
      if (range !== null) range = { from: map.map(range.from, -1), to: map.map(range.to, 1) };
      map.forEach((_oldStart, _oldEnd, from, to) => {
        range = range === null ? { from, to } : { from: Math.min(range.from, from), to: Math.max(range.to, to) };
      });
    }
  }
  return range;
}

export function typedTextPlugin(): Plugin {
  return new Plugin({
    props: {
      handleTextInput: (view, from, to, text) => {
        if (isClean(text)) return false;
        view.dispatch(view.state.tr.insertText(cleanText(text), from, to));
        return true;
      },
    },
    appendTransaction: (transactions, _before, state) => {
      const local = transactions.filter((tr) => tr.docChanged && tr.getMeta(ySyncPluginKey) === undefined);
      const range = changedRange(local);
      if (range === null) return null;
      const tr = state.tr;
      const to = Math.min(range.to + 1, state.doc.content.size);
      state.doc.nodesBetween(Math.max(range.from - 1, 0), to, (node, at) => {
        const text = node.text ?? "";
        if (node.isText && !isClean(text)) {
          tr.insertText(cleanText(text), tr.mapping.map(at), tr.mapping.map(at + node.nodeSize));
        }
        return !node.isText;
      });
      return tr.docChanged ? tr : null;
    },
  });
}
