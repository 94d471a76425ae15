/**
 * What the page session needs of the outside: time, chance, the network, the device store, locks and the page's events.
 *
 * Passed in once, so that tests bring their own. `browser.ts` makes the one of a real page. Nothing else in `sync/`
 * and `wire/` touches a global of the browser.
 */

/** A WebSocket as far as we use one. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Uint8Array): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: unknown) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
}

export type OpenSocket = (url: string, protocol: string) => SocketLike;

/** A timer's handle; what it is depends on who made it. */
export type Timer = unknown;

export interface Timers {
  /** Milliseconds since 1970, for people and for the server. */
  now(): number;
  /** Milliseconds that never go back. */
  monotonic(): number;
  after(delayMs: number, act: () => void): Timer;
  cancel(timer: Timer | null): void;
}

/** Named locks that end with the tab that holds them. */
export interface Locks {
  /** Holds `name` until the result is called; null when another holds it. */
  tryHold(name: string): Promise<(() => void) | null>;
}

/** Where the page's own events come from: `online`, `offline`, `beforeunload`, `pagehide`. */
export interface PageEvents {
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
}

/** Messages between the tabs of one device; the sender does not hear its own. */
export interface ChannelLike {
  postMessage(data: unknown): void;
  close(): void;
  onmessage: ((event: { data: unknown }) => void) | null;
}

export interface Environment {
  readonly timers: Timers;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
  /** A new uuid. */
  readonly uuid: () => string;
  readonly openSocket: OpenSocket;
  /** null where the browser has none. */
  readonly indexedDB: IDBFactory | null;
  readonly locks: Locks;
  /** null where the browser has none. */
  readonly channel: (name: string) => ChannelLike | null;
  readonly events: PageEvents;
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
}
