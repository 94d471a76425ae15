/**
 * What text may hold, as the server's gate has it: no half surrogate (it makes Yjs throw), no U+FFFD, no carriage
 * return, no control character but tab and line feed (a DOCX cannot hold them). Pure; every way into the editor uses it.
 */

/** Stands for a character that came in broken: seen, and not refused by the server as U+FFFD is. */
export const BROKEN = "\u25a1";

// eslint-disable-next-line no-control-regex -- control characters are what this is about
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/gu;

/** `text` as it may be stored. Idempotent. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029\u0085]/gu, "\n")
    .toWellFormed()
    .replaceAll("\ufffd", BROKEN)
    .replace(FORBIDDEN, "");
}

export function isClean(text: string): boolean {
  return cleanText(text) === text;
}

/** Size in bytes of UTF-8, which is what the limits count. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
