/**
 * Signing out takes everything of a person off the device, and the person's other tabs hear of it, so that none of them
 * puts anything there again.
 *
 * Owns the word that is passed between tabs. A tab that cannot hear it learns from the database, which goes under its
 * hands (`Store`).
 */
import type { Environment } from "./environment";
import { databaseName, wipe } from "./store";

const SIGNED_OUT = "signed-out";

/** Wipe the device. The page's own session is closed before. */
export async function wipeDevice(env: Pick<Environment, "channel" | "indexedDB">, account: string): Promise<void> {
  const channel = env.channel(databaseName(account));
  channel?.postMessage(SIGNED_OUT);
  try {
    await wipe(env.indexedDB, account);
  } finally {
    channel?.close();
  }
}

/** Call `act` when another tab has signed this person out. The result ends the listening. */
export function onSignedOut(env: Pick<Environment, "channel">, account: string, act: () => void): () => void {
  const channel = env.channel(databaseName(account));
  if (channel === null) return () => undefined;
  channel.onmessage = (event) => {
    if (event.data === SIGNED_OUT) act();
  };
  return () => channel.close();
}
