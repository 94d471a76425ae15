/**
 * Other people's carets: a thin line in their colour, with name and State for two seconds after it moved.
 *
 * Made with classes only (a strict content security policy lets no style attribute through, findings H7). Hidden from
 * those who hear the page: who drafts here is said in words beside the section's heading.
 */
import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { yCursorPlugin } from "y-prosemirror";
import type { AwarenessChange, CursorFacade, CursorState, PresentUser } from "../sync/types";

const SHOWN_MS = 2000;
const HUES = 8;

/** The colour of a person, by a number from 0 to 7: the same in every browser and on every page. */
export function hueOf(user: { readonly account: string }): number {
  let sum = 0;
  for (const letter of user.account) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return sum % HUES;
}

/** A caret: a line, and a flag with name and State. */
export function buildCaret(user: Partial<PresentUser>, clientId: number): HTMLElement {
  const caret = document.createElement("span");
  caret.className = "caret";
  caret.setAttribute("aria-hidden", "true");
  caret.dataset["client"] = String(clientId);
  caret.dataset["hue"] = String(hueOf({ account: user.account ?? String(clientId) }));
  const flag = document.createElement("span");
  flag.className = "caret-name";
  const name = document.createElement("bdi");
  name.textContent = user.name ?? "";
  flag.append(name);
  if (user.state) flag.append(` (${user.state})`);
  // Word joiners keep a line from breaking at the caret.
  caret.append("\u2060", flag, "\u2060");
  return caret;
}

/** What the binding's plugin asks an awareness for. It writes a colour into each user, so each is a copy of its own. */
function withColours(awareness: CursorFacade): CursorFacade {
  return {
    get clientID() {
      return awareness.clientID;
    },
    get doc() {
      return awareness.doc;
    },
    getLocalState: () => awareness.getLocalState(),
    setLocalStateField: (field, value) => {
      awareness.setLocalStateField(field, value);
    },
    getStates: () => {
      const states = new Map<number, CursorState>();
      for (const [client, state] of awareness.getStates()) {
        const user = { ...state.user, color: "#000000" } as unknown as PresentUser;
        states.set(client, { ...state, user });
      }
      return states;
    },
    on: (event, listener) => {
      awareness.on(event, listener);
    },
    off: (event, listener) => {
      awareness.off(event, listener);
    },
  };
}

/** The flags that are out, and when each goes in again. One timer for all of them. */
class Flags {
  readonly #view: EditorView;
  readonly #places = new Map<number, string>();
  readonly #until = new Map<number, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: EditorView) {
    this.#view = view;
  }

  moved(awareness: CursorFacade, { added, updated, removed }: AwarenessChange): void {
    for (const client of removed) {
      this.#places.delete(client);
      this.#until.delete(client);
    }
    const states = awareness.getStates();
    for (const client of [...added, ...updated]) {
      const place = JSON.stringify(states.get(client)?.cursor ?? null);
      if (this.#places.get(client) === place) continue;
      this.#places.set(client, place);
      this.#until.set(client, Date.now() + SHOWN_MS);
    }
    this.show();
  }

  show(): void {
    const now = Date.now();
    for (const caret of this.#view.dom.querySelectorAll<HTMLElement>(".caret[data-client]")) {
      caret.classList.toggle("is-named", (this.#until.get(Number(caret.dataset["client"])) ?? 0) > now);
    }
    let next = Infinity;
    for (const [client, until] of this.#until) {
      if (until <= now) this.#until.delete(client);
      else next = Math.min(next, until);
    }
    clearTimeout(this.#timer);
    if (next !== Infinity) {
      this.#timer = setTimeout(() => {
        this.show();
      }, next - now + 1);
    }
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** The cursor plugins; to stand after the sync plugin. */
export function cursorPlugins(awareness: CursorFacade): Plugin[] {
  const coloured = withColours(awareness);
  return [
    yCursorPlugin(coloured as unknown as Parameters<typeof yCursorPlugin>[0], {
      cursorBuilder: buildCaret,
      selectionBuilder: (user: PresentUser) => ({ class: "remote-selection", "data-hue": String(hueOf({ account: user.account ?? "" })) }),
    }),
    new Plugin({
      view: (view) => {
        const flags = new Flags(view);
        const changed = (change: AwarenessChange): void => {
          flags.moved(awareness, change);
        };
        awareness.on("change", changed);
        return {
          update: () => {
            flags.show();
          },
          destroy: () => {
            awareness.off("change", changed);
            flags.end();
          },
        };
      },
    }),
  ];
}
