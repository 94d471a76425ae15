/** What happens to what a person types (sync-protocol.md, "What the client does"). */
import * as Y from "yjs";
import { describe, expect, test, vi } from "vitest";

import { sectionBytes } from "../../src/docs/canonical";
import { sectionDigest } from "../../src/docs/digest";
import { sectionOf } from "../../src/docs/fragment";
import { Store } from "../../src/sync/store";
import { Device, FIELDS, KEY, SECTION, World, says, textOf, type, typeInto } from "./rig";
import type { Tab } from "./rig";

async function opened(world = new World()) {
  const tab = world.tab("ann");
  const session = tab.open();
  await world.pass();
  return { world, tab, session, section: world.server.section(SECTION) };
}

function rows(tab: Tab) {
  return new Store(tab.device.indexedDB, tab.account).rows(SECTION);
}

describe("a keystroke", () => {
  test("is saved once the server has confirmed it, and the device then holds it as its base", async () => {
    const { world, tab, session, section } = await opened();
    expect(session.state).toMatchObject({ ready: true, connected: true, mode: "write", why: "ok" });
    type(session, "Hello");
    expect(session.state.save.kind).toBe("saving");
    await world.pass();
    expect(textOf(section.doc)).toBe("Hello");
    expect(session.state.save).toMatchObject({ kind: "saved", seenBy: 0 });
    expect(session.state.rev).toBe(1);
    expect(await rows(tab)).toEqual([]);
    const { base } = await new Store(tab.device.indexedDB, "ann").load(SECTION);
    expect(base).toMatchObject({ rev: 1, epoch: "epoch-1" });
  });

  test("reaches the other people who have the section open", async () => {
    const { world, session } = await opened();
    const other = world.tab("bea").open();
    await world.pass();
    type(session, "Hello");
    await world.pass();
    expect(textOf(other.doc)).toBe("Hello");
    type(other, ", world");
    await world.pass();
    expect(textOf(session.doc)).toBe("Hello, world");
  });

  test("waits while one Push is unanswered, and goes with all that piled up meanwhile as one", async () => {
    const { world, session } = await opened();
    world.network.flowing = false;
    type(session, "a");
    await world.pass();
    for (const letter of "bcdef") type(session, letter);
    await world.pass();
    expect(world.server.pushes).toEqual([]);
    world.network.flowing = true;
    world.network.deliverAll();
    await world.pass();
    expect(world.server.pushes.map((push) => push.seq)).toEqual([1, 6]);
    expect(textOf(world.server.section(SECTION).doc)).toBe("abcdef");
  });

  test("that the server does not answer is called on this device only, and the line has no say in that", async () => {
    const { world, tab, session } = await opened();
    world.network.flowing = false;
    type(session, "a");
    type(session, "b");
    await world.pass(1_000);
    expect(session.state.save.kind).toBe("saving");
    await world.pass(2_500);
    expect(session.state.connected).toBe(true);
    expect(session.state.save).toMatchObject({ kind: "device", changes: 2 });
    expect(await rows(tab)).toHaveLength(2);
  });

  test("too large for one Push is never sent, but lies in the drawer with the reason", async () => {
    const { world, tab, session } = await opened();
    type(session, "x".repeat(300 * 1024));
    await world.pass();
    expect(world.server.pushes).toEqual([]);
    const [item] = await tab.drawer();
    expect(item).toMatchObject({ code: "size", onServer: true });
    expect(textOf(session.doc)).toBe("");
  });
});

describe("a lost line", () => {
  test("costs nothing: what was typed goes when it is back", async () => {
    const { world, session, section } = await opened();
    world.network.down = true;
    world.network.cut();
    await world.pass();
    expect(session.state).toMatchObject({ connected: false, mode: "write" });
    type(session, "offline");
    await world.pass(4_000);
    expect(session.state.save).toMatchObject({ kind: "device", changes: 1 });
    world.network.down = false;
    await world.pass(40_000);
    expect(textOf(section.doc)).toBe("offline");
    expect(session.state.save.kind).toBe("saved");
    expect(world.server.opens.at(-1)?.resume).toBe(true);
  });

  test("between a commit and its Ack does not bring the text twice: Meta says what was accepted", async () => {
    const { world, session, section, tab } = await opened();
    type(session, "once");
    await Promise.resolve();
    world.network.flowing = false;
    await world.pass();
    // The push is on the line; the server takes it, and the answer is lost.
    const socket = tab.socket;
    socket?.deliverOne();
    expect(section.rev).toBe(1);
    world.network.cut();
    world.network.flowing = true;
    await world.pass(1_000);
    expect(world.server.pushes).toHaveLength(1);
    expect(textOf(session.doc)).toBe("once");
    expect(session.state.save.kind).toBe("saved");
    expect(await rows(tab)).toEqual([]);
  });

  test("lets an expired claim come back with its holder", async () => {
    const { world, session, section } = await opened();
    section.claims = ["ann"];
    section.tell();
    await world.pass();
    world.network.cut();
    section.claims = [];
    section.rights.set("ann", { mode: "read", why: "claim" });
    section.expired.add("ann");
    type(session, "mine");
    await world.pass(1_000);
    expect(session.state.mode).toBe("write");
    expect(textOf(section.doc)).toBe("mine");
  });
});

describe("a reload", () => {
  test("adopts what the tab before left behind, once, and only then opens its own outbox", async () => {
    const { world, tab, section } = await opened();
    world.network.down = true;
    world.network.cut();
    type(tab.open(), "left behind");
    await world.pass();
    tab.crash();
    world.network.down = false;
    const again = world.tab("ann", tab.device);
    const session = again.open();
    await world.pass();
    expect(textOf(section.doc)).toBe("left behind");
    expect(textOf(session.doc)).toBe("left behind");
    expect(await rows(again)).toEqual([]);
    const outboxes = world.server.opens.map((open) => open.outbox);
    expect(new Set(outboxes.slice(-2)).size).toBe(2);
    expect(outboxes.at(-2)).toBe(outboxes[0]);
  });

  test("shows what the device has, read only, while the server cannot be reached", async () => {
    const { world, tab, session } = await opened();
    type(session, "kept");
    await world.pass();
    tab.crash();
    world.network.down = true;
    const again = world.tab("ann", tab.device).open();
    await world.pass();
    expect(textOf(again.doc)).toBe("kept");
    expect(again.state).toMatchObject({ ready: true, connected: false, mode: "read", why: "offline" });
  });

  test("leaves alone the outbox of a tab that lives", async () => {
    const { world, tab, session } = await opened();
    world.network.cut((socket) => tab.isMine(socket));
    world.network.down = true;
    type(session, "first tab");
    await world.pass();
    world.network.down = false;
    const second = world.tab("ann", tab.device).open();
    await world.pass();
    expect(world.server.pushes).toEqual([]);
    await world.pass(1_000);
    expect(textOf(second.doc)).toBe("first tab");
    expect(world.server.pushes).toHaveLength(1);
  });

  test("never opens another person's rows", async () => {
    const { world, tab, session, section } = await opened();
    world.network.down = true;
    world.network.cut();
    type(session, "ann's own");
    await world.pass();
    tab.crash();
    world.network.down = false;
    world.tab("bea", tab.device).open();
    await world.pass(1_000);
    expect(textOf(section.doc)).toBe("");
    expect(await rows(tab)).toHaveLength(1);
  });
});

describe("a refusal", () => {
  test("burns document, client id and outbox; the text lies in the drawer and with the server, and does not come back", async () => {
    const { world, tab, session, section } = await opened();
    type(session, "good ");
    await world.pass();
    const before = { doc: session.doc, client: session.doc.clientID, outbox: world.server.opens.at(-1)?.outbox };
    const events: string[] = [];
    session.addEventListener("doc", () => events.push("doc"));
    session.addEventListener("refused", () => events.push("refused"));
    world.server.judge = () => "invalid";
    type(session, "bad");
    await world.pass();
    world.server.judge = () => null;
    expect(events).toEqual(["refused", "doc"]);
    expect(session.doc).not.toBe(before.doc);
    expect(session.doc.clientID).not.toBe(before.client);
    expect(world.server.opens.at(-1)?.outbox).not.toBe(before.outbox);
    expect(textOf(session.doc)).toBe("good ");
    const items = await tab.drawer();
    expect(items.map((item) => [item.code, says(item.before), says(item.after), item.onServer])).toEqual([
      ["invalid", "good ", "good bad", true],
    ]);
    expect(world.server.lates.map((late) => late.id)).toEqual([items[0]?.id]);
    expect(await rows(tab)).toEqual([]);
    expect(session.state.save).toEqual({ kind: "refused", items: 1 });

    type(session, "again");
    await world.pass();
    expect(textOf(section.doc)).toBe("good again");
    await tab.page.dismiss(items[0] as { id: string });
    expect(session.state.save.kind).toBe("saved");
    expect(tab.requests.at(-1)).toBe(`/api/late/${items[0]?.id ?? ""}/dismiss`);
  });

  test("is gone once it is dismissed, also while the disk has not heard of it", async () => {
    const { world, tab, session } = await opened();
    world.server.judge = () => "invalid";
    type(session, "bad");
    await world.pass();
    const [item] = await tab.drawer();
    tab.page.addEventListener("drawer", () => void tab.drawer());
    await tab.page.dismiss(item as { id: string });
    await world.pass();
    expect(await tab.drawer()).toEqual([]);
  });

  test("lies in the drawer until it is dismissed, here or on another device", async () => {
    const { world, tab, session } = await opened();
    world.server.judge = () => "invalid";
    type(session, "bad");
    await world.pass();
    const [item] = await tab.drawer();
    const elsewhere = world.tab("ann");
    elsewhere.open();
    await world.pass();
    expect((await elsewhere.drawer()).map(({ id }) => id)).toEqual([item?.id]);

    await elsewhere.page.dismiss(item as { id: string });
    expect(await elsewhere.drawer()).toEqual([]);

    await tab.page.close();
    const again = world.tab("ann", tab.device);
    again.open();
    await world.pass();
    expect(await again.drawer()).toEqual([]);
    expect(await again.page.unsent()).toBe(0);
  });

  test("takes with it every later row, and nothing of anybody else's", async () => {
    const { world, tab, session, section } = await opened();
    const other = world.tab("bea").open();
    await world.pass();
    world.network.flowing = false;
    world.server.judge = (_push, account) => (account === "ann" ? "schema" : null);
    type(session, "one ");
    await world.pass();
    type(session, "two");
    typeInto(other.doc, "theirs", "successes");
    await world.pass();
    world.network.flowing = true;
    world.network.deliverAll();
    await world.pass();
    expect(textOf(session.doc)).toBe("");
    expect(textOf(session.doc, "successes")).toBe("theirs");
    expect(textOf(section.doc, "successes")).toBe("theirs");
    const items = await tab.drawer();
    expect(items.map((item) => says(item.after)).join("")).toBe("one two");
  });

  test("for being too fast is none: the same Push goes again after the wait", async () => {
    const { world, session, section, tab } = await opened();
    world.server.judge = () => "rate";
    type(session, "fast");
    await world.pass();
    world.server.judge = () => null;
    expect(textOf(section.doc)).toBe("");
    await world.pass(600);
    expect(textOf(section.doc)).toBe("fast");
    expect(await tab.drawer()).toEqual([]);
  });

  test("for a gap is tried once more with what the server lacks", async () => {
    const { world, session, section, tab } = await opened();
    let gaps = 1;
    world.server.judge = () => (gaps-- > 0 ? "gap" : null);
    type(session, "gap");
    await world.pass();
    expect(textOf(section.doc)).toBe("gap");
    expect(await tab.drawer()).toEqual([]);
    gaps = 2;
    type(session, " again");
    await world.pass();
    expect((await tab.drawer()).map((item) => item.code)).toEqual(["gap"]);
    expect(textOf(session.doc)).toBe("gap");
  });

  test("of an edit that brought no text stays on the device", async () => {
    const { world, session, tab } = await opened();
    type(session, "words");
    await world.pass();
    world.server.judge = () => "invalid";
    (session.fragment("measures").get(0) as Y.XmlElement).delete(0, 1);
    await world.pass();
    expect((await tab.drawer()).map((item) => [says(item.before), says(item.after), item.onServer])).toEqual([
      ["words", "", false],
    ]);
    expect(world.server.lates).toEqual([]);
  });
});

describe("rights that have changed", () => {
  test("meanwhile: nothing is pushed, the outbox goes to the drawer and to the server as late", async () => {
    const { world, session, section, tab } = await opened();
    world.network.down = true;
    world.network.cut();
    type(session, "too late");
    section.rights.set("ann", { mode: "read", why: "frozen" });
    world.network.down = false;
    await world.pass(1_000);
    expect(world.server.pushes).toEqual([]);
    expect(session.state).toMatchObject({ mode: "read", why: "frozen" });
    expect((await tab.drawer()).map((item) => [item.code, says(item.after), item.onServer])).toEqual([
      ["frozen", "too late", true],
    ]);
    expect(textOf(session.doc)).toBe("");
  });

  test("so that the section may not be read: of it nothing is kept but one's own text", async () => {
    const { world, session, section, tab } = await opened();
    type(session, "public ");
    await world.pass();
    world.network.down = true;
    world.network.cut();
    type(session, "mine");
    section.denied.set("ann", "locked");
    world.network.down = false;
    await world.pass(1_000);
    expect(session.state).toMatchObject({ denied: "locked", ready: false, mode: "read" });
    expect(textOf(session.doc)).toBe("");
    expect((await new Store(tab.device.indexedDB, "ann").load(SECTION)).base).toBeNull();
    expect(world.server.lates.map((late) => says(late.after))).toEqual(["public mine"]);
  });

  test("live, by a Close, are the same", async () => {
    const { world, session, section } = await opened();
    section.denied.set("ann", "role");
    section.tell();
    await world.pass();
    expect(session.state).toMatchObject({ denied: "role", connected: true });
  });

  test("by a claim that expired are asked back before anything goes to the drawer", async () => {
    const { world, session, section, tab } = await opened();
    world.network.flowing = false;
    section.rights.set("ann", { mode: "read", why: "claim" });
    section.expired.add("ann");
    section.tell();
    world.network.flowing = true;
    type(session, "still mine");
    world.network.deliverAll();
    await world.pass();
    expect(textOf(section.doc) + (await tab.drawer()).map((item) => says(item.after)).join("")).toBe("still mine");
  });

  test("come back when the holder does", async () => {
    const { world, session, section } = await opened();
    section.rights.set("ann", { mode: "read", why: "claim" });
    section.expired.add("ann");
    section.tell();
    await world.pass();
    expect(session.state.mode).toBe("read");
    session.edited();
    await world.pass();
    expect(session.state.mode).toBe("write");
  });
});

describe("another history", () => {
  test("is never merged: the drawer has what was unsent, and the page starts from the server's text", async () => {
    const { world, session, section, tab } = await opened();
    type(session, "old ");
    await world.pass();
    world.network.down = true;
    world.network.cut();
    type(session, "unsent");
    const content = new Y.Doc();
    typeInto(content, "restored");
    section.restore("epoch-2", Y.encodeStateAsUpdate(content));
    world.network.down = false;
    await world.pass(1_000);
    expect(textOf(session.doc)).toBe("restored");
    expect(session.state.epoch).toBe("epoch-2");
    expect((await tab.drawer()).map((item) => [item.code, says(item.after)])).toEqual([["epoch", "old unsent"]]);
    expect(textOf(section.doc)).toBe("restored");
    type(session, " on");
    await world.pass();
    expect(textOf(section.doc)).toBe("restored on");
    expect((await new Store(tab.device.indexedDB, "ann").load(SECTION)).base).toMatchObject({ epoch: "epoch-2" });
  });

  test("is found by an adopted outbox too", async () => {
    const { world, session, section, tab } = await opened();
    world.network.down = true;
    world.network.cut();
    type(session, "crashed");
    await world.pass();
    tab.crash();
    section.restore("epoch-2");
    world.network.down = false;
    const again = world.tab("ann", tab.device);
    again.open();
    await world.pass();
    expect((await again.drawer()).map((item) => [item.code, says(item.after)])).toEqual([["epoch", "crashed"]]);
    expect(textOf(section.doc)).toBe("");
  });
});

describe("the digest", () => {
  test("that agrees changes nothing; one that differs makes the page take the server's text and keep its own", async () => {
    const { world, session, section, tab } = await opened();
    type(session, "same");
    await world.pass();
    const hex = await sectionDigest(sectionBytes(sectionOf(section.doc, KEY, FIELDS)));
    section.digest = { rev: 1, hex };
    section.tell();
    await world.pass();
    expect(world.server.opens).toHaveLength(1);
    section.digest = { rev: 1, hex: "0".repeat(64) };
    section.tell();
    section.digest = null;
    await world.pass();
    // The hash is made on another thread, so this one thing takes real time.
    await vi.waitFor(() => expect(world.server.opens.at(-1)?.diverged).toBe(hex));
    await world.pass();
    expect(textOf(session.doc)).toBe("same");
    expect((await tab.drawer()).map((item) => [item.code, says(item.after)])).toEqual([["diverged", "same"]]);
  });
});

describe("an input method", () => {
  test("that composes holds the Push, two seconds at most", async () => {
    const { world, session, section } = await opened();
    session.composing(true);
    type(session, "ni");
    await world.pass(1_000);
    expect(section.rev).toBe(0);
    session.composing(false);
    await world.pass();
    expect(textOf(section.doc)).toBe("ni");
    session.composing(true);
    type(session, "hao");
    await world.pass(2_100);
    expect(textOf(section.doc)).toBe("nihao");
  });

  test("holds a new document and a change of mode until its end", async () => {
    const { world, session, section, tab } = await opened();
    const { doc } = session;
    session.composing(true);
    type(session, "refuse me");
    world.server.judge = () => "frozen";
    section.rights.set("ann", { mode: "read", why: "frozen" });
    section.tell();
    await world.pass(3_000);
    expect(session.doc).toBe(doc);
    expect(session.state.mode).toBe("write");
    type(session, " too");
    session.composing(false);
    await world.pass();
    expect(session.doc).not.toBe(doc);
    expect(session.state).toMatchObject({ mode: "read", why: "frozen" });
    expect((await tab.drawer()).map((item) => says(item.after))).toEqual(["refuse me too"]);
  });
});

describe("the device store", () => {
  test("that does not open is said, the browser asks before leaving, and the server gets the text all the same", async () => {
    const world = new World();
    const tab = world.tab("ann", new Device(), { indexedDB: null });
    const session = tab.open();
    await world.pass();
    world.network.flowing = false;
    type(session, "text");
    await world.pass(10);
    expect(session.state.save.kind).toBe("unsafe");
    expect(tab.warnsBeforeLeaving).toBe(true);
    world.network.flowing = true;
    world.network.deliverAll();
    await world.pass();
    expect(session.state.save.kind).toBe("saved");
    expect(tab.warnsBeforeLeaving).toBe(false);
    expect(textOf(world.server.section(SECTION).doc)).toBe("text");
  });

  test("that fails keeps refused text in memory and hands it in", async () => {
    const world = new World();
    const tab = world.tab("ann", new Device(), { indexedDB: null });
    const session = tab.open();
    await world.pass();
    world.server.judge = () => "role";
    type(session, "text");
    await world.pass(10);
    expect(world.server.lates.map((late) => says(late.after))).toEqual(["text"]);
    expect((await tab.drawer()).map((item) => says(item.after))).toEqual(["text"]);
    expect(session.state.save.kind).toBe("unsafe");
  });

  test("says how much is unsent before it is wiped", async () => {
    const { world, session, tab } = await opened();
    expect(await tab.page.unsent()).toBe(0);
    world.network.down = true;
    world.network.cut();
    type(session, "unsent");
    await world.pass();
    expect(await tab.page.unsent()).toBe(1);
  });
});

describe("late text that was not yet handed in", () => {
  test("is handed in by the next page that opens the section, once", async () => {
    const { world, session, tab } = await opened();
    world.server.judge = () => "frozen";
    world.network.flowing = false;
    type(session, "late");
    await world.pass();
    const [socket] = tab.sockets;
    socket?.deliverOne();
    socket?.deliverOne();
    await world.pass();
    // The Late is on the line, and the line goes.
    tab.crash();
    world.network.flowing = true;
    world.server.judge = () => null;
    const again = world.tab("ann", tab.device);
    again.open();
    await world.pass();
    expect(world.server.lates.map((late) => says(late.after))).toEqual(["late"]);
    expect((await again.drawer()).map((item) => item.onServer)).toEqual([true]);
  });
});

describe("a frame that cannot be taken in", () => {
  test("makes that section begin anew, and no other", async () => {
    const { world, session, section } = await opened();
    type(session, "whole");
    await world.pass();
    const bytes = Y.encodeStateAsUpdate(section.doc);
    // An update of a client that nobody has heard of, built on something that never came.
    const far = new Y.Doc();
    typeInto(far, "a");
    const first = Y.encodeStateVector(far);
    typeInto(far, "b");
    for (const seat of section.seats) {
      seat.send({ type: "updates", rev: 2, updates: [Y.encodeStateAsUpdate(far, first)] });
    }
    section.rev = 2;
    await world.pass(1_000);
    expect(bytes.length).toBeGreaterThan(0);
    expect(textOf(session.doc)).toBe("whole");
    expect(session.state.connected).toBe(true);
    type(session, " still");
    await world.pass();
    expect(textOf(section.doc)).toBe("whole still");
  });
});
