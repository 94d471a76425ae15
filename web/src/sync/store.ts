/**
 * The one module that reads and writes what lies on the device: one database for each person, `rm-<account>`.
 *
 * Owns bases, outbox rows and the drawer. A promise that is kept means: the transaction is complete. Every failure
 * reaches the caller. Knows no Yjs, no socket and no right; encryption and expiry will be added here and nowhere else.
 */
import { deleteDatabase, openDatabase, result, transact } from "./idb";
import type { Advance, BaseHead, BasePart, DrawerRow, Leaving, OnDevice, OutboxRow } from "./rows";

const VERSION = 1;
const HEADS = "bases";
const PARTS = "parts";
const OUTBOX = "outbox";
const DRAWER = "drawer";
const STORES = [HEADS, PARTS, OUTBOX, DRAWER];
/** A base in more parts than this is asked for anew as one. */
export const PARTS_MAX = 64;

export function databaseName(account: string): string {
  return `rm-${account}`;
}

export class Store {
  readonly #factory: IDBFactory | null;
  readonly #name: string;
  readonly #wiped: () => void;
  #db: Promise<IDBDatabase> | null = null;
  #closed = false;
  #halted = false;

  /**
   * Opens nothing yet: the first reading or writing does, and says if it cannot. `wiped` is called when another tab has
   * deleted the database, which is done at signing out alone; from then on the store is halted.
   */
  constructor(factory: IDBFactory | null, account: string, wiped: () => void = () => undefined) {
    this.#factory = factory;
    this.#name = databaseName(account);
    this.#wiped = wiped;
  }

  /** Nothing is read or kept until `resume`: the person has signed out of this device. */
  halt(): void {
    this.#halted = true;
    const opening = this.#db;
    this.#db = null;
    opening?.then((db) => db.close()).catch(() => undefined);
  }

  /** The person has signed in again. */
  resume(): void {
    this.#halted = false;
  }

  /** The base of a section and the rows of all its outboxes, by outbox and seq. */
  async load(section: string): Promise<OnDevice> {
    return this.#read([HEADS, PARTS, OUTBOX], async (tx) => {
      const head = (await result(tx.objectStore(HEADS).get(section))) as BaseHead | undefined;
      const parts = (await result(tx.objectStore(PARTS).getAll(partsOf(section)))) as BasePart[];
      const rows = await rowsOf(tx, section);
      const whole = head !== undefined && head.parts === parts.length;
      return { base: whole ? { ...head, updates: parts.flatMap((part) => part.updates) } : null, rows };
    });
  }

  /** The rows of all outboxes of a section. */
  rows(section: string): Promise<readonly OutboxRow[]> {
    return this.#read([OUTBOX], (tx) => rowsOf(tx, section));
  }

  /** Everything of this person that the server has not confirmed, in any section. */
  async unsent(): Promise<number> {
    return this.#read([OUTBOX, DRAWER], async (tx) => {
      const waiting = await result(tx.objectStore(OUTBOX).count());
      const drawer = (await result(tx.objectStore(DRAWER).getAll())) as DrawerRow[];
      return waiting + drawer.filter((row) => !row.onServer).length;
    });
  }

  /** Keep local updates, durably: what is written here is "on this device" when the promise is kept. */
  putRows(rows: readonly OutboxRow[]): Promise<void> {
    return this.#write([OUTBOX], "strict", (tx) => {
      for (const row of rows) tx.objectStore(OUTBOX).put(row);
    });
  }

  /** Rows leave the outbox in the transaction that advances the base. The base only moves forward. */
  advance(advance: Advance | null, leaving: Leaving | null): Promise<void> {
    return this.#write([HEADS, PARTS, OUTBOX], "relaxed", async (tx) => {
      if (leaving !== null) tx.objectStore(OUTBOX).delete(rowsUpTo(leaving));
      if (advance !== null) await advanceBase(tx, advance);
    });
  }

  /** Rows leave the outbox in the transaction that puts their text into the drawer. */
  moveToDrawer(items: readonly DrawerRow[], leaving: Leaving | null): Promise<void> {
    return this.#write([OUTBOX, DRAWER], "strict", (tx) => {
      for (const item of items) tx.objectStore(DRAWER).put(item);
      if (leaving !== null) tx.objectStore(OUTBOX).delete(rowsUpTo(leaving));
    });
  }

  /** Of a section that may not be read nothing is kept but one's own text. */
  forget(section: string): Promise<void> {
    return this.#write([HEADS, PARTS], "strict", (tx) => forgetBase(tx, section));
  }

  /** The drawer: of one section, or all of it. */
  async drawer(section: string | null = null): Promise<readonly DrawerRow[]> {
    return this.#read([DRAWER], async (tx) => {
      const store = tx.objectStore(DRAWER);
      const request = section === null ? store.getAll() : store.index("section").getAll(section);
      return (await result(request)) as DrawerRow[];
    });
  }

  /** The server keeps this text now. Nothing happens if it was dismissed meanwhile. */
  markOnServer(id: string): Promise<void> {
    return this.#write([DRAWER], "strict", async (tx) => {
      const store = tx.objectStore(DRAWER);
      const row = (await result(store.get(id))) as DrawerRow | undefined;
      if (row !== undefined) store.put({ ...row, onServer: true });
    });
  }

  dismiss(id: string): Promise<void> {
    return this.#write([DRAWER], "strict", (tx) => {
      tx.objectStore(DRAWER).delete(id);
    });
  }

  /** Close; what was asked before still completes. */
  async close(): Promise<void> {
    this.#closed = true;
    const opening = this.#db;
    this.#db = null;
    // A database that never opened has nothing to close.
    const db = await opening?.catch(() => null);
    db?.close();
  }

  #read<T>(stores: readonly string[], act: (tx: IDBTransaction) => T | Promise<T>): Promise<T> {
    return this.#open().then((db) => transact(db, stores, "readonly", "relaxed", act));
  }

  #write(
    stores: readonly string[],
    durability: "strict" | "relaxed",
    act: (tx: IDBTransaction) => void | Promise<void>,
  ): Promise<void> {
    return this.#open().then((db) => transact(db, stores, "readwrite", durability, act));
  }

  #open(): Promise<IDBDatabase> {
    if (this.#closed) return Promise.reject(new Error("the device store is closed"));
    if (this.#halted) return Promise.reject(new Error("this person has signed out"));
    if (this.#factory === null) return Promise.reject(new Error("this browser keeps nothing"));
    if (this.#db !== null) return this.#db;
    const opening = openDatabase(this.#factory, this.#name, VERSION, upgrade).then((db) => {
      const forget = (): void => {
        if (this.#db === opening) this.#db = null;
      };
      // Closed under our hands (storage cleared, disk gone): the next call opens it again, or says why not.
      db.onclose = forget;
      db.onversionchange = ({ newVersion }) => {
        db.close();
        forget();
        if (newVersion !== null) return;
        this.halt();
        this.#wiped();
      };
      return db;
    });
    this.#db = opening;
    // A failed opening is tried anew by the next call.
    opening.catch(() => {
      if (this.#db === opening) this.#db = null;
    });
    return opening;
  }
}

/** Delete everything of this person from the device: the rows first, for another tab may keep the database open. */
export async function wipe(factory: IDBFactory | null, account: string): Promise<void> {
  if (factory === null) return;
  const db = await openDatabase(factory, databaseName(account), VERSION, upgrade);
  try {
    await transact(db, STORES, "readwrite", "strict", (tx) => {
      for (const store of STORES) tx.objectStore(store).clear();
    });
  } finally {
    db.close();
  }
  await deleteDatabase(factory, databaseName(account));
}

function upgrade(db: IDBDatabase): void {
  db.createObjectStore(HEADS, { keyPath: "section" });
  db.createObjectStore(PARTS, { keyPath: ["section", "n"] });
  db.createObjectStore(OUTBOX, { keyPath: ["outbox", "seq"] }).createIndex("section", "section");
  db.createObjectStore(DRAWER, { keyPath: "id" }).createIndex("section", "section");
}

async function rowsOf(tx: IDBTransaction, section: string): Promise<readonly OutboxRow[]> {
  // The index gives them by primary key: by outbox, and in it by seq.
  return (await result(tx.objectStore(OUTBOX).index("section").getAll(section))) as OutboxRow[];
}

async function advanceBase(tx: IDBTransaction, advance: Advance): Promise<void> {
  const { section, epoch, schema, rev, from, updates, at } = advance;
  const heads = tx.objectStore(HEADS);
  const stored = (await result(heads.get(section))) as BaseHead | undefined;
  const same = stored !== undefined && stored.epoch === epoch;
  // Another tab of this person has brought it as far.
  if (same && stored.rev >= rev) return;
  const continues = same && stored.rev >= from && stored.parts < PARTS_MAX;
  if (!continues) forgetBase(tx, section);
  const part: BasePart = continues
    ? { section, n: stored.parts, updates }
    : { section, n: 0, updates: [advance.whole()] };
  tx.objectStore(PARTS).put(part);
  heads.put({ section, epoch, schema, rev, parts: part.n + 1, savedAt: at } satisfies BaseHead);
}

function forgetBase(tx: IDBTransaction, section: string): void {
  tx.objectStore(HEADS).delete(section);
  tx.objectStore(PARTS).delete(partsOf(section));
}

function partsOf(section: string): IDBKeyRange {
  return IDBKeyRange.bound([section, 0], [section, Number.MAX_SAFE_INTEGER]);
}

function rowsUpTo(leaving: Leaving): IDBKeyRange {
  return IDBKeyRange.bound([leaving.outbox, 0], [leaving.outbox, leaving.upTo]);
}
