/** The one socket of a page (sync-protocol.md): timing, joining, closing. */
import { describe, expect, test } from "vitest";

import { decodeClient, encode } from "../../src/wire/codec";
import type { Named, ServerFrame } from "../../src/wire/frames";
import { LiveSocket } from "../../src/wire/socket";
import { ManualClock, settle } from "../sync/clock";
import { Network } from "../sync/network";
import type { FakeSocket, Line } from "../sync/network";

function rig(random = 1) {
  const clock = new ManualClock();
  const heard: string[] = [];
  const frames: Named<ServerFrame>[] = [];
  const received: Uint8Array[] = [];
  const lines: Line[] = [];
  const sockets: FakeSocket[] = [];
  const protocols: string[] = [];
  const events = new EventTarget();
  const network = new Network((_account, line) => {
    lines.push(line);
    return { receive: (message) => received.push(message), gone: () => undefined };
  });
  const socket = new LiveSocket(
    "wss://x/live",
    {
      timers: clock,
      random: () => random,
      events,
      openSocket: (_url, protocol) => {
        protocols.push(protocol);
        const one = network.open("ann");
        sockets.push(one);
        return one;
      },
    },
    {
      opened: () => heard.push("opened"),
      lost: () => heard.push("lost"),
      ended: (code) => heard.push(`ended ${code}`),
      frame: (named) => frames.push(named),
    },
  );
  return { clock, heard, frames, received, lines, sockets, protocols, events, network, socket };
}

const ack = (seq: number): Uint8Array => encode("s:abc", { type: "ack", seq, rev: seq });

describe("sending", () => {
  test("joins all frames of one turn into one message, in order", async () => {
    const { socket, received, protocols } = rig();
    socket.start();
    await settle();
    expect(protocols).toEqual(["revmod.1"]);
    socket.send("s:abc", { type: "push", seq: 1, update: new Uint8Array([1]), deviceTimeMs: 5 });
    socket.send("p:abc", { type: "presence", payload: new Uint8Array([2]) });
    await settle();
    socket.send("s:abc", { type: "close", reason: "" });
    await settle();
    expect(received.map((message) => decodeClient(message).map(({ frame }) => frame.type))).toEqual([
      ["push", "presence"],
      ["close"],
    ]);
  });

  test("keeps a message below the limit: a large turn is several messages", async () => {
    const { socket, received } = rig();
    socket.start();
    await settle();
    for (let seq = 0; seq < 5; seq += 1) {
      socket.send("s:abc", { type: "push", seq, update: new Uint8Array(200_000), deviceTimeMs: 0 });
    }
    await settle();
    expect(received.map((message) => decodeClient(message).length)).toEqual([2, 2, 1]);
  });

  test("on a closed socket says so and keeps nothing", async () => {
    const { socket, received } = rig();
    expect(socket.send("s:abc", { type: "close", reason: "" })).toBe(false);
    socket.start();
    await settle();
    expect(received).toEqual([]);
  });
});

describe("receiving", () => {
  test("takes several frames of a message in order, and answers Ping", async () => {
    const { socket, lines, frames, received } = rig();
    socket.start();
    await settle();
    lines[0]?.send(Uint8Array.from([...ack(1), 9, ...ack(2)]));
    await settle();
    expect(frames.map(({ frame }) => frame)).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    expect(received).toEqual([new Uint8Array([10])]);
  });

  test("of what is no frame ends the connection, and opens another", async () => {
    const { socket, lines, heard, clock, sockets } = rig();
    socket.start();
    await settle();
    lines[0]?.send(new Uint8Array([3, 1]));
    await settle();
    expect(sockets[0]?.readyState).toBe(3);
    expect(heard).toEqual(["opened", "lost"]);
    clock.advance(2_000);
    await settle();
    expect(heard).toEqual(["opened", "lost", "opened"]);
  });
});

describe("a connection", () => {
  test("that is silent for 35 s is given up, and any message is a sign of life", async () => {
    const { socket, lines, clock, heard } = rig();
    socket.start();
    await settle();
    clock.advance(34_000);
    lines[0]?.send(new Uint8Array([9]));
    await settle();
    clock.advance(34_000);
    expect(heard).toEqual(["opened"]);
    clock.advance(1_000);
    expect(heard).toEqual(["opened", "lost"]);
  });

  test("that fails is tried again after 0.5 s, doubling to 30 s, with jitter", async () => {
    const { socket, clock, sockets, network } = rig(1);
    network.down = true;
    socket.start();
    await settle();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const before = sockets.length;
      let waited = 0;
      while (sockets.length === before) {
        clock.advance(100);
        waited += 100;
      }
      waits.push(waited);
      await settle();
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    const early = rig(0);
    early.network.down = true;
    early.socket.start();
    await settle();
    early.clock.advance(250);
    expect(early.sockets).toHaveLength(2);
  });

  test("begins again with 0.5 s once the server has said something", async () => {
    const { socket, clock, network, lines, sockets } = rig();
    network.down = true;
    socket.start();
    await settle();
    clock.advance(500);
    await settle();
    clock.advance(1_000);
    network.down = false;
    await settle();
    clock.advance(2_000);
    await settle();
    lines[0]?.send(new Uint8Array([9]));
    await settle();
    const before = sockets.length;
    network.cut();
    clock.advance(500);
    expect(sockets).toHaveLength(before + 1);
  });

  test.each([4401, 4403, 4409, 4499])("closed with %i is not opened again, until somebody starts it", async (code) => {
    const { socket, clock, heard, network } = rig();
    socket.start();
    await settle();
    network.cut(undefined, code);
    clock.advance(120_000);
    await settle();
    expect(heard).toEqual(["opened", "lost", `ended ${code}`]);
    socket.start();
    await settle();
    expect(heard.at(-1)).toBe("opened");
  });

  test.each([1001, 1006, 1011, 1013, 4500])("closed with %i is opened again", async (code) => {
    const { socket, clock, heard, network } = rig();
    socket.start();
    await settle();
    network.cut(undefined, code);
    clock.advance(1_000);
    await settle();
    expect(heard).toEqual(["opened", "lost", "opened"]);
  });

  test("of a browser that goes offline is closed at once, and opened at once when it is back", async () => {
    const { socket, events, heard } = rig();
    socket.start();
    await settle();
    events.dispatchEvent(new Event("offline"));
    expect(heard).toEqual(["opened", "lost"]);
    events.dispatchEvent(new Event("online"));
    await settle();
    expect(heard).toEqual(["opened", "lost", "opened"]);
  });

  test("that was stopped stays so, and what the turn had sent still goes out", async () => {
    const { socket, clock, heard, received, network } = rig();
    socket.start();
    await settle();
    network.flowing = false;
    socket.send("s:abc", { type: "close", reason: "" });
    const open = [...network.sockets][0];
    socket.stop();
    await settle();
    clock.advance(120_000);
    await settle();
    expect(open?.sent).toHaveLength(1);
    expect(received).toEqual([]);
    expect(heard).toEqual(["opened", "lost"]);
  });
});
