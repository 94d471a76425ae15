/**
 * The one socket of a page: opens `revmod.1`, opens it again when it is lost, joins the frames of one turn into one
 * message, answers Ping, and closes what has gone silent.
 *
 * Owns the connection and its timing. Knows no section, no page and no right: frames go in and out under their names.
 */
import type { Environment, SocketLike, Timer } from "../sync/environment";
import { decode, encode } from "./codec";
import { FRAME_MAX_BYTES, SUBPROTOCOL } from "./frames";
import type { ClientFrame, Named, ServerFrame } from "./frames";
import { Malformed } from "./malformed";

const WATCHDOG_MS = 35_000;
const OPENING_MS = 15_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** Frames of one turn are joined up to this; a larger turn is several messages. */
const JOIN_MAX_BYTES = FRAME_MAX_BYTES / 2;
const JOIN_MAX_FRAMES = 256;

export interface SocketHandlers {
  /** The socket is open: nothing of an earlier one holds any more. */
  opened(): void;
  /** It is lost and will be opened again, or was closed by `stop`. */
  lost(): void;
  /** The server ended it for good (4400 to 4499): 4401 sign in, 4403 no access, 4409 reload. */
  ended(code: number): void;
  /** One frame, in order. */
  frame(named: Named<ServerFrame>): void;
}

export class LiveSocket {
  readonly #url: string;
  readonly #env: Pick<Environment, "timers" | "random" | "openSocket" | "events">;
  readonly #handlers: SocketHandlers;
  #socket: SocketLike | null = null;
  #open = false;
  #running = false;
  #failures = 0;
  #retry: Timer | null = null;
  #watchdog: Timer | null = null;
  #waiting: Uint8Array[] = [];
  #flushing = false;

  constructor(
    url: string,
    env: Pick<Environment, "timers" | "random" | "openSocket" | "events">,
    handlers: SocketHandlers,
  ) {
    this.#url = url;
    this.#env = env;
    this.#handlers = handlers;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Open now, and keep open until `stop` or the server's last word. Also after an `ended`. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#failures = 0;
    this.#env.events.addEventListener("online", this.#online);
    this.#env.events.addEventListener("offline", this.#offline);
    this.#connect();
  }

  /** Close and stay closed. What this turn has sent still goes out. */
  stop(): void {
    if (!this.#running) return;
    this.#halt();
    this.#flush();
    this.#drop(1000);
  }

  /** Try again now instead of at the end of the wait: somebody looks at the page again. */
  nudge(): void {
    if (this.#running && this.#socket === null) this.#connect();
  }

  /** Send with whatever else this turn sends. False when the socket is not open: nothing is kept here. */
  send(name: string, frame: ClientFrame): boolean {
    if (!this.#open) return false;
    this.#waiting.push(encode(name, frame));
    if (!this.#flushing) {
      this.#flushing = true;
      queueMicrotask(() => this.#flush());
    }
    return true;
  }

  #connect(): void {
    this.#env.timers.cancel(this.#retry);
    this.#retry = null;
    let socket: SocketLike;
    try {
      socket = this.#env.openSocket(this.#url, SUBPROTOCOL);
    } catch {
      // A browser may refuse to make a socket at all; that is a lost connection like any other.
      this.#later();
      return;
    }
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    const mine = (): boolean => this.#socket === socket;
    socket.onopen = () => {
      if (!mine()) return;
      this.#open = true;
      this.#watch(WATCHDOG_MS);
      this.#handlers.opened();
    };
    socket.onmessage = (event) => {
      if (mine()) this.#message(event.data);
    };
    socket.onclose = (event) => {
      if (mine()) this.#closed(event.code);
    };
    socket.onerror = null;
    this.#watch(OPENING_MS);
  }

  #message(data: unknown): void {
    this.#failures = 0;
    this.#watch(WATCHDOG_MS);
    try {
      if (!(data instanceof ArrayBuffer)) throw new Malformed("not a binary message");
      for (const named of decode(new Uint8Array(data))) {
        if (named.frame.type === "ping") this.send("", { type: "pong" });
        else this.#handlers.frame(named);
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      // Nothing after a broken frame can be trusted; a new connection starts from what is known.
      this.#failures += 1;
      this.#drop(3007);
      this.#later();
    }
  }

  #closed(code: number): void {
    const final = code >= 4400 && code <= 4499;
    if (final) this.#halt();
    this.#forget();
    this.#handlers.lost();
    if (final) this.#handlers.ended(code);
    else this.#later();
  }

  /** Leave the present socket without waiting for its close: a half-open one may never tell. */
  #drop(code: number): void {
    const socket = this.#socket;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    this.#forget();
    socket.close(code);
    this.#handlers.lost();
  }

  #forget(): void {
    this.#socket = null;
    this.#open = false;
    this.#waiting = [];
    this.#env.timers.cancel(this.#watchdog);
    this.#watchdog = null;
  }

  #halt(): void {
    this.#running = false;
    this.#env.timers.cancel(this.#retry);
    this.#retry = null;
    this.#env.events.removeEventListener("online", this.#online);
    this.#env.events.removeEventListener("offline", this.#offline);
  }

  #later(): void {
    if (!this.#running) return;
    const whole = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#env.timers.cancel(this.#retry);
    this.#retry = this.#env.timers.after(whole * (0.5 + this.#env.random() / 2), () => this.#connect());
  }

  #watch(withinMs: number): void {
    this.#env.timers.cancel(this.#watchdog);
    this.#watchdog = this.#env.timers.after(withinMs, () => {
      this.#drop(3008);
      this.#later();
    });
  }

  #flush(): void {
    this.#flushing = false;
    const frames = this.#waiting;
    this.#waiting = [];
    const socket = this.#socket;
    if (!this.#open || socket === null) return;
    for (const message of joined(frames)) socket.send(message);
  }

  // A browser that goes offline keeps its sockets half open and delivers late: close at once, open at `online`.
  readonly #offline = (): void => {
    this.#env.timers.cancel(this.#retry);
    this.#drop(3000);
    this.#later();
  };

  readonly #online = (): void => {
    this.#failures = 0;
    this.#drop(3000);
    this.#connect();
  };
}

function* joined(frames: readonly Uint8Array[]): Generator<Uint8Array> {
  let batch: Uint8Array[] = [];
  let bytes = 0;
  for (const frame of frames) {
    if (batch.length > 0 && (bytes + frame.length > JOIN_MAX_BYTES || batch.length >= JOIN_MAX_FRAMES)) {
      yield concat(batch, bytes);
      batch = [];
      bytes = 0;
    }
    batch.push(frame);
    bytes += frame.length;
  }
  if (batch.length > 0) yield concat(batch, bytes);
}

function concat(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
