/** What a stranger would try: lost words, words that arrive twice, and a "saved" that is not true. */
import { describe, expect, test } from "vitest";

import { Store } from "../../src/sync/store";
import { Device, FIELDS, KEY, SECTION, World, says, textOf, type } from "./rig";

async function opened(world = new World()) {
  const tab = world.tab("ann");
  const session = tab.open();
  await world.pass();
  return { world, tab, session, section: world.server.section(SECTION) };
}

describe("a text too large for any frame", () => {
  test("stays on this device, and the drawer says so: it is not with the server", async () => {
    const { world, tab, session } = await opened();
    type(session, "words ".repeat(200_000));
    await world.pass(1_000);
    expect(world.server.lates).toEqual([]);
    const [item] = await tab.drawer();
    expect(item).toMatchObject({ code: "size", onServer: false });
    expect(says(item?.after ?? "")).toHaveLength(1_200_000);
    expect(session.state.save).toEqual({ kind: "refused", items: 1 });
    expect(await tab.page.unsent()).toBe(1);
    tab.crash();
    const again = world.tab("ann", tab.device);
    again.open();
    await world.pass(1_000);
    expect(await again.drawer()).toMatchObject([{ code: "size", onServer: false }]);
    expect(await again.page.unsent()).toBe(1);
  });

  test("does not keep a smaller one from being handed in", async () => {
    const { world, tab, session } = await opened();
    type(session, "words ".repeat(200_000));
    await world.pass(1_000);
    world.server.judge = () => "invalid";
    type(session, "small");
    await world.pass(1_000);
    expect((await tab.drawer()).map((item) => [item.code, item.onServer])).toEqual([
      ["size", false],
      ["invalid", true],
    ]);
  });
});

describe("a paste that was kept without being sent", () => {
  test("keeps its lines apart", async () => {
    const { tab } = await opened();
    await tab.page.keep({ section: SECTION, code: "size", text: "first line\r\nsecond line\n\nthird" });
    const [item] = await tab.drawer();
    expect(says(item?.after ?? "")).toBe("first line\nsecond line\nthird");
    expect(item?.onServer).toBe(false);
  });
});

describe("a reload without a line", () => {
  test("does not call saved what the tab before left behind", async () => {
    const { world, tab, session } = await opened();
    world.network.down = true;
    world.network.cut();
    type(session, "left behind");
    await world.pass();
    tab.crash();
    const again = world.tab("ann", tab.device).open();
    await world.pass(5_000);
    expect(again.state.save).toMatchObject({ kind: "device", changes: 1 });
    world.network.down = false;
    await world.pass(60_000);
    expect(again.state.save.kind).toBe("saved");
    expect(textOf(world.server.section(SECTION).doc)).toBe("left behind");
  });
});

describe("a session that was closed under an editor", () => {
  test("says that what is typed now is kept nowhere", async () => {
    const { world, tab, session } = await opened();
    type(session, "kept");
    await world.pass();
    await session.close();
    const states: string[] = [];
    session.addEventListener("state", () => states.push(session.state.save.kind));
    type(session, " lost");
    expect(states).toEqual(["unsafe"]);
    expect(session.state.mode).toBe("read");
    expect(tab.warnsBeforeLeaving).toBe(false);
    expect(textOf(world.server.section(SECTION).doc)).toBe("kept");
  });

  test("while an input method held something back does not speak again", async () => {
    const { world, session, section } = await opened();
    session.composing(true);
    type(session, "refuse me");
    world.server.judge = () => "invalid";
    await world.pass(3_000);
    await session.close();
    const opens = world.server.opens.length;
    session.composing(false);
    await world.pass(1_000);
    expect(world.server.opens).toHaveLength(opens);
    expect(section.seats.size).toBe(0);
  });

  test("gives what the disk never took to the drawer, which lives as long as the page", async () => {
    const world = new World();
    const tab = world.tab("ann", new Device(), { indexedDB: null });
    const session = tab.open();
    await world.pass();
    tab.offline = true;
    type(session, "in memory");
    await world.pass(10);
    await session.close();
    expect((await tab.drawer()).map((item) => says(item.after))).toEqual(["in memory"]);
    expect(tab.warnsBeforeLeaving).toBe(true);
  });
});

describe("a drawer that the device cannot keep", () => {
  test("is called unsafe at once, and no longer when the device has taken it", async () => {
    const { world, tab, session } = await opened();
    const move = Store.prototype.moveToDrawer;
    try {
      Store.prototype.moveToDrawer = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
      await tab.page.keep({ section: SECTION, code: "size", text: "too much" });
      await world.pass();
      expect(session.state.save.kind).toBe("unsafe");
      expect(await tab.page.unsent()).toBe(1);
    } finally {
      Store.prototype.moveToDrawer = move;
    }
    await world.pass(6_000);
    expect(session.state.save).toEqual({ kind: "refused", items: 1 });
  });

  test("is not emptied by an answer that is no list", async () => {
    const device = new Device();
    const world = new World();
    const first = world.tab("ann", device);
    const session = first.open();
    await world.pass();
    world.server.judge = () => "invalid";
    type(session, "mine");
    await world.pass();
    first.crash();
    const again = world.tab("ann", device, { fetch: () => Promise.resolve(new Response("{}")) });
    again.open();
    await world.pass();
    expect((await again.drawer()).map((item) => says(item.after))).toEqual(["mine"]);
  });
});

describe("what lies broken on the device", () => {
  test("as the base does not keep the section from opening", async () => {
    const device = new Device();
    const store = new Store(device.indexedDB, "ann");
    const updates = [Uint8Array.of(1, 2, 3, 255)];
    const broken = { section: SECTION, epoch: "epoch-1", schema: 1, from: 0, rev: 1, updates, at: 1 };
    await store.advance({ ...broken, whole: () => updates[0] as Uint8Array }, null);
    const world = new World();
    const other = world.tab("bea").open();
    await world.pass();
    type(other, "theirs");
    await world.pass();
    const session = world.tab("ann", device).open();
    await world.pass();
    expect(textOf(session.doc)).toBe("theirs");
    type(session, " and mine");
    await world.pass();
    expect(textOf(other.doc)).toBe("theirs and mine");
  });

  test("as a row goes to the drawer as it is, and lets one's own words through", async () => {
    const device = new Device();
    const store = new Store(device.indexedDB, "ann");
    const update = Uint8Array.of(7, 7, 7, 255);
    await store.putRows([{ section: SECTION, outbox: "o1", seq: 1, update, at: 1, client: 1, epoch: "epoch-1", schema: 1 }]);
    const world = new World();
    const tab = world.tab("ann", device);
    const session = tab.open();
    await world.pass(1_000);
    type(session, "mine");
    await world.pass();
    expect(textOf(world.server.section(SECTION).doc)).toBe("mine");
    expect(await store.rows(SECTION)).toEqual([]);
    expect((await store.drawer(SECTION)).map((row) => [row.code, row.update])).toEqual([["invalid", update]]);
  });
});

describe("text that UTF-8 cannot hold", () => {
  test("is not lost when it is refused", async () => {
    const { world, tab, session } = await opened();
    world.server.judge = () => "invalid";
    type(session, "before \ud800 after");
    await world.pass();
    const [item] = await tab.drawer();
    expect(says(item?.after ?? "")).toMatch(/^before .+ after$/u);
    expect(FIELDS).toContain("measures");
    expect(KEY).not.toBe("");
  });
});
