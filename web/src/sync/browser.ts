/**
 * The environment of a real page, and the page session in it. The one place where `sync/` meets the browser's globals.
 */
import { keptTexts, wipeKept } from "./chat-kept";
import type { ChannelLike, Environment, SocketLike } from "./environment";
import { pageLocks, webLocks } from "./locks";
import { ownLine } from "./own-line";
import type { OwnLineHandlers } from "./own-line";
import { PageSession } from "./page";
import { wipeDevice } from "./sign-out";
import { Store } from "./store";

export function browserEnvironment(): Environment {
  return {
    timers: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      after: (delayMs, act) => setTimeout(act, delayMs),
      cancel: (timer) => clearTimeout((timer ?? undefined) as ReturnType<typeof setTimeout> | undefined),
    },
    random: () => Math.random(),
    uuid,
    // The same methods; our type only says less about the events.
    openSocket: (url, protocol) => new WebSocket(url, protocol) as unknown as SocketLike,
    indexedDB: deviceStore(),
    // Typed as always there; missing on a page without https.
    locks: (navigator.locks as LockManager | undefined) === undefined ? pageLocks() : webLocks(navigator.locks),
    channel,
    events: window,
    fetch: (path, init) => fetch(path, init),
  };
}

/** The session of this page for the person who is signed in. */
export function pageSession(page: string, account: string, env: Environment = browserEnvironment()): PageSession {
  const session = new PageSession({ page, account, url: liveUrl(), csrf: csrfToken, env });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && session.touch === "offline") session.reconnect();
  });
  return session;
}

/** A line for news alone, for a page that drafts nothing: opened now, and kept open. */
export function newsLine(handlers: OwnLineHandlers, env: Environment = browserEnvironment()): { restart(): void } {
  const line = ownLine(liveUrl(), env, handlers);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") line.nudge();
  });
  line.start();
  return {
    restart: () => {
      line.start();
      line.nudge();
    },
  };
}

function liveUrl(): string {
  const url = new URL("/live", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** What of this person lies on this device, for signing out: how much the server does not have, and how to wipe it. */
export interface OnDevice {
  unsent(): Promise<number>;
  /** Closes the page's session first: nothing is typed after that. */
  wipe(): Promise<void>;
}

export function onDevice(account: string, session: () => PageSession | null): OnDevice {
  return {
    unsent: async () => {
      const inChats = keptTexts(localStore(), account);
      const live = session();
      if (live !== null) return inChats + (await live.unsent());
      const store = new Store(deviceStore(), account);
      try {
        return inChats + (await store.unsent());
      } finally {
        await store.close();
      }
    },
    wipe: async () => {
      await session()?.close();
      await wipeDevice({ indexedDB: deviceStore(), channel }, account);
      wipeKept(localStore(), account);
    },
  };
}

function channel(name: string): ChannelLike | null {
  // The same methods; our type only says less about the events.
  return typeof BroadcastChannel === "undefined" ? null : (new BroadcastChannel(name) as unknown as ChannelLike);
}

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

function deviceStore(): IDBFactory | null {
  try {
    return (globalThis.indexedDB as IDBFactory | undefined) ?? null;
  } catch {
    // Some browsers forbid even to look, when cookies are blocked.
    return null;
  }
}

/** `crypto.randomUUID` is missing on a page without https; the bits are not. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The device's storage for small things; null where the browser has none, or forbids it. */
export function localStore(): Storage | null {
  try {
    return (globalThis.localStorage as Storage | undefined) ?? null;
  } catch {
    return null;
  }
}
