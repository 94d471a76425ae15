/**
 * What lies on the device: the shapes of the rows in a person's database, and of what is written at once. Types only.
 */

/** One local update that the server has not confirmed. `seq` numbers the rows of its outbox. */
export interface OutboxRow {
  readonly section: string;
  readonly outbox: string;
  readonly seq: number;
  readonly update: Uint8Array;
  readonly at: number;
  /** The Yjs client id that wrote it, the history that it belongs to, and the schema that it was written for. */
  readonly client: number;
  readonly epoch: string | null;
  readonly schema: number;
}

/** What the server has confirmed or sent, in the order of revisions, up to `rev`. */
export interface BaseHead {
  readonly section: string;
  readonly epoch: string;
  readonly schema: number;
  readonly rev: number;
  /** Number of parts; the first holds a whole state. */
  readonly parts: number;
  readonly savedAt: number;
}

export interface BasePart {
  readonly section: string;
  readonly n: number;
  readonly updates: readonly Uint8Array[];
}

export interface Base extends BaseHead {
  readonly updates: readonly Uint8Array[];
}

/** Text that was not accepted, kept for its author until it is dismissed. */
export interface DrawerRow {
  readonly id: string;
  readonly section: string;
  readonly code: string;
  readonly at: number;
  /** The touched blocks in canonical form, before and after. */
  readonly before: string;
  readonly after: string;
  /** null where it cannot be merged by anybody any more, but only read. */
  readonly update: Uint8Array | null;
  readonly epoch: string | null;
  /** State vector of what it builds on. */
  readonly base: Uint8Array;
  /** It brings text, so the server keeps it too. */
  readonly carriesText: boolean;
  readonly onServer: boolean;
}

/** Rows of one outbox that leave it: up to and with `upTo`. */
export interface Leaving {
  readonly outbox: string;
  readonly upTo: number;
}

/** What the server has confirmed since the device heard last. `whole` gives the entire state, if it is needed. */
export interface Advance {
  readonly section: string;
  readonly epoch: string;
  readonly schema: number;
  /** The updates lead from revision `from` to revision `rev`. */
  readonly from: number;
  readonly rev: number;
  readonly updates: readonly Uint8Array[];
  readonly whole: () => Uint8Array;
  readonly at: number;
}

export interface OnDevice {
  readonly base: Base | null;
  readonly rows: readonly OutboxRow[];
}
