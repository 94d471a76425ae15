/**
 * The line that says where the text is. Four states and one more for what is not even on this device; each section
 * has its line, and the page shows the worst of them. Pure: a state in, words out.
 */
import { t } from "../i18n/messages";
import type { SaveState } from "../sync/types";
import { shortTime } from "./times";

const SEVERITY: Readonly<Record<SaveState["kind"], number>> = { saved: 0, saving: 1, device: 2, refused: 3, unsafe: 4 };

export function severity(state: SaveState): number {
  return SEVERITY[state.kind];
}

/** The state that the page shows for its sections: the worst; of device-only ones all changes since the earliest. */
export function worst(states: readonly SaveState[]): SaveState {
  let found: SaveState = { kind: "saved", at: null, seenBy: 0 };
  for (const state of states) {
    if (severity(state) > severity(found)) found = state;
    else if (state.kind === found.kind) found = combined(found, state);
  }
  return found;
}

function combined(one: SaveState, other: SaveState): SaveState {
  if (one.kind === "saved" && other.kind === "saved") {
    const later = (other.at ?? -Infinity) > (one.at ?? -Infinity) ? other : one;
    // Seen by is a section's own news; over several it would add up different things.
    return { ...later, seenBy: 0 };
  }
  if (one.kind === "device" && other.kind === "device") {
    return { kind: "device", changes: one.changes + other.changes, since: Math.min(one.since, other.since) };
  }
  if (one.kind === "refused" && other.kind === "refused") return { kind: "refused", items: one.items + other.items };
  if (one.kind === "unsafe" && other.kind === "unsafe") return { kind: "unsafe", since: Math.min(one.since, other.since) };
  return one;
}

/** The state in words. Empty for a section in which nothing was typed. */
export function saveWords(state: SaveState, now: number = Date.now()): string {
  switch (state.kind) {
    case "saved": {
      if (state.at === null) return "";
      const saved = t("save.saved", { time: shortTime(state.at, now) });
      return state.seenBy > 0 ? `${saved} · ${t("save.seen", { n: state.seenBy })}` : saved;
    }
    case "saving":
      return t("save.saving");
    case "device":
      return t("save.device", { n: state.changes, time: shortTime(state.since, now) });
    case "refused":
      return t("save.refused");
    case "unsafe":
      return t("save.unsafe");
  }
}

/** Put the state into its line, touching the page only where something differs. */
export function showSave(line: HTMLElement, state: SaveState): void {
  line.classList.add("save-line");
  const words = saveWords(state);
  if (line.dataset["state"] !== state.kind) line.dataset["state"] = state.kind;
  if (line.textContent !== words) line.textContent = words;
}
