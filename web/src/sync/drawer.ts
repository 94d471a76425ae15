/**
 * The drawer: texts that were not accepted, one's own on this device and those that the server keeps, as one list.
 *
 * Owns keeping, listing and dismissing. A text is in memory from the first moment, on the device as soon as that can
 * be, on the server when a session has handed it in. Event `change` (`CustomEvent<{section}>`) when a list has changed.
 */
import type { Environment, Timer } from "./environment";
import type { DrawerRow, Leaving } from "./rows";
import type { Store } from "./store";
import type { DrawerItem } from "./types";

const RETRY_MS = 5_000;

interface Unkept {
  readonly rows: readonly DrawerRow[];
  readonly leaving: Leaving | null;
  readonly since: number;
}

export class Drawer extends EventTarget {
  readonly #store: Store;
  readonly #env: Pick<Environment, "timers" | "fetch">;
  readonly #csrf: () => string;
  readonly #local = new Map<string, DrawerRow>();
  readonly #remote = new Map<string, DrawerItem>();
  /** What each section's list was when it was last told. */
  readonly #told = new Map<string, string>();
  /** Dismissed here or elsewhere: what the disk may still show for a moment. */
  readonly #gone = new Set<string>();
  #unkept: Unkept[] = [];
  #retry: Timer | null = null;
  #closed = false;

  constructor(store: Store, env: Pick<Environment, "timers" | "fetch">, csrf: () => string) {
    super();
    this.#store = store;
    this.#env = env;
    this.#csrf = csrf;
  }

  /** Since when a text is in memory only, because the device store has failed; null while all is well. */
  get unsafeSince(): number | null {
    return this.#unkept[0]?.since ?? null;
  }

  /** How many texts the server does not have. */
  get waiting(): number {
    return [...this.#local.values()].filter((row) => !row.onServer).length;
  }

  /** The texts of a section, oldest first. */
  list(section: string): readonly DrawerItem[] {
    const items = new Map<string, DrawerItem>();
    for (const item of this.#remote.values()) if (item.section === section) items.set(item.id, item);
    for (const row of this.#local.values()) if (row.section === section) items.set(row.id, asItem(row));
    return [...items.values()].sort((a, b) => a.at - b.at);
  }

  /** Read what the device has of a section. */
  async load(section: string): Promise<void> {
    for (const row of await this.#store.drawer(section)) {
      if (!this.#local.has(row.id) && !this.#gone.has(row.id)) this.#local.set(row.id, row);
    }
    this.#changed(section);
  }

  /** Ask the server what it keeps of this person's for a section. Without an answer the list stays as it is. */
  async refresh(section: string): Promise<void> {
    let items: readonly DrawerItem[] | null;
    const kept = [...this.#local.values()].filter((row) => row.section === section && row.onServer);
    try {
      const response = await this.#env.fetch(`/api/late?section=${encodeURIComponent(section)}`, {
        headers: { Accept: "application/json" },
        cache: "no-store",
      });
      if (!response.ok) return;
      items = lateItems(await response.json(), section);
      if (items === null) return;
    } catch {
      // No network: the device's own list is what there is.
      return;
    }
    for (const item of [...this.#remote.values()]) if (item.section === section) this.#remote.delete(item.id);
    for (const item of items) if (!this.#gone.has(item.id)) this.#remote.set(item.id, item);
    // What the server kept before it was asked, and keeps no more, was dismissed on another device.
    const elsewhere = kept.filter((row) => !this.#remote.has(row.id));
    for (const row of elsewhere) this.#forget(row.id);
    this.#changed(section);
    // Where that fails, it is found out again the next time.
    await Promise.all(elsewhere.map((row) => this.#store.dismiss(row.id).catch(() => undefined)));
  }

  /**
   * Put refused text into the drawer, its rows leaving the outbox in the same transaction. Shown at once; the promise
   * is kept when the device has it, or has failed to take it (it is tried again, and `unsafeSince` says so).
   */
  async add(rows: readonly DrawerRow[], leaving: Leaving | null): Promise<void> {
    for (const row of rows) this.#local.set(row.id, row);
    for (const section of new Set(rows.map((row) => row.section))) this.#changed(section);
    await this.#keep({ rows, leaving, since: this.#env.timers.now() });
  }

  /** Texts that the server should keep and does not yet. */
  unsent(section: string): readonly DrawerRow[] {
    return [...this.#local.values()].filter((row) => row.section === section && row.carriesText && !row.onServer);
  }

  /** The server has confirmed that it keeps this text. */
  async keptByServer(id: string): Promise<void> {
    const row = this.#local.get(id);
    if (row === undefined) return;
    this.#local.set(id, { ...row, onServer: true });
    this.#unkept = this.#unkept.map((one) => ({
      ...one,
      rows: one.rows.map((kept) => (kept.id === id ? { ...kept, onServer: true } : kept)),
    }));
    this.#changed(row.section);
    try {
      await this.#store.markOnServer(id);
    } catch {
      // It will be handed in once more after a reload; the server keeps it once for each id.
    }
  }

  /** The person is done with a text. False when the server could not be told: it will be shown again. */
  async dismiss(id: string): Promise<boolean> {
    const row = this.#local.get(id);
    const remote = this.#remote.get(id);
    const section = row?.section ?? remote?.section;
    if (section === undefined) return true;
    if ((row?.onServer ?? false) || remote !== undefined) {
      if (!(await this.#dismissOnServer(id))) return false;
    }
    this.#forget(id);
    this.#changed(section);
    try {
      await this.#store.dismiss(id);
    } catch {
      return false;
    }
    return true;
  }

  /** The device was wiped: what the server does not have is in memory only. */
  wiped(): void {
    const rows = [...this.#local.values()].filter((row) => !row.onServer);
    this.#unkept = rows.length === 0 ? [] : [{ rows, leaving: null, since: this.#env.timers.now() }];
    if (rows.length === 0) return;
    this.#again();
    for (const section of new Set(rows.map((row) => row.section))) this.#changed(section);
  }

  close(): void {
    this.#closed = true;
    this.#env.timers.cancel(this.#retry);
    this.#retry = null;
  }

  #forget(id: string): void {
    this.#gone.add(id);
    this.#local.delete(id);
    this.#remote.delete(id);
    this.#unkept = this.#unkept.map((one) => ({ ...one, rows: one.rows.filter((kept) => kept.id !== id) }));
  }

  async #dismissOnServer(id: string): Promise<boolean> {
    try {
      const response = await this.#env.fetch(`/api/late/${encodeURIComponent(id)}/dismiss`, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRF-Token": this.#csrf() },
      });
      // Not there any more is as good as dismissed.
      return response.ok || response.status === 404;
    } catch {
      return false;
    }
  }

  async #keep(one: Unkept): Promise<void> {
    try {
      await this.#store.moveToDrawer(one.rows, one.leaving);
    } catch {
      this.#unkept.push(one);
      for (const section of new Set(one.rows.map((row) => row.section))) this.#changed(section);
      this.#again();
    }
  }

  #again(): void {
    if (this.#retry !== null || this.#closed) return;
    this.#retry = this.#env.timers.after(RETRY_MS, () => {
      this.#retry = null;
      const waiting = this.#unkept;
      this.#unkept = [];
      void Promise.all(waiting.map((one) => this.#keep(one))).then(() => {
        for (const section of new Set(waiting.flatMap(({ rows }) => rows.map((row) => row.section)))) this.#tell(section);
      });
    });
  }

  #changed(section: string): void {
    const now = JSON.stringify(this.list(section).map((item) => [item.id, item.onServer]));
    if (now === (this.#told.get(section) ?? "[]") && this.#unkept.length === 0) return;
    this.#told.set(section, now);
    this.#tell(section);
  }

  #tell(section: string): void {
    this.dispatchEvent(new CustomEvent("change", { detail: { section } }));
  }
}

function asItem(row: DrawerRow): DrawerItem {
  return {
    id: row.id,
    section: row.section,
    code: row.code,
    at: row.at,
    before: row.before,
    after: row.after,
    updates: row.update,
    onServer: row.onServer,
  };
}

/** Null for what is no such list: nothing may be concluded from it. */
function lateItems(body: unknown, section: string): readonly DrawerItem[] | null {
  const items = (body as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) return null;
  return (items as Readonly<Record<string, unknown>>[]).map((item) => ({
    id: String(item["id"]),
    section,
    code: String(item["code"]),
    at: typeof item["at"] === "number" ? item["at"] : Date.parse(String(item["at"])) || 0,
    before: String(item["before"] ?? ""),
    after: String(item["after"] ?? ""),
    updates: null,
    onServer: true,
  }));
}
