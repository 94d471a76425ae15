/**
 * Digests of sections (digest.md), by the browser's own SHA-256. Must not know where the bytes came from.
 */

const HEAD = new TextEncoder().encode("revmod.section.1\n");

/** The digest of a section's canonical bytes: 64 lower-case hexadecimal digits. */
export async function sectionDigest(canonical: Uint8Array): Promise<string> {
  const bytes = new Uint8Array(HEAD.length + canonical.length);
  bytes.set(HEAD);
  bytes.set(canonical, HEAD.length);
  return sha256(bytes);
}

/** The digest of the lines of a step or of an instrument of it. */
export async function linesDigest(lines: string): Promise<string> {
  return sha256(new TextEncoder().encode(lines));
}

/** The lines of a step, or with `instrument` those of one of its instruments (digest.md, "Step"). */
export function stepLines(step: {
  readonly review: string;
  readonly phase: number;
  readonly step: string;
  readonly instrument?: string;
  readonly sections: readonly (readonly [key: string, digest: string])[];
  readonly files?: readonly (readonly [key: string, sha256: string])[];
}): string {
  const { instrument } = step;
  const head =
    instrument === undefined
      ? `revmod.step.1\n${step.review} ${step.phase} ${step.step}`
      : `revmod.instrument.1\n${step.review} ${step.phase} ${step.step} ${instrument}`;
  const lines = (word: string, pairs: readonly (readonly [string, string])[]): string[] =>
    pairs
      .filter(([key]) => instrument === undefined || key.split("/")[1] === instrument)
      .map(([key, digest]) => `${word} ${key} ${digest}`)
      .sort((one, other) => (one < other ? -1 : 1));
  return `${[head, ...lines("section", step.sections), ...lines("file", step.files ?? [])].join("\n")}\n`;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
