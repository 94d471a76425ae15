/**
 * What of a chat lies on this device: the words in the box, and messages that the server has not confirmed. One entry of
 * the device's storage for each chat of each person; several tabs write to it, so each change reads it anew.
 *
 * Without storage it works in memory, and says that it is not safe.
 */
export interface Unsent {
  readonly id: string;
  readonly text: string;
}

interface Entry {
  readonly draft: string;
  readonly unsent: readonly Unsent[];
}

const NOTHING: Entry = { draft: "", unsent: [] };

const prefix = (account: string): string => `revmod-chat:${account}:`;

export class ChatKept {
  readonly #storage: Storage | null;
  readonly #key: string;
  #inMemory: Entry = NOTHING;
  #safe = true;
  #halted = false;

  constructor(storage: Storage | null, account: string, chat: string) {
    this.#storage = storage;
    this.#key = `${prefix(account)}${chat}`;
    this.#inMemory = this.#read();
  }

  get draft(): string {
    return this.#read().draft;
  }

  get unsent(): readonly Unsent[] {
    return this.#read().unsent;
  }

  /** Something is kept in this tab alone, and would go with it. */
  get isUnsafe(): boolean {
    return !this.#safe && (this.#inMemory.draft !== "" || this.#inMemory.unsent.length > 0);
  }

  keepDraft(draft: string): void {
    this.#write({ ...this.#read(), draft });
  }

  /** A message on its way: kept before it goes, in the order of sending. */
  add(message: Unsent): void {
    const { draft, unsent } = this.#read();
    // Another tab may hold a draft of its own: only what is sent is no draft any more.
    this.#write({ draft: draft === message.text ? "" : draft, unsent: [...unsent.filter(({ id }) => id !== message.id), message] });
  }

  remove(id: string): void {
    const entry = this.#read();
    this.#write({ ...entry, unsent: entry.unsent.filter((message) => message.id !== id) });
  }

  /** This person has signed out: nothing is put on the device again. */
  halt(): void {
    this.#halted = true;
  }

  #read(): Entry {
    if (!this.#safe || this.#halted) return this.#inMemory;
    try {
      return this.#storage === null ? this.#inMemory : entryIn(this.#storage.getItem(this.#key));
    } catch {
      return this.#inMemory;
    }
  }

  #write(entry: Entry): void {
    this.#inMemory = entry;
    if (this.#halted) return;
    try {
      if (this.#storage === null) throw new Error("no storage");
      if (entry.draft === "" && entry.unsent.length === 0) this.#storage.removeItem(this.#key);
      else this.#storage.setItem(this.#key, JSON.stringify(entry));
      this.#safe = true;
    } catch {
      this.#safe = false;
    }
  }
}

function entryIn(json: string | null): Entry {
  if (json === null) return NOTHING;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return NOTHING;
  }
  if (!isRecord(value)) return NOTHING;
  const unsent = Array.isArray(value["unsent"]) ? value["unsent"].filter(isUnsent) : [];
  return { draft: typeof value["draft"] === "string" ? value["draft"] : "", unsent };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isUnsent(value: unknown): value is Unsent {
  return isRecord(value) && typeof value["id"] === "string" && typeof value["text"] === "string";
}

function keysOf(storage: Storage, account: string): string[] {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
  return keys.filter((key) => key.startsWith(prefix(account)));
}

/** How many texts of this person, in all chats, are on this device only. */
export function keptTexts(storage: Storage | null, account: string): number {
  if (storage === null) return 0;
  const entries = keysOf(storage, account).map((key) => entryIn(storage.getItem(key)));
  return entries.reduce((sum, { draft, unsent }) => sum + unsent.length + (draft.trim() === "" ? 0 : 1), 0);
}

/** Take everything of this person's chats off the device. */
export function wipeKept(storage: Storage | null, account: string): void {
  if (storage !== null) for (const key of keysOf(storage, account)) storage.removeItem(key);
}
