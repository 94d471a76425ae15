/** Which opening an answer belongs to, and what happens when a section that was shut is opened to this person. */
import * as Y from "yjs";
import { describe, expect, test } from "vitest";

import { Ear } from "../../src/sync/ear";
import type { Meta, ServerFrame } from "../../src/wire/frames";
import { SECTION, World, says, textOf, type, typeInto } from "./rig";

const OPENED: ServerFrame = { type: "opened", scope: "write" };
const DENIED: ServerFrame = { type: "denied", reason: "role" };
const ACK: ServerFrame = { type: "ack", seq: 1, rev: 1 };

function close(reason: string): ServerFrame {
  return { type: "close", reason };
}

describe("a section's ear", () => {
  test("hears nothing before the first opening is answered", () => {
    const ear = new Ear();
    expect([ACK, OPENED, ACK].map((frame) => ear.hears(frame))).toEqual([false, false, false]);
    ear.asked();
    expect([ACK, OPENED, ACK].map((frame) => ear.hears(frame))).toEqual([false, true, true]);
  });

  test("waits for the answer to the last of several Opens", () => {
    const ear = new Ear();
    ear.asked();
    ear.asked();
    expect([OPENED, ACK, OPENED, ACK].map((frame) => ear.hears(frame))).toEqual([false, false, true, true]);
    ear.asked();
    ear.asked();
    expect([DENIED, DENIED].map((frame) => ear.hears(frame))).toEqual([false, true]);
  });

  test("hears a Close at any time, and nothing between it and the next opening", () => {
    const ear = new Ear();
    ear.asked();
    expect([OPENED, close("broken"), ACK].map((frame) => ear.hears(frame))).toEqual([true, true, false]);
    ear.asked();
    // This Close was said before the Open came, which is still answered.
    expect([close("role"), ACK, OPENED, ACK].map((frame) => ear.hears(frame))).toEqual([true, false, true, true]);
  });

  test("does not wait for an Open that another tab's Open of the same outbox has ended", () => {
    const ear = new Ear();
    ear.asked();
    expect(ear.hears(close("superseded"))).toBe(true);
    ear.asked();
    expect([OPENED, ACK].map((frame) => ear.hears(frame))).toEqual([true, true]);
  });

  test("forgets with the line what it had asked on it", () => {
    const ear = new Ear();
    ear.asked();
    ear.lineLost();
    expect(ear.hears(OPENED)).toBe(false);
    ear.asked();
    expect([OPENED, ACK].map((frame) => ear.hears(frame))).toEqual([true, true]);
  });
});

describe("between an Open and Opened", () => {
  /** The holder comes back to an expired claim; the Open is on the line, and `stray` was said before it came. */
  async function reopening(stray: (meta: Meta, rev: number) => ServerFrame) {
    const world = new World();
    const tab = world.tab("ann");
    const session = tab.open();
    await world.pass();
    type(session, "whole ");
    await world.pass();
    const section = world.server.section(SECTION);
    section.rights.set("ann", { mode: "read", why: "claim" });
    section.expired.add("ann");
    section.tell();
    await world.pass();
    const [seat] = section.seats;
    world.network.flowing = false;
    type(session, "mine");
    await world.pass();
    const meta: Meta = {
      type: "meta",
      epoch: section.epoch,
      schema: 1,
      rev: section.rev,
      seq: 1,
      mode: "read",
      why: "frozen",
      claims: [],
      step: { state: "open", votes: [], digest: null },
      digest: null,
      n: 9,
    };
    const { doc } = session;
    seat?.send(stray(meta, section.rev));
    world.network.flowing = true;
    world.network.deliverAll();
    await world.pass(100);
    return { world, tab, session, section, doc };
  }

  const far = new Y.Doc();
  typeInto(far, "of another opening");
  const update = Y.encodeStateAsUpdate(far);

  test.each<[string, (meta: Meta, rev: number) => ServerFrame]>([
    ["a Meta with another seq", (meta) => ({ ...meta, seq: 99 })],
    ["a Meta of another history", (meta) => ({ ...meta, epoch: "another" })],
    ["a SyncStep2", () => ({ type: "sync-step-2", update: Y.encodeStateAsUpdate(new Y.Doc()) })],
    ["Updates of a later revision", () => ({ type: "updates", rev: 99, updates: [update] })],
    ["an Ack of a row that was not pushed", () => ({ type: "ack", seq: 2, rev: 1 })],
    ["a Refuse of a row that was not pushed", () => ({ type: "refuse", seq: 2, code: "invalid", detail: {} })],
  ])("%s changes nothing", async (_what, stray) => {
    const { tab, session, section, doc } = await reopening(stray);
    expect(textOf(section.doc)).toBe("whole mine");
    expect(textOf(session.doc)).toBe("whole mine");
    expect(session.doc).toBe(doc);
    expect(await tab.drawer()).toEqual([]);
    expect(session.state.save.kind).toBe("saved");
  });

  test("an Ack of the outbox before does not empty the next", async () => {
    const world = new World();
    const first = world.tab("ann");
    const left = first.open();
    await world.pass();
    world.network.down = true;
    world.network.cut();
    type(left, "left behind ");
    await world.pass();
    first.crash();
    world.network.down = false;
    world.network.flowing = false;
    const tab = world.tab("ann", first.device);
    const session = tab.open();
    await world.pass();
    const section = world.server.section(SECTION);
    // Until what was left behind is saved; its tab then opens its own outbox, whose rows have the same numbers.
    while (section.rev === 0) {
      tab.socket?.deliverOne();
      await world.pass();
    }
    const [seat] = section.seats;
    typeInto(session.doc, "own");
    seat?.send({ type: "ack", seq: 1, rev: 1 });
    world.network.flowing = true;
    world.network.deliverAll();
    await world.pass(100);
    expect(textOf(section.doc)).toContain("own");
    expect(textOf(section.doc)).toContain("left behind");
    expect(session.state.save.kind).toBe("saved");
  });
});

describe("an answer about what was never asked", () => {
  test("saves nothing", async () => {
    const world = new World();
    const session = world.tab("ann").open();
    await world.pass();
    const section = world.server.section(SECTION);
    world.network.flowing = false;
    type(session, "a");
    await world.pass();
    type(session, "b");
    const [seat] = section.seats;
    seat?.send({ type: "ack", seq: 2, rev: 1 });
    world.server.judge = () => "rate";
    world.network.flowing = true;
    world.network.deliverAll();
    await world.pass(10);
    expect(session.state.save.kind).not.toBe("saved");
    world.server.judge = () => null;
    await world.pass(2_000);
    expect(textOf(section.doc)).toBe("ab");
    expect(session.state.save.kind).toBe("saved");
  });
});

describe("a section that was shut", () => {
  async function shut() {
    const world = new World();
    const tab = world.tab("ann");
    const session = tab.open();
    await world.pass();
    type(session, "text");
    await world.pass();
    const section = world.server.section(SECTION);
    section.denied.set("ann", "locked");
    section.tell();
    await world.pass();
    expect(session.state).toMatchObject({ denied: "locked", ready: false });
    return { world, tab, session, section };
  }

  test.each([
    ["step", "p:p1"],
    ["claims", "p:p1"],
    ["joined", ""],
  ])("is tried again soon after news of kind %s, and opens without a reload", async (kind, name) => {
    const { world, session, section } = await shut();
    section.denied.clear();
    for (const member of world.server.members) member.send(name, { type: "notice", kind, body: {} });
    await world.pass(1_000);
    expect(session.state).toMatchObject({ denied: null, ready: true, connected: true, mode: "write" });
    expect(textOf(session.doc)).toBe("text");
    type(session, " on");
    await world.pass();
    expect(textOf(section.doc)).toBe("text on");
  });

  test("is not tried for other news, and once a minute without any", async () => {
    const { world, session, section } = await shut();
    const opens = world.server.opens.length;
    for (const member of world.server.members) member.send("p:p1", { type: "notice", kind: "log", body: {} });
    await world.pass(20_000);
    world.server.ping();
    expect(world.server.opens).toHaveLength(opens);
    section.denied.clear();
    await world.pass(20_000);
    world.server.ping();
    await world.pass(21_000);
    expect(session.state).toMatchObject({ denied: null, ready: true });
  });

  test("and is shut still stays as it was: no other document, and what was late is handed in once", async () => {
    const { world, tab, session } = await shut();
    const { doc, state } = session;
    const events: string[] = [];
    for (const name of ["doc", "state"]) session.addEventListener(name, () => events.push(name));
    const opens = world.server.opens.length;
    for (let n = 0; n < 3; n += 1) {
      for (const member of world.server.members) member.send("p:p1", { type: "notice", kind: "step", body: {} });
      await world.pass(1_100);
    }
    expect(world.server.opens.length).toBe(opens + 3);
    expect(session.doc).toBe(doc);
    expect(session.state).toEqual(state);
    expect(events).toEqual([]);
    expect(await tab.drawer()).toEqual([]);
  });

  test("while an Open was on its way, and is open again, is asked for all of its text", async () => {
    const world = new World();
    const session = world.tab("ann").open();
    await world.pass();
    type(session, "text");
    await world.pass();
    const section = world.server.section(SECTION);
    section.rights.set("ann", { mode: "read", why: "claim" });
    section.tell();
    await world.pass(5_000);
    world.network.flowing = false;
    session.edited();
    await world.pass();
    section.denied.set("ann", "role");
    section.tell();
    section.denied.clear();
    world.network.flowing = true;
    world.network.deliverAll();
    await world.pass(1_000);
    expect(session.state).toMatchObject({ denied: null, ready: true, rev: 1 });
    expect(textOf(session.doc)).toBe("text");
  });

  test("gives what is typed into it meanwhile to the drawer", async () => {
    const { world, tab, session } = await shut();
    type(session, "stubborn");
    await world.pass(61_000);
    world.server.ping();
    expect((await tab.drawer()).map((item) => [item.code, says(item.after)])).toEqual([["locked", "stubborn"]]);
    expect(world.server.lates).toHaveLength(1);
  });
});

describe("a page that was shut", () => {
  test("asks again, so that its news and people come back", async () => {
    const world = new World();
    const tab = world.tab("ann");
    tab.open();
    await world.pass();
    for (const member of world.server.members) member.shut("p:p1");
    await world.pass();
    const heard: string[] = [];
    tab.page.addEventListener("news", (event) => heard.push((event as CustomEvent<{ kind: string }>).detail.kind));
    await world.pass(30_000);
    world.server.ping();
    await world.pass(31_000);
    for (const member of world.server.members) member.tell("p:p1", "log");
    await world.pass();
    expect(heard).toEqual(["log"]);
  });
});
