/** People, devices and tabs over a network we control, and what they type. */
import { IDBFactory as FakeIDBFactory, IDBKeyRange as FakeIDBKeyRange } from "fake-indexeddb";
import * as Y from "yjs";

import { blocksText } from "../../src/docs/model";
import { parseSection } from "../../src/docs/canonical";
import { fromFragment } from "../../src/docs/fragment";
import type { ChannelLike, Environment, Locks } from "../../src/sync/environment";
import { PageSession } from "../../src/sync/page";
import type { DrawerItem, SectionSession } from "../../src/sync/types";
import { ManualClock, PageTimers, settle, seeded } from "./clock";
import { Network } from "./network";
import type { FakeSocket } from "./network";
import { FakeServer } from "./server";

// The store asks the browser for this class by name.
globalThis.IDBKeyRange = FakeIDBKeyRange;

export const SECTION = "abcdefghijklmnopqrstuvwxy2";
export const KEY = "b/untoc/art-5";
export const FIELDS = ["measures", "successes"];

/** What lies on one device, and which of its tabs live. */
export class Device {
  readonly indexedDB: IDBFactory = new FakeIDBFactory();
  readonly #held = new Map<string, Tab>();

  locksOf(tab: Tab): Locks {
    return {
      tryHold: (name) => {
        // Whoever is gone waits for ever.
        if (tab.isGone) return new Promise(() => undefined);
        if (this.#held.has(name)) return Promise.resolve(null);
        this.#held.set(name, tab);
        return Promise.resolve(() => {
          if (this.#held.get(name) === tab) this.#held.delete(name);
        });
      },
    };
  }

  readonly #channels = new Set<ChannelLike & { readonly name: string }>();

  readonly channel = (name: string): ChannelLike => {
    const channel = {
      name,
      onmessage: null as ChannelLike["onmessage"],
      postMessage: (data: unknown) => {
        const others = [...this.#channels].filter((one) => one !== channel && one.name === name);
        queueMicrotask(() => {
          for (const one of others) if (this.#channels.has(one)) one.onmessage?.({ data });
        });
      },
      close: () => {
        this.#channels.delete(channel);
      },
    };
    this.#channels.add(channel);
    return channel;
  };

  ended(tab: Tab): void {
    for (const [name, holder] of this.#held) if (holder === tab) this.#held.delete(name);
  }
}

export class World {
  readonly clock = new ManualClock();
  readonly server = new FakeServer();
  readonly network = new Network(this.server.accept);
  /** Where sockets of a tab without network go. */
  readonly nowhere = new Network(this.server.accept);
  readonly random: () => number;
  #ids = 0;

  constructor(seed = 1) {
    this.random = seeded(seed);
    this.nowhere.down = true;
  }

  uuid(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${this.#ids.toString(16).padStart(12, "0")}`;
  }

  /** Open a tab of a person on a device. */
  tab(account: string, device = new Device(), change: Partial<Environment> = {}): Tab {
    return new Tab(this, account, device, change);
  }

  /** Let things happen, for so long. */
  async pass(ms = 0): Promise<void> {
    await settle();
    if (ms > 0) {
      this.clock.advance(ms);
      await settle();
    }
  }
}

export class Tab {
  readonly page: PageSession;
  readonly events = new EventTarget();
  readonly sockets: FakeSocket[] = [];
  readonly #timers: PageTimers;
  readonly requests: string[] = [];
  #offline = false;
  #crashed = false;

  constructor(
    readonly world: World,
    readonly account: string,
    readonly device: Device,
    change: Partial<Environment>,
  ) {
    this.#timers = new PageTimers(world.clock);
    const env: Environment = {
      timers: this.#timers,
      random: world.random,
      uuid: () => world.uuid(),
      openSocket: () => {
        if (this.#crashed) throw new Error("this tab is gone");
        const socket = (this.#offline ? world.nowhere : world.network).open(account);
        this.sockets.push(socket);
        return socket;
      },
      indexedDB: device.indexedDB,
      locks: device.locksOf(this),
      channel: device.channel,
      events: this.events,
      fetch: (path) => {
        this.requests.push(path);
        return Promise.resolve(new Response(JSON.stringify({ items: this.#late(path) })));
      },
      ...change,
    };
    this.page = new PageSession({ page: "p1", account, url: "wss://x/live", csrf: () => "csrf", env });
  }

  /** What the server says of late text: all that it keeps for this person, but what was dismissed. */
  #late(path: string): object[] {
    const { server } = this.world;
    const dismissed = /^\/api\/late\/([^/]+)\/dismiss$/u.exec(path)?.[1];
    if (dismissed !== undefined) server.dismissed.add(decodeURIComponent(dismissed));
    const asked = new URL(path, "https://x").searchParams.get("section");
    return server.lates.filter((late) => late.account === this.account && late.section === asked && !server.dismissed.has(late.id));
  }

  open(section = SECTION): SectionSession {
    return this.page.open({ id: section, key: KEY, fields: FIELDS });
  }

  get isGone(): boolean {
    return this.#crashed;
  }

  get socket(): FakeSocket | undefined {
    return this.sockets.at(-1);
  }

  isMine(socket: FakeSocket): boolean {
    return this.sockets.includes(socket);
  }

  /** Take this tab's network away, or give it back. */
  set offline(offline: boolean) {
    this.#offline = offline;
    if (offline) this.world.network.cut((socket) => this.isMine(socket));
  }

  /** The tab ends without a word, as by a crash: what is on disk is what there is. */
  crash(): void {
    this.#crashed = true;
    this.#timers.end();
    this.world.network.cut((socket) => this.isMine(socket));
    this.device.ended(this);
  }

  drawer(section = SECTION): Promise<readonly DrawerItem[]> {
    return this.page.drawer(section);
  }

  /** Whether the browser would ask before it leaves the page. */
  get warnsBeforeLeaving(): boolean {
    const event = new Event("beforeunload", { cancelable: true });
    this.events.dispatchEvent(event);
    return event.defaultPrevented;
  }
}

/** Type at the end of a field: into its last block, or a new one. */
export function type(session: SectionSession, text: string, field = "measures"): void {
  typeInto(session.doc, text, field);
}

export function typeInto(doc: Y.Doc, text: string, field = "measures"): void {
  doc.transact(() => {
    const fragment = doc.getXmlFragment(field);
    let last = fragment.length === 0 ? undefined : fragment.get(fragment.length - 1);
    if (!(last instanceof Y.XmlElement)) {
      last = new Y.XmlElement("para");
      fragment.push([last]);
    }
    let leaf = (last as Y.XmlElement).length === 0 ? undefined : (last as Y.XmlElement).get(0);
    if (!(leaf instanceof Y.XmlText)) {
      leaf = new Y.XmlText();
      (last as Y.XmlElement).push([leaf as Y.XmlText]);
    }
    (leaf as Y.XmlText).insert((leaf as Y.XmlText).length, text);
  });
}

export function textOf(doc: Y.Doc, field = "measures"): string {
  return blocksText(fromFragment(doc.getXmlFragment(field)));
}

/** What a drawer item says, as its reader sees it. */
export function says(canonical: string): string {
  return Object.values(parseSection(canonical).fields)
    .map((blocks) => blocksText(blocks))
    .join("\n");
}
