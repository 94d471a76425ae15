/**
 * The server's digest of a section against ours: at the same revision, and with nothing unsent.
 *
 * Owns what is expected and when it can be compared. What follows from a difference is the conversation's.
 */
import { sectionBytes } from "../docs/canonical";
import { sectionDigest } from "../docs/digest";
import { sectionOf } from "../docs/fragment";
import type { DigestAt } from "../wire/frames";
import type { Replica } from "./replica";

export interface DigestCheckParts {
  readonly key: string;
  readonly fields: readonly string[];
  readonly replica: Replica;
  /** Whether something typed here is still unsent: it waits until the server has it. */
  readonly hasUnsent: () => boolean;
  /** Whether the document is what the server has sent, so that it may be judged. */
  readonly isLive: () => boolean;
  /** Our text has this digest, and the server's of the same revision has another. */
  readonly diverged: (hex: string) => void;
}

export class DigestCheck {
  readonly #parts: DigestCheckParts;
  #expected: DigestAt | null = null;
  #turn = 0;
  #told: string | null = null;

  constructor(parts: DigestCheckParts) {
    this.#parts = parts;
  }

  /** Meta has brought a digest, or none since the last. */
  expect(digest: DigestAt | null): void {
    this.#expected = digest ?? this.#expected;
  }

  /** The line or the opening is another: what is being computed says nothing any more. */
  interrupt(): void {
    this.#turn += 1;
  }

  /** The text that it was about is given up. */
  forget(): void {
    this.#expected = null;
  }

  compare(): void {
    const { key, fields, replica, hasUnsent, isLive, diverged } = this.#parts;
    const expected = this.#expected;
    if (expected === null || replica.rev < expected.rev || hasUnsent()) return;
    this.#expected = null;
    if (replica.rev > expected.rev || !isLive()) return;
    const turn = this.#turn;
    let canonical: Uint8Array;
    try {
      canonical = sectionBytes(sectionOf(replica.doc, key, fields));
    } catch {
      // Outside the schema there is no digest; the session shows such a section as not ready.
      return;
    }
    void sectionDigest(canonical).then((hex) => {
      if (hex === expected.hex || turn !== this.#turn || !isLive()) return;
      // The same difference after a new beginning would only begin anew for ever: it was told once.
      const difference = `${expected.rev} ${expected.hex} ${hex}`;
      if (difference === this.#told) return;
      this.#told = difference;
      diverged(hex);
    });
  }
}
