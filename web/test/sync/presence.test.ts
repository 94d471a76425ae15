/** One awareness a page: who is here, cursors of each section, and what has been seen. */
import { describe, expect, test } from "vitest";

import { PRESENCE_MAX_BYTES } from "../../src/wire/frames";
import { decodeClient } from "../../src/wire/codec";
import { World, type } from "./rig";
import type { Tab } from "./rig";

const OTHER = "bcdefghijklmnopqrstuvwxyz3";
const at = (clock: number): object => ({ type: null, tname: "measures", item: { client: 1, clock }, assoc: 0 });
const cursor = (clock: number): object => ({ anchor: at(clock), head: at(clock) });

function presenceOf(tab: Tab): Uint8Array[] {
  return (tab.socket?.sent ?? [])
    .flatMap((message) => decodeClient(message))
    .flatMap(({ frame }) => (frame.type === "presence" ? [frame.payload] : []));
}

describe("a cursor", () => {
  test("is seen in its section by others, with the name that the server gives, and nowhere else", async () => {
    const world = new World();
    const [ann, bea] = [world.tab("ann"), world.tab("bea")];
    const mine = ann.open();
    const theirs = bea.open();
    const elsewhere = bea.open(OTHER);
    await world.pass();
    const changes: string[] = [];
    theirs.awareness.on("change", () => changes.push("here"));
    elsewhere.awareness.on("change", () => changes.push("elsewhere"));
    mine.awareness.setLocalStateField("cursor", cursor(1));
    await world.pass(200);
    const states = [...theirs.awareness.getStates().values()].filter((state) => state.user !== undefined);
    expect(states).toEqual([
      { cursor: cursor(1), user: { account: "ann", name: "Name of ann", state: "BOR", drafts: true } },
    ]);
    expect([...elsewhere.awareness.getStates().values()].filter((state) => state.user !== undefined)).toEqual([]);
    expect(changes).toEqual(["here"]);
    mine.awareness.setLocalStateField("cursor", null);
    await world.pass(200);
    expect(theirs.awareness.getStates().size).toBe(1);
  });

  test("of one's own stands under the document's client id, so that the editor leaves it out", async () => {
    const world = new World();
    const session = world.tab("ann").open();
    await world.pass();
    session.awareness.setLocalStateField("cursor", cursor(1));
    expect(session.awareness.clientID).toBe(session.doc.clientID);
    expect(session.awareness.getLocalState()).toEqual({ cursor: cursor(1) });
    expect([...session.awareness.getStates().keys()]).toEqual([session.doc.clientID]);
    world.server.judge = () => "invalid";
    type(session, "burn");
    await world.pass();
    expect(session.awareness.clientID).toBe(session.doc.clientID);
  });

  test("that moves all the time is sent less than ten times a second, and its last place arrives", async () => {
    const world = new World();
    const [ann, bea] = [world.tab("ann"), world.tab("bea")];
    const [mine, theirs] = [ann.open(), bea.open()];
    await world.pass();
    const before = presenceOf(ann).length;
    for (let step = 0; step < 100; step += 1) {
      mine.awareness.setLocalStateField("cursor", cursor(step));
      world.clock.advance(10);
    }
    await world.pass(200);
    expect(presenceOf(ann).length - before).toBeLessThanOrEqual(10);
    expect([...theirs.awareness.getStates().values()].at(-1)?.cursor).toEqual(cursor(99));
  });

  test("goes when its page does", async () => {
    const world = new World();
    const [ann, bea] = [world.tab("ann"), world.tab("bea")];
    ann.open().awareness.setLocalStateField("cursor", cursor(1));
    const theirs = bea.open();
    await world.pass(2_500);
    expect(bea.page.people.map((person) => person.account)).toEqual(["ann"]);
    world.network.cut((socket) => bea.isMine(socket));
    await world.pass(100);
    expect(theirs.awareness.getStates().size).toBe(1);
  });
});

describe("what has been seen", () => {
  test("is counted for the save line: other people whose page has my last revision", async () => {
    const world = new World();
    const mine = world.tab("ann").open();
    world.tab("ann").open();
    world.tab("bea").open();
    await world.pass();
    type(mine, "text");
    await world.pass(3_000);
    await world.pass(1_500);
    expect(mine.state.save).toMatchObject({ kind: "saved", seenBy: 1 });
  });

  test("never makes a state larger than the server takes", async () => {
    const world = new World();
    const tab = world.tab("ann");
    for (let n = 0; n < 40; n += 1) {
      const id = `section-with-a-long-id-${n.toString().padStart(3, "0")}`;
      tab.open(id).awareness.setLocalStateField("cursor", n < 2 ? cursor(n) : null);
    }
    await world.pass(3_000);
    await world.pass(3_000);
    const sizes = presenceOf(tab).map((payload) => payload.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(PRESENCE_MAX_BYTES);
    expect(Math.max(...sizes)).toBeGreaterThan(400);
  });
});
