/**
 * Which tabs live: a lock named after each outbox, held by the tab that writes it and ended with that tab.
 *
 * `webLocks` is the browser's own; `pageLocks` serves where that is missing (a page without https), and knows of this
 * page only, so there an outbox of a living neighbour tab may be adopted too: harmless, for rows are numbered and
 * updates idempotent, but the neighbour is disturbed.
 */
import type { Locks } from "./environment";

export function outboxLock(outbox: string): string {
  return `rm-outbox:${outbox}`;
}

export function webLocks(manager: LockManager): Locks {
  return {
    tryHold: (name) =>
      new Promise((resolve, reject) => {
        manager
          .request(name, { ifAvailable: true }, (lock) => {
            if (lock === null) {
              resolve(null);
              return undefined;
            }
            // The lock lasts as long as this promise.
            return new Promise<void>((release) => resolve(() => release()));
          })
          .catch(reject);
      }),
  };
}

export function pageLocks(held: Set<string> = new Set()): Locks {
  return {
    tryHold: (name) => {
      if (held.has(name)) return Promise.resolve(null);
      held.add(name);
      return Promise.resolve(() => held.delete(name));
    },
  };
}
