/**
 * The sections that are open on one page. Owns which they are, and hands each its frames; a fault in one does not reach
 * the others. Knows no frame's meaning.
 */
import { SCHEMA } from "../docs/schema";
import { sectionName } from "../wire/frames";
import type { ClientFrame, ServerFrame } from "../wire/frames";
import type { Drawer } from "./drawer";
import { Ear } from "./ear";
import type { Environment } from "./environment";
import type { Presence } from "./presence";
import { Section } from "./session";
import type { Store } from "./store";
import type { SectionToOpen } from "./types";

export interface SectionsParts {
  readonly account: string;
  readonly env: Environment;
  readonly store: Store;
  readonly drawer: Drawer;
  readonly presence: Presence;
  readonly say: (name: string, frame: ClientFrame) => boolean;
  readonly outdated: () => void;
  /** What is shown of a section is another. */
  readonly changed: (section: Section) => void;
}

export class Sections {
  readonly #parts: SectionsParts;
  readonly #open = new Map<string, Section>();
  readonly #ears = new Map<string, Ear>();

  constructor(parts: SectionsParts) {
    this.#parts = parts;
  }

  get all(): readonly Section[] {
    return [...this.#open.values()];
  }

  /** Some section may not be read by this person. */
  get isSomeShut(): boolean {
    return this.all.some((section) => section.state.denied !== null);
  }

  get(id: string): Section | undefined {
    return this.#open.get(id);
  }

  /** Open a section that is not open yet; `isUp`: there is a line already. */
  open({ id, key, fields }: SectionToOpen, isUp: boolean): Section {
    const { account, env, store, drawer, presence, say, outdated, changed } = this.#parts;
    const ear = this.#ears.get(id) ?? new Ear();
    this.#ears.set(id, ear);
    const section = new Section({
      section: id,
      key,
      fields,
      account,
      schema: SCHEMA,
      env,
      store,
      drawer,
      ear,
      say: (frame) => say(sectionName(id), frame),
      outdated,
      facade: (doc) => presence.facade(id, doc),
      seenBy: (rev) => presence.seenBy(id, rev, account),
      seen: (rev) => presence.seen(id, rev),
      changed: () => changed(section),
      closed: () => {
        this.#open.delete(id);
      },
    });
    this.#open.set(id, section);
    void section.start();
    if (isUp) section.up();
    return section;
  }

  frame(id: string, frame: ServerFrame): void {
    const section = this.#open.get(id);
    if (section === undefined) {
      // It was closed here; what it had asked is still being answered.
      this.#ears.get(id)?.hears(frame);
      return;
    }
    try {
      section.frame(frame);
    } catch (error) {
      // It is reported, and that section begins anew.
      this.#parts.env.timers.after(0, () => {
        throw error;
      });
      section.fault();
    }
  }

  /** The line is lost. */
  down(): void {
    for (const ear of this.#ears.values()) ear.lineLost();
    for (const section of this.all) section.down();
  }

  /** Try those that are shut to this person. True when there are any. */
  knock(): boolean {
    return this.all.filter((section) => section.knock()).length > 0;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((section) => section.close()));
  }
}
