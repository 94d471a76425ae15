/**
 * What the editor and the page elements see of a section that is being drafted.
 *
 * Types only. Times are milliseconds since 1970 unless they come from the server as text (RFC 3339, UTC).
 */
import type * as Y from "yjs";

/** The line under a section's heading. Derived from rows and answers, never from the socket's state. */
export type SaveState =
  /** Everything typed here is in the server's database. `seenBy`: other drafters whose page has applied it. */
  | { kind: "saved"; at: number | null; seenBy: number }
  /** On its way: on the device, the server has not answered yet. */
  | { kind: "saving" }
  /** On this device only: `changes` rows wait for the server, the oldest since `since`. */
  | { kind: "device"; changes: number; since: number }
  /** Not accepted: `items` texts lie in the drawer. */
  | { kind: "refused"; items: number }
  /** Not even on this device yet, or the device store has failed. */
  | { kind: "unsafe"; since: number };

export interface ClaimInfo {
  readonly account: string;
  readonly name: string;
  readonly state: string;
  readonly since: string;
  readonly alone: boolean;
  readonly offline: boolean;
}

export interface VoteInfo {
  readonly state: string;
  readonly name: string;
  readonly at: string;
  /** On the text as it is. */
  readonly live: boolean;
}

export type Mode = "write" | "read";
/** The server's reason, or `offline`: it has not been asked yet. */
export type Why = "ok" | "claim" | "frozen" | "role" | "offline";
export type DeniedBecause = "role" | "locked" | "unknown";

export interface SectionState {
  /** The document is usable: loaded from the base or from the server, and walked against the schema. */
  readonly ready: boolean;
  /** The server's word on rights is current. */
  readonly connected: boolean;
  readonly mode: Mode;
  readonly why: Why;
  readonly claims: readonly ClaimInfo[];
  readonly step: { readonly state: string; readonly votes: readonly VoteInfo[]; readonly digest: string | null };
  readonly save: SaveState;
  /** Last revision of the server that this page has applied. */
  readonly rev: number;
  readonly epoch: string | null;
  readonly denied: DeniedBecause | null;
  /** Half of a size limit is used; a limit is reached and only updates without new text are admitted. */
  readonly limits: { readonly half: boolean; readonly full: boolean };
}

/** One cursor as y-prosemirror writes it: relative positions in JSON form. */
export interface Cursor {
  readonly anchor: unknown;
  readonly head: unknown;
}

/** Who a member is: set by the server in every presence state. */
export interface PresentUser {
  readonly account: string;
  readonly name: string;
  readonly state: string;
  /** May write the sections of this page once they are taken. */
  readonly drafts?: boolean;
  readonly [more: string]: unknown;
}

export interface CursorState {
  cursor?: Cursor | null;
  user?: PresentUser;
  [more: string]: unknown;
}

/**
 * The part of an Awareness that y-prosemirror's cursor plugin uses, for one section of the page.
 *
 * Client ids are those of the page's awareness but for one's own, which is shown under the document's client id,
 * because the plugin leaves out its own state by that number.
 */
export interface CursorFacade {
  readonly clientID: number;
  readonly doc: Y.Doc;
  getLocalState(): CursorState | null;
  setLocalStateField(field: string, value: unknown): void;
  getStates(): Map<number, CursorState>;
  on(event: "change" | "update", listener: (change: AwarenessChange, origin: unknown) => void): void;
  off(event: "change" | "update", listener: (change: AwarenessChange, origin: unknown) => void): void;
}

export interface AwarenessChange {
  added: number[];
  updated: number[];
  removed: number[];
}

/**
 * One section on one page. Events: `state` (the state was replaced), `doc` (the document was replaced: remount the
 * editor), `refused` (`CustomEvent<{items: DrawerItem[]}>`: text went to the drawer).
 *
 * A transaction of `doc` whose origin is not one of the session's own is a local edit and becomes an outbox row.
 */
export interface SectionSession extends EventTarget {
  readonly id: string;
  readonly key: string;
  readonly fields: readonly string[];
  readonly state: SectionState;
  readonly doc: Y.Doc;
  readonly awareness: CursorFacade;
  fragment(field: string): Y.XmlFragment;
  /** An input method is composing: Push (2 s at most), remounting and changes of mode wait for its end. */
  composing(active: boolean): void;
  /** The holder came back to the editor: an expired claim may come back. */
  edited(): void;
  close(): Promise<void>;
}

/** A text that was not accepted. `before` and `after` are the touched blocks in canonical form (JSON). */
export interface DrawerItem {
  readonly id: string;
  readonly section: string;
  /** Why: a code of Refuse or Denied, `diverged`, or `closed`: the section was closed before the disk had taken it. */
  readonly code: string;
  readonly at: number;
  readonly before: string;
  readonly after: string;
  readonly updates: Uint8Array | null;
  readonly onServer: boolean;
}

/** Whether the page is in touch with the server: `signed-out` waits for the person, `reload` for a new page. */
export type Touch = "connecting" | "connected" | "offline" | "signed-out" | "no-access" | "reload";

/** News of the page or for the person, as the server sends them; `kind` says what they are about. */
export type News = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface SectionToOpen {
  readonly id: string;
  readonly key: string;
  readonly fields: readonly string[];
}
