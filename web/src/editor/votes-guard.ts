/**
 * Asks before the first edit while votes are live: it will reset them. The refused edit is done once that is confirmed,
 * so the keystroke or the paste is not lost.
 *
 * Knows votes only as what it is given; what it asks with is given too.
 */
import { Plugin, PluginKey, Selection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { ySyncPluginKey } from "y-prosemirror";
import type { VoteInfo } from "../sync/types";

export interface VotesAsked {
  /** The votes that an edit would reset now. */
  readonly votes: () => readonly VoteInfo[];
  /** Ask the person; true when the edit is to be made all the same. */
  readonly confirm: (votes: readonly VoteInfo[]) => Promise<boolean>;
}

/** One a section: a person who has confirmed for these votes is not asked for them again. */
export class VotesGuard {
  readonly #asked: VotesAsked;
  readonly #confirmed = new Set<string>();
  #asking = false;

  constructor(asked: VotesAsked) {
    this.#asked = asked;
  }

  /** Whether an edit must wait for a confirmation. */
  holds(): boolean {
    return this.#asked.votes().some((vote) => !this.#confirmed.has(nameOf(vote)));
  }

  /** Ask, unless a question is open already; then do `edit` when it was confirmed, and come back to the editor. */
  async ask(view: EditorView, edit: () => void): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const votes = this.#asked.votes();
    try {
      if (!(await this.#asked.confirm(votes))) return;
      for (const vote of votes) this.#confirmed.add(nameOf(vote));
      if (view.isDestroyed) return;
      view.focus();
      edit();
    } finally {
      this.#asking = false;
      if (!view.isDestroyed) view.focus();
    }
  }

  /** The command as it is, or the question when it would change the text while votes are live. */
  command(command: Command): Command {
    return (state, dispatch, view) => {
      if (dispatch === undefined || view === undefined || !this.holds()) return command(state, dispatch, view);
      if (!command(state)) return false;
      void this.ask(view, () => {
        command(view.state, view.dispatch.bind(view), view);
      });
      return true;
    };
  }
}

function nameOf(vote: VoteInfo): string {
  return `${vote.state} ${vote.at}`;
}

/** Do again on `view` what `tr` did, if the text has not changed since. */
function repeat(view: EditorView, before: EditorState, tr: Transaction): void {
  if (!view.state.doc.eq(before.doc)) return;
  const again = view.state.tr;
  for (const step of tr.steps) again.step(step);
  again.setSelection(Selection.fromJSON(again.doc, tr.selection.toJSON()));
  view.dispatch(again.scrollIntoView());
}

export function votesGuardPlugin(guard: VotesGuard): Plugin {
  let view: EditorView | null = null;
  return new Plugin({
    key: new PluginKey("votes-guard"),
    filterTransaction: (tr, state) => {
      // What others typed, and the binding's own rendering, come with the sync plugin's mark.
      if (!tr.docChanged || tr.getMeta(ySyncPluginKey) !== undefined || view === null || !guard.holds()) return true;
      const target = view;
      void guard.ask(target, () => {
        repeat(target, state, tr);
      });
      return false;
    },
    view: (now) => {
      view = now;
      return {
        destroy: () => {
          view = null;
        },
      };
    },
  });
}
