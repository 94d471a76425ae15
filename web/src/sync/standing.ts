/**
 * How far the talk about a section has come, and the server's last word.
 *
 * A record: written by the conversation and by what ends a document (`anew`), read by whoever shows it. Decides nothing.
 */
import type { Denied, Meta } from "../wire/frames";
import type { Ear } from "./ear";

/** `down`: no line. `opening`: until SyncStep2. `live`. `dropped`: the server closed it, opened again soon. */
export type Stage = "down" | "opening" | "live" | "dropped" | "denied" | "outdated" | "closed";

export class Standing {
  readonly ear: Ear;
  stage: Stage = "down";
  /** There is a line. */
  isUp = false;
  /** The server's last word is of this connection. */
  isConnected = false;
  /** Content has come from the device or from the server. */
  isSynced = false;
  /** The server's last word on rights, claims and votes; null before it has said anything. */
  meta: Meta | null = null;
  denied: Denied["reason"] | null = null;
  /** When, and as which revision, the server last confirmed something typed on this page. */
  saved: { readonly at: number; readonly rev: number } | null = null;
  /** The server refused text because the section is at its limit. */
  isFull = false;

  /** Since when something was typed into a section that is closed, where nobody keeps it. */
  lostSince: number | null = null;

  constructor(ear: Ear) {
    this.ear = ear;
  }

  /** There is content to show. */
  get hasContent(): boolean {
    return this.isSynced && this.denied === null;
  }

  /** Late text is taken where one may read, and where one may not. */
  get mayHandIn(): boolean {
    return this.isUp && (this.stage === "denied" || (this.stage === "live" && this.ear.isOpen));
  }

  /** Nothing more is said on this page about the section. */
  get isOver(): boolean {
    return this.stage === "closed" || this.stage === "outdated";
  }
}
