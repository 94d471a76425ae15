/**
 * IndexedDB as promises: a request's result, and a transaction whose end is the proof. Knows no store of ours.
 */

/** The result of one request. */
export function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the request failed"));
  });
}

/**
 * Run `act` in one transaction and wait until it is complete: only then has anything been kept.
 *
 * `act` may await nothing but requests of this transaction. If it throws, the transaction is undone.
 */
export async function transact<T>(
  db: IDBDatabase,
  stores: readonly string[],
  mode: "readonly" | "readwrite",
  durability: "strict" | "relaxed",
  act: (tx: IDBTransaction) => T | Promise<T>,
): Promise<T> {
  const tx = db.transaction([...stores], mode, { durability });
  const done = new Promise<void>((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new Error("the transaction was undone"));
  });
  let value: T;
  try {
    value = await act(tx);
    // Early: do not wait for the browser to notice that nothing more is asked.
    if (mode === "readwrite") tx.commit();
  } catch (error) {
    undo(tx);
    await done.catch(() => undefined);
    throw error;
  }
  await done;
  return value;
}

function undo(tx: IDBTransaction): void {
  try {
    tx.abort();
  } catch {
    // It has ended already, by the error that brought us here.
  }
}

/** Opens a database; `upgrade` makes its stores. Fails after `blocked` rather than waiting for ever. */
export function openDatabase(
  factory: IDBFactory,
  name: string,
  version: number,
  upgrade: (db: IDBDatabase) => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, version);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database does not open"));
    request.onblocked = () => reject(new Error("another tab keeps an older database open"));
  });
}

export function deleteDatabase(factory: IDBFactory, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = factory.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error("the database does not go"));
    // The other tabs are told to close theirs; it goes when the last has, and nobody need wait for a frozen one.
    request.onblocked = () => resolve();
  });
}
