/**
 * The save line: rows and answers → what is said of them. Pure; never asks the socket.
 */
import type { OutboxRow } from "./rows";
import type { SaveState } from "./types";

/** What waits longer than this is called "on this device only". */
export const SAVING_MS = 3_000;

export interface SaveFacts {
  readonly rows: readonly OutboxRow[];
  readonly unsafeSince: number | null;
  readonly drawer: number;
  readonly savedAt: number | null;
  readonly seenBy: number;
  readonly now: number;
}

/** The worst thing that is true. */
export function saveState(facts: SaveFacts): SaveState {
  const oldest = facts.rows[0];
  if (facts.unsafeSince !== null) return { kind: "unsafe", since: facts.unsafeSince };
  if (oldest !== undefined && facts.now - oldest.at >= SAVING_MS) {
    return { kind: "device", changes: facts.rows.length, since: oldest.at };
  }
  // What lies in the drawer is kept; that something typed since does not get through must not hide behind it.
  if (facts.drawer > 0) return { kind: "refused", items: facts.drawer };
  if (oldest !== undefined) return { kind: "saving" };
  return { kind: "saved", at: facts.savedAt, seenBy: facts.seenBy };
}
