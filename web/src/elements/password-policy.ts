/**
 * What makes a password good enough: the same rules as the server's (`accounts/passwords.py`), which decides. The list of
 * words comes with the page; nothing that is typed leaves it. `tests/vectors/passwords.json` holds both to one answer.
 */
import { isRecord } from "./http";

export interface Policy {
  readonly length: number;
  readonly each: number;
  readonly different: number;
  readonly left: number;
  /** What is well known, in lower case, longest first; the person's own name and address too. */
  readonly words: readonly string[];
  readonly lookalikes: Readonly<Record<string, string>>;
}

/** By the code of each rule: how many signs are missing; 0 when it is met. Rules that count nothing say 1. */
export type Missing = Readonly<Record<string, number>>;

export function missing(password: string, policy: Policy): Missing {
  const signs = [...password.normalize("NFKC")];
  const lacks = (enough: number, has: number): number => Math.max(0, enough - has);
  const has = (test: RegExp): number => signs.filter((sign) => test.test(sign)).length;
  return {
    "too-short": lacks(policy.length, signs.length),
    "few-lower": lacks(policy.each, has(/\p{Lowercase}/u)),
    "few-upper": lacks(policy.each, has(/\p{Uppercase}/u)),
    "few-digits": lacks(policy.each, has(/\p{Nd}/u)),
    "few-special": lacks(policy.each, has(/[^\p{L}\p{N}]/u)),
    repetitive: new Set(signs).size >= policy.different ? 0 : 1,
    "well-known": isWellKnown(signs.join(""), policy) ? 1 : 0,
  };
}

/** Whether too little is left of its letters without the words that everybody tries. */
function isWellKnown(text: string, policy: Policy): boolean {
  const folded = text.toLowerCase();
  const read = [...folded].map((sign) => policy.lookalikes[sign] ?? sign).join("");
  return [folded, read].some((form) => {
    const letters = form.replace(/\P{L}/gu, "");
    const rest = policy.words.reduce((left, word) => left.replaceAll(word, ""), letters);
    return [...rest].length < Math.min(policy.left, [...letters].length);
  });
}

/** The policy that the page carries; null for what is none. */
export function readPolicy(text: string): Policy | null {
  try {
    const found: unknown = JSON.parse(text);
    return isRecord(found) && Array.isArray(found["words"]) && isRecord(found["lookalikes"]) ? (found as unknown as Policy) : null;
  } catch {
    return null;
  }
}
