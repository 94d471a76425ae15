/**
 * Any edits, lost lines, refusals, crashes and reloads, in any order: all pages end equal to the server, nothing that
 * was typed is missing, nothing arrives twice, and what was refused lies in its author's drawer.
 *
 * `REVMOD_DEEP=1` runs the full count. A failure names its seed: `SEED=n` runs that one alone.
 */
import { expect, test } from "vitest";

import { sectionBytes, sectionJson } from "../../src/docs/canonical";
import { sectionDigest } from "../../src/docs/digest";
import { sectionOf } from "../../src/docs/fragment";
import { Store } from "../../src/sync/store";
import type { SectionSession } from "../../src/sync/types";
import { hasPending, textsIn } from "../../src/sync/updates";
import type { RefuseCode } from "../../src/wire/frames";
import { edit, pick, wordsIn } from "./chance";
import { settle } from "./clock";
import { Device, FIELDS, KEY, SECTION, World, textOf } from "./rig";
import type { Tab } from "./rig";

const DEEP = process.env["REVMOD_DEEP"] === "1";
const [SESSIONS, ACTS] = DEEP ? [1_000, 120] : [30, 80];
const ONLY = process.env["SEED"];

interface Open {
  tab: Tab;
  session: SectionSession;
  composing: boolean;
}

class Story {
  readonly world: World;
  readonly open: Open[] = [];
  readonly devices: { account: string; device: Device }[] = [];
  /** word → who typed it */
  readonly typed = new Map<string, string>();
  /** A refusal without Meta cannot know what was accepted just before: such words may be in both places. */
  readonly mayBeTwice = new Set<string>();
  #refuse: RefuseCode | null = null;
  #words = 0;

  constructor(readonly seed: number) {
    this.world = new World(seed);
    this.world.network.flowing = false;
    this.world.server.judge = (_push, account) => {
      const code = account === this.#refuseFor ? this.#refuse : null;
      if (code !== null) this.#refuse = null;
      return code;
    };
    const people = 2 + Math.floor(this.random() * 3);
    for (let n = 0; n < people; n += 1) {
      const [account, device] = [`p${n}`, new Device()];
      this.devices.push({ account, device });
      this.come(account, device);
      if (this.random() < 0.3) this.come(account, device);
    }
  }

  #refuseFor = "";

  get random(): () => number {
    return this.world.random;
  }

  get section() {
    return this.world.server.section(SECTION);
  }

  come(account: string, device: Device): void {
    const tab = this.world.tab(account, device);
    this.open.push({ tab, session: tab.open(), composing: false });
  }

  async act(): Promise<void> {
    const { random, world } = this;
    const one = pick(random, this.open);
    const chance = random();
    if (chance < 0.5) this.#edit(one);
    else if (chance < 0.7) this.#deliver();
    else if (chance < 0.76) one.tab.offline = random() < 0.5;
    else if (chance < 0.84) world.clock.advance(random() < 0.7 ? 300 : 20_000);
    else if (chance < 0.87) {
      this.#refuseFor = one.tab.account;
      this.#refuse = pick(random, ["invalid", "schema", "size", "gap", "rate", "frozen", "author"] as const);
    } else if (chance < 0.9) this.#changeRights(one);
    else if (chance < 0.93) await this.#crash(one);
    else if (chance < 0.95) world.network.cut();
    else if (chance < 0.98) this.#compose(one);
    else await this.#sayDigest();
    await settle(Math.floor(random() * 8));
  }

  #edit({ tab, session }: Open): void {
    const { state } = session;
    if (!state.ready || state.mode !== "write") return;
    this.#words += 1;
    const word = `⟦${tab.account}.${this.#words}⟧`;
    if (edit(session.doc, this.random, word) !== null) this.typed.set(word, tab.account);
  }

  #deliver(): void {
    const sockets = [...this.world.network.sockets];
    if (sockets.length === 0) return;
    const socket = pick(this.random, sockets);
    for (let n = 1 + Math.floor(this.random() * 6); n > 0; n -= 1) socket.deliverOne();
  }

  #changeRights({ tab: { account } }: Open): void {
    const { section, random } = this;
    const may = section.rightsOf(account).mode === "write" && !section.denied.has(account);
    if (!may) {
      section.denied.delete(account);
      section.rights.delete(account);
    } else if (random() < 0.3) {
      section.denied.set(account, "locked");
      for (const [word, who] of this.typed) if (who === account) this.mayBeTwice.add(word);
    } else {
      const why = pick(random, ["claim", "frozen", "role"] as const);
      section.rights.set(account, { mode: "read", why });
      if (why === "claim" && random() < 0.5) section.expired.add(account);
    }
    section.tell();
  }

  async #crash(one: Open): Promise<void> {
    // What is not on disk when a tab dies is the one thing that may be lost, and the page had said so.
    for (let wait = 0; wait < 20 && one.tab.warnsBeforeLeaving; wait += 1) await settle(5);
    one.tab.crash();
    this.open.splice(this.open.indexOf(one), 1);
    if (this.random() < 0.8 || this.open.length === 0) this.come(one.tab.account, one.tab.device);
  }

  #compose(one: Open): void {
    one.composing = !one.composing;
    one.session.composing(one.composing);
  }

  async #sayDigest(): Promise<void> {
    const { section } = this;
    const { rev, doc } = section;
    const hex = await sectionDigest(sectionBytes(sectionOf(doc, KEY, FIELDS)));
    if (section.rev !== rev) return;
    section.digest = { rev, hex };
    section.tell();
    section.digest = null;
  }

  /** Everybody may write, every line works, every device is opened again. */
  async heal(): Promise<void> {
    const { section, world } = this;
    for (const { session } of this.open) session.composing(false);
    section.denied.clear();
    section.rights.clear();
    this.#refuse = null;
    for (const { account, device } of this.devices) this.come(account, device);
    for (const { tab } of this.open) tab.offline = false;
    world.network.flowing = true;
    // Also for those who were denied: rights come back to a page with its next connection.
    world.network.cut();
    for (let round = 0; round < 8; round += 1) {
      world.network.deliverAll();
      await world.pass(15_000);
      world.server.ping();
    }
    await world.pass();
  }

  async check(): Promise<void> {
    const { section, world } = this;
    const truth = sectionJson(sectionOf(section.doc, KEY, FIELDS));
    expect(hasPending(section.doc)).toBe(false);
    for (const { session } of this.open) {
      expect(session.state).toMatchObject({ ready: true, connected: true, mode: "write", rev: section.rev });
      expect(hasPending(session.doc)).toBe(false);
      expect(sectionJson(sectionOf(session.doc, KEY, FIELDS))).toBe(truth);
    }
    expect(world.server.opens.filter((open) => open.diverged !== null)).toEqual([]);

    const refused = new Map<string, Set<string>>();
    for (const { account, device } of this.devices) {
      const store = new Store(device.indexedDB, account);
      expect(await store.rows(SECTION)).toEqual([]);
      const words = refused.get(account) ?? new Set();
      for (const item of await store.drawer(SECTION)) {
        if (item.update === null) continue;
        const inUpdate = wordsIn(textsIn(item.update).join(""));
        for (const word of inUpdate) words.add(word);
        expect(item.onServer).toBe(item.carriesText);
        if (item.carriesText) expect(world.server.lates.map((late) => late.id)).toContain(item.id);
      }
      refused.set(account, words);
    }

    const arrived = wordsIn(FIELDS.map((field) => textOf(section.doc, field)).join("\n"));
    const missing: string[] = [];
    const twice: string[] = [];
    for (const [word, account] of this.typed) {
      const times = arrived.filter((one) => one === word).length;
      const inDrawer = refused.get(account)?.has(word) === true;
      if (times === 0 && !inDrawer) missing.push(word);
      if (times > 1 || (times === 1 && inDrawer && !this.mayBeTwice.has(word))) twice.push(word);
    }
    expect({ missing, twice }).toEqual({ missing: [], twice: [] });
  }
}

const seeds = ONLY === undefined ? Array.from({ length: SESSIONS }, (_, seed) => seed + 1) : [Number(ONLY)];

test.each(seeds)(
  "session %i converges, and loses and doubles nothing",
  async (seed) => {
    const story = new Story(seed);
    await story.world.pass();
    for (let n = 0; n < ACTS; n += 1) await story.act();
    await story.heal();
    await story.check();
    for (const { tab } of story.open) tab.crash();
  },
  60_000,
);
