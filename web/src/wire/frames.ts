/**
 * The frames of `revmod.1` as values, the codes they carry and their limits (sync-protocol.md).
 *
 * Types and numbers only: how they look as bytes is `codec`'s, what is done about them is `sync/`'s.
 */

export const SUBPROTOCOL = "revmod.1";
/** Most bytes of one frame to the server; a longer one closes the socket. */
export const FRAME_MAX_BYTES = 1024 * 1024;
/** Most bytes of a Push's update. */
export const PUSH_MAX_BYTES = 256 * 1024;
/** Most bytes of a presence payload to the server; a longer one is dropped. */
export const PRESENCE_MAX_BYTES = 1024;

export type RefuseCode =
  | "claim"
  | "frozen"
  | "role"
  | "schema"
  | "gap"
  | "epoch"
  | "author"
  | "size"
  | "rate"
  | "invalid";
export type DeniedReason = "role" | "locked" | "unknown";

export const REFUSE_CODES: readonly RefuseCode[] = [
  "claim",
  "frozen",
  "role",
  "schema",
  "gap",
  "epoch",
  "author",
  "size",
  "rate",
  "invalid",
];
export const DENIED_REASONS: readonly DeniedReason[] = ["role", "locked", "unknown"];

export interface ClaimShown {
  readonly account: string;
  readonly name: string;
  readonly state: string;
  readonly since: string;
  readonly alone: boolean;
  readonly offline: boolean;
}

export interface VoteShown {
  readonly state: string;
  readonly name: string;
  readonly at: string;
  readonly live: boolean;
}

export interface DigestAt {
  readonly rev: number;
  readonly hex: string;
}

// Client to server.

export interface OpenSection {
  readonly type: "open-section";
  readonly schema: number;
  readonly epoch: string | null;
  readonly outbox: string;
  readonly client: number;
  readonly resume: boolean;
  /** The digest of a text that turned out to differ from the server's; null at any other opening. */
  readonly diverged: string | null;
}
export interface OpenPage {
  readonly type: "open-page";
}
export interface SyncStep1 {
  readonly type: "sync-step-1";
  readonly stateVector: Uint8Array;
}
export interface Push {
  readonly type: "push";
  readonly seq: number;
  readonly update: Uint8Array;
  readonly deviceTimeMs: number;
}
export interface Late {
  readonly type: "late";
  readonly seq: number;
  readonly update: Uint8Array;
  readonly id: string;
  readonly code: string;
  readonly epoch: string | null;
  readonly base: Uint8Array;
  readonly before: string;
  readonly after: string;
}
export interface Pong {
  readonly type: "pong";
}

// Both ways.

export interface Presence {
  readonly type: "presence";
  readonly payload: Uint8Array;
}
export interface Close {
  readonly type: "close";
  readonly reason: string;
}

// Server to client.

export interface Opened {
  readonly type: "opened";
  readonly scope: string;
}
export interface Denied {
  readonly type: "denied";
  readonly reason: DeniedReason;
}
export interface Meta {
  readonly type: "meta";
  readonly epoch: string;
  readonly schema: number;
  readonly rev: number;
  readonly seq: number;
  readonly mode: "write" | "read";
  readonly why: "ok" | "claim" | "frozen" | "role";
  readonly claims: readonly ClaimShown[];
  readonly step: { readonly state: string; readonly votes: readonly VoteShown[]; readonly digest: string | null };
  readonly digest: DigestAt | null;
  readonly n: number;
}
export interface SyncStep2 {
  readonly type: "sync-step-2";
  readonly update: Uint8Array;
}
export interface Updates {
  readonly type: "updates";
  readonly rev: number;
  readonly updates: readonly Uint8Array[];
}
export interface Ack {
  readonly type: "ack";
  readonly seq: number;
  readonly rev: number;
}
export interface Refuse {
  readonly type: "refuse";
  readonly seq: number;
  readonly code: RefuseCode;
  readonly detail: Readonly<Record<string, unknown>>;
}
export interface Notice {
  readonly type: "notice";
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
}
export interface Ping {
  readonly type: "ping";
}

export type ClientFrame = OpenSection | OpenPage | SyncStep1 | Push | Late | Presence | Close | Pong;
export type ServerFrame =
  | Opened
  | Denied
  | Meta
  | SyncStep2
  | Updates
  | Ack
  | Refuse
  | Presence
  | Notice
  | Close
  | Ping;
export type Frame = ClientFrame | ServerFrame;

/** A frame under its name: `""` the socket, `s:<section>`, `p:<page>`. */
export interface Named<F extends Frame> {
  readonly name: string;
  readonly frame: F;
}

export function sectionName(section: string): string {
  return `s:${section}`;
}

export function pageName(page: string): string {
  return `p:${page}`;
}
