/**
 * What the talk about one section is given by its page. Types only.
 */
import type { ClientFrame } from "../wire/frames";
import type { Drawer } from "./drawer";
import type { Ear } from "./ear";
import type { Environment } from "./environment";
import type { DrawerRow } from "./rows";
import type { Store } from "./store";

export interface ConversationParts {
  readonly section: string;
  readonly key: string;
  readonly fields: readonly string[];
  readonly account: string;
  readonly schema: number;
  readonly env: Environment;
  readonly store: Store;
  readonly drawer: Drawer;
  readonly ear: Ear;
  readonly say: (frame: ClientFrame) => boolean;
  /** Something that is shown may have changed. */
  readonly changed: () => void;
  /** The document was replaced. */
  readonly docReplaced: () => void;
  /** Text went into the drawer. */
  readonly refused: (rows: readonly DrawerRow[]) => void;
  /** The server speaks another schema: only a new page helps. */
  readonly outdated: () => void;
}
