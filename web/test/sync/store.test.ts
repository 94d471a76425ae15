/** What lies on the device: one transaction for what belongs together, and no failure without a word. */
import { IDBFactory as FakeIDBFactory } from "fake-indexeddb";
import { describe, expect, test } from "vitest";

import { Outbox } from "../../src/sync/outbox";
import type { Advance, DrawerRow, OutboxRow } from "../../src/sync/rows";
import { PARTS_MAX, Store, databaseName, wipe } from "../../src/sync/store";
import { ManualClock, settle } from "./clock";
import { SECTION, World } from "./rig";

const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all);

function row(seq: number, outbox = "o1"): OutboxRow {
  return { section: SECTION, outbox, seq, update: bytes(seq), at: seq, client: 1, epoch: "e", schema: 1 };
}

function drawerRow(id: string): DrawerRow {
  const texts = { before: "", after: "", update: bytes(1), base: bytes(0) };
  return { id, section: SECTION, code: "frozen", at: 1, epoch: "e", carriesText: true, onServer: false, ...texts };
}

function advance(from: number, rev: number, change: Partial<Advance> = {}): Advance {
  const updates = Array.from({ length: rev - from }, (_, i) => bytes(from + i + 1));
  return { section: SECTION, epoch: "e", schema: 1, from, rev, updates, whole: () => bytes(99), at: 1, ...change };
}

function newStore(factory: IDBFactory = new FakeIDBFactory()): Store {
  return new Store(factory, "ann");
}

describe("the base", () => {
  test("grows by what was confirmed, while rows leave in the same transaction", async () => {
    const store = newStore();
    await store.putRows([row(1), row(2), row(3), row(1, "o2")]);
    await store.advance(advance(0, 2), { outbox: "o1", upTo: 2 });
    await store.advance(advance(2, 3), null);
    const { base, rows } = await store.load(SECTION);
    expect(base).toMatchObject({ rev: 3, epoch: "e" });
    expect(base?.updates).toEqual([bytes(99), bytes(3)]);
    expect(rows.map((one) => [one.outbox, one.seq])).toEqual([
      ["o1", 3],
      ["o2", 1],
    ]);
  });

  test("only moves forward, whichever tab writes last", async () => {
    const store = newStore();
    await store.advance(advance(0, 5), null);
    await store.advance(advance(0, 3), { outbox: "o1", upTo: 1 });
    expect((await store.load(SECTION)).base?.rev).toBe(5);
  });

  test("is written whole when what lies there is not continued, or is of another history", async () => {
    const store = newStore();
    await store.advance(advance(0, 2), null);
    await store.advance(advance(4, 5, { whole: () => bytes(55) }), null);
    expect((await store.load(SECTION)).base).toMatchObject({ rev: 5, updates: [bytes(55)] });
    await store.advance(advance(0, 1, { epoch: "e2", whole: () => bytes(77) }), null);
    expect((await store.load(SECTION)).base).toMatchObject({ rev: 1, epoch: "e2", updates: [bytes(77)] });
  });

  test("is folded into one part now and then", async () => {
    const store = newStore();
    for (let rev = 0; rev <= PARTS_MAX + 2; rev += 1) await store.advance(advance(rev, rev + 1), null);
    const { base } = await store.load(SECTION);
    expect(base?.parts).toBeLessThan(5);
    expect(base?.rev).toBe(PARTS_MAX + 3);
  });

  test("of a section that may not be read goes, and the person's own rows stay", async () => {
    const store = newStore();
    await store.putRows([row(1)]);
    await store.advance(advance(0, 1), null);
    await store.forget(SECTION);
    const { base, rows } = await store.load(SECTION);
    expect(base).toBeNull();
    expect(rows).toHaveLength(1);
  });
});

describe("the drawer", () => {
  test("takes the text in the transaction in which the rows leave", async () => {
    const store = newStore();
    await store.putRows([row(1), row(2)]);
    await store.moveToDrawer([drawerRow("d1")], { outbox: "o1", upTo: 2 });
    expect(await store.rows(SECTION)).toEqual([]);
    expect((await store.drawer(SECTION)).map((one) => one.id)).toEqual(["d1"]);
    expect(await store.unsent()).toBe(1);
    await store.markOnServer("d1");
    expect(await store.unsent()).toBe(0);
    await store.dismiss("d1");
    await store.markOnServer("d1");
    expect(await store.drawer()).toEqual([]);
  });

  test("and the rows stay where they are if it cannot", async () => {
    const store = newStore();
    await store.putRows([row(1)]);
    const unstorable = { ...drawerRow("d1"), before: (() => undefined) as unknown as string };
    await expect(store.moveToDrawer([unstorable], { outbox: "o1", upTo: 1 })).rejects.toThrow();
    expect(await store.rows(SECTION)).toHaveLength(1);
  });
});

describe("a failure", () => {
  test("to open reaches whoever asked, and the next call tries again", async () => {
    const factory = new FakeIDBFactory();
    const open = factory.open.bind(factory);
    let fails = true;
    factory.open = (name: string, version?: number) => {
      if (fails) throw new DOMException("no room", "QuotaExceededError");
      return open(name, version);
    };
    const store = newStore(factory);
    await expect(store.putRows([row(1)])).rejects.toThrow("no room");
    fails = false;
    await store.putRows([row(1)]);
    expect(await store.rows(SECTION)).toHaveLength(1);
  });

  test("to write is shown as unsafe, tried again, and over when it succeeds", async () => {
    const clock = new ManualClock();
    const store = newStore();
    const put = store.putRows.bind(store);
    let full = true;
    store.putRows = (rows) => (full ? Promise.reject(new DOMException("full", "QuotaExceededError")) : put(rows));
    const held = Promise.resolve(() => undefined);
    const parts = { section: SECTION, id: "o1", schema: 1, store, timers: clock, held, changed: () => undefined };
    const outbox = new Outbox(parts, [], 0);
    outbox.add(bytes(1), 1, "e");
    expect(outbox.unsafeSince).toBeNull();
    await settle();
    expect(outbox.unsafeSince).toBe(clock.now());
    outbox.add(bytes(2), 1, "e");
    full = false;
    clock.advance(5_000);
    await settle();
    expect(outbox.unsafeSince).toBeNull();
    expect(outbox.isOnDisk).toBe(true);
    expect((await store.rows(SECTION)).map((one) => one.seq)).toEqual([1, 2]);
  });

  test("to write what the server has confirmed meanwhile writes nothing later", async () => {
    const clock = new ManualClock();
    const store = newStore();
    const put = store.putRows.bind(store);
    store.putRows = () => Promise.reject(new Error("full"));
    const held = Promise.resolve(() => undefined);
    const parts = { section: SECTION, id: "o1", schema: 1, store, timers: clock, held, changed: () => undefined };
    const outbox = new Outbox(parts, [], 0);
    outbox.add(bytes(1), 1, "e");
    await settle();
    outbox.leave(1);
    store.putRows = put;
    clock.advance(5_000);
    await settle();
    expect(await store.rows(SECTION)).toEqual([]);
  });

  test("is not a database that another tab deletes at signing out: nothing comes back until the person does", async () => {
    const factory = new FakeIDBFactory();
    let wiped = 0;
    const store = new Store(factory, "ann", () => (wiped += 1));
    await store.putRows([row(1)]);
    await wipe(factory, "ann");
    await settle();
    expect(wiped).toBe(1);
    await expect(store.putRows([row(2)])).rejects.toThrow("signed out");
    expect(await factory.databases()).toEqual([]);
    store.resume();
    await store.putRows([row(3)]);
    expect(await store.rows(SECTION)).toEqual([row(3)]);
  });
});

describe("people", () => {
  test("have a database each, and signing out takes one's own only", async () => {
    const factory = new FakeIDBFactory();
    const [ann, bea] = [new Store(factory, "ann"), new Store(factory, "bea")];
    await ann.putRows([row(1)]);
    await bea.putRows([row(1)]);
    await ann.close();
    await wipe(factory, "ann");
    expect((await factory.databases()).map((one) => one.name)).toEqual([databaseName("bea")]);
    expect(await bea.rows(SECTION)).toHaveLength(1);
  });

  test("who sign out leave nothing behind, whatever was typed in the last moment", async () => {
    const world = new World();
    const tab = world.tab("ann");
    tab.open();
    await world.pass();
    await tab.page.close();
    await wipe(tab.device.indexedDB, "ann");
    expect(await tab.device.indexedDB.databases()).toEqual([]);
  });
});
