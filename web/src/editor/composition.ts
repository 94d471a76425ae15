/**
 * Tells the session while an input method composes, so that half a word is not sent, and the editor is not taken away
 * in the middle of one (findings, H10).
 */
import { Plugin } from "prosemirror-state";

/** ProseMirror reads the last of a composition a moment after its end; the session hears of the end only then. */
const SETTLED_MS = 60;

export function compositionPlugin(composing: (active: boolean) => void): Plugin {
  let active = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (now: boolean): void => {
    if (now === active) return;
    active = now;
    composing(now);
  };
  const ended = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      tell(false);
    }, SETTLED_MS);
  };
  return new Plugin({
    props: {
      handleDOMEvents: {
        compositionstart: () => {
          clearTimeout(timer);
          tell(true);
          return false;
        },
        compositionend: () => {
          ended();
          return false;
        },
        // Some browsers drop a composition without a word when the focus goes.
        blur: () => {
          if (active) ended();
          return false;
        },
      },
    },
    view: () => ({
      destroy: () => {
        clearTimeout(timer);
        tell(false);
      },
    }),
  });
}
