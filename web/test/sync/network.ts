/** A network that the test controls: messages wait until they are delivered, lines break when the test says so. */
import type { SocketLike } from "../../src/sync/environment";

/** The server's end of a line. */
export interface Peer {
  receive(message: Uint8Array): void;
  gone(): void;
}

export interface Line {
  send(message: Uint8Array): void;
  close(code: number): void;
}

export class Network {
  /** Whether messages flow by themselves, in both directions. */
  flowing = true;
  /** Nothing can be reached: new sockets fail, open ones are silent. */
  down = false;
  readonly sockets = new Set<FakeSocket>();
  readonly #accept: (account: string, line: Line) => Peer;

  constructor(accept: (account: string, line: Line) => Peer) {
    this.#accept = accept;
  }

  open(account: string): FakeSocket {
    const socket = new FakeSocket(this);
    queueMicrotask(() => {
      if (this.down) socket.end(1006);
      else socket.accepted((line) => this.#accept(account, line));
    });
    return socket;
  }

  /** Break every line, or those of some. */
  cut(which: (socket: FakeSocket) => boolean = () => true, code = 1006): void {
    for (const socket of [...this.sockets]) if (which(socket)) socket.end(code);
  }

  /** Deliver what waits, until nothing does. */
  deliverAll(): void {
    let moved = true;
    while (moved) {
      moved = false;
      for (const socket of [...this.sockets]) while (socket.deliverOne()) moved = true;
    }
  }
}

export class FakeSocket implements SocketLike {
  binaryType = "blob";
  bufferedAmount = 0;
  readyState = 0;
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  onerror: SocketLike["onerror"] = null;
  /** Every message that the page has sent. */
  readonly sent: Uint8Array[] = [];
  closedWith: number | null = null;
  readonly #network: Network;
  #up: Uint8Array[] = [];
  #down: Uint8Array[] = [];
  #peer: Peer | null = null;

  constructor(network: Network) {
    this.#network = network;
  }

  accepted(connect: (line: Line) => Peer): void {
    if (this.readyState !== 0) return;
    this.readyState = 1;
    this.#network.sockets.add(this);
    this.#peer = connect({
      send: (message) => {
        this.#down.push(message);
        this.#flow();
      },
      close: (code) => this.end(code),
    });
    this.onopen?.({});
  }

  send(data: Uint8Array): void {
    this.sent.push(data);
    this.#up.push(data);
    this.#flow();
  }

  close(code = 1000): void {
    this.closedWith = code;
    this.end(code);
  }

  /** The line is gone, with what was on it. */
  end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#network.sockets.delete(this);
    this.#peer?.gone();
    this.onclose?.({ code, reason: "" });
  }

  /** Deliver the oldest waiting message, from the page before to the page. */
  deliverOne(): boolean {
    if (this.readyState !== 1 || this.#network.down) return false;
    const up = this.#up.shift();
    if (up !== undefined) {
      this.#peer?.receive(up);
      return true;
    }
    const down = this.#down.shift();
    if (down === undefined) return false;
    this.onmessage?.({ data: down.slice().buffer });
    return true;
  }

  #flow(): void {
    if (!this.#network.flowing) return;
    queueMicrotask(() => {
      if (this.#network.flowing) while (this.deliverOne());
    });
  }
}
