/**
 * What the elements need of the live page, whoever provides it: the page session over the socket, or a test's own.
 */
import type { DrawerItem, SectionSession } from "../sync/types";

export interface Person {
  readonly account: string;
  readonly name: string;
  readonly state: string;
}

export interface OpenSection {
  readonly id: string;
  readonly key: string;
  readonly fields: readonly string[];
}

/** Whether the page is in touch with the server: `signed-out` waits for the person, `reload` for a new page. */
export type Touch = "connecting" | "connected" | "offline" | "signed-out" | "no-access" | "reload";

/** News of the page, as the server sends it; `kind` says what it is about. */
export type News = Readonly<Record<string, unknown>> & { readonly kind: string };

/** Events: `people`, `touch`, `news` (`CustomEvent<News>`), `drawer` (`CustomEvent<{section}>`: its content may be other). */
export interface PagePort extends EventTarget {
  readonly people: readonly Person[];
  readonly touch: Touch;
  open(section: OpenSection): SectionSession;
  drawer(section: string): Promise<readonly DrawerItem[]>;
  dismiss(item: DrawerItem): Promise<unknown>;
  /** Keep a text of the author's own that was never sent, such as a paste that is too large. */
  keep(item: { section: string; code: string; text: string }): Promise<void>;
  /** The person has signed in again. */
  reconnect(): void;
  close(): unknown;
}
