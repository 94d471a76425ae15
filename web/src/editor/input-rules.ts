/**
 * The few things that typing turns into something else: a list from "- " or "1. ", a heading from "## ".
 * Backspace right after takes it back. No quotation marks, no dashes: an official text holds what was typed.
 */
import { InputRule, inputRules } from "prosemirror-inputrules";
import type { Plugin } from "prosemirror-state";
import { listKind, para, type Kind } from "./schema";

function kindRule(pattern: RegExp, kind: (match: RegExpMatchArray) => Kind): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const $start = state.doc.resolve(start);
    if ($start.parent.type !== para || $start.parent.attrs["kind"] !== null) return null;
    const tr = state.tr.delete(start, end);
    return tr.setNodeMarkup($start.before(), null, { ...$start.parent.attrs, kind: kind(match) });
  });
}

export function inputRulesPlugin(): Plugin {
  return inputRules({
    rules: [
      kindRule(/^[-*\u2022]\s$/u, () => listKind("ul", 1)),
      kindRule(/^(?:1|\u0661|\u06f1|\uff11)[.)\u3001\uff0e]\s$/u, () => listKind("ol", 1)),
      kindRule(/^(#{2,4})\s$/u, (match) => `h${(match[1] ?? "##").length}` as Kind),
    ],
  });
}
