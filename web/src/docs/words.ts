/**
 * Words: counting by rule `wc/1`, and splitting into pieces for comparison. The same as `revmod_live/docs/words.py`.
 *
 * The tables are written out, not asked of the browser, so that every browser counts like the server;
 * `tests/vectors/words.json` holds both to the same results. Must not know limits.
 */
import { blockText, type Block, type Section } from "./model";

// Scripts Han, Hiragana and Katakana of Unicode 17; the two planes for Han whole.
const CJK =
  String.raw`\u2e80-\u2e99\u2e9b-\u2ef3\u2f00-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b` +
  String.raw`\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff\u32d0-\u32fe` +
  String.raw`\u3300-\u3357\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d\ufa70-\ufad9\uff66-\uff6f` +
  String.raw`\uff71-\uff9d\u{16fe2}-\u{16fe3}\u{16ff0}-\u{16ff6}\u{1aff0}-\u{1aff3}` +
  String.raw`\u{1aff5}-\u{1affb}\u{1affd}-\u{1affe}\u{1b000}-\u{1b128}\u{1b132}` +
  String.raw`\u{1b150}-\u{1b152}\u{1b155}\u{1b164}-\u{1b168}\u{1f200}\u{20000}-\u{3fffd}`;
// White_Space; not `\s`, which is another set.
const BLANK = String.raw`\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const EM_DASH = String.raw`\u2014`;
// Format characters (Cf, U+00AD among them) and the tatweel.
const DROPPED =
  String.raw`\u00ad\u0600-\u0605\u061c\u0640\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f` +
  String.raw`\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\u{110bd}\u{110cd}` +
  String.raw`\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0001}` +
  String.raw`\u{e0020}-\u{e007f}`;
// What is taken off the ends of a stretch, so that a comma is compared by itself.
const POINTS: ReadonlySet<string> = new Set('!"(),./:;?[]{}«·»،؛؟۔‘’“”„…、。《》「」『』【】！（），：；？');

const dropped = new RegExp(`[${DROPPED}]+`, "gu");
const wordLike = new RegExp(`[${CJK}]|[^${CJK}${BLANK}${EM_DASH}]+`, "gu");
const pieceLike = new RegExp(`[${CJK}]|[${BLANK}]+|${EM_DASH}|[^${CJK}${BLANK}${EM_DASH}]+`, "gu");
const startsWithCjk = new RegExp(`^[${CJK}]`, "u");
const startsWithSeparator = new RegExp(`^[${BLANK}${EM_DASH}]`, "u");
const letterOrNumber = /[\p{L}\p{N}]/u;

/** How many words `text` has by rule `wc/1` (requirements 4.4). */
export function count(text: string): number {
  // 1. NFC (left out: it never changes the count); drop format characters and the tatweel.
  const kept = text.replace(dropped, "");
  // 2. Split at white space and at U+2014. 3. A Han, Hiragana or Katakana character counts 1; every other stretch
  // that holds a letter or a number counts 1.
  let words = 0;
  for (const [stretch] of kept.matchAll(wordLike)) {
    if (startsWithCjk.test(stretch) || letterOrNumber.test(stretch)) words += 1;
  }
  return words;
}

/** Words of some blocks; a block's end is the end of a word. */
export function countBlocks(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + count(blockText(block)), 0);
}

/** Words of all fields of a section. */
export function countSection(section: Section): number {
  return Object.values(section.fields).reduce((sum, blocks) => sum + countBlocks(blocks), 0);
}

/** The pieces that a comparison works on; joined, they are `text` again. */
export function split(text: string): string[] {
  const pieces: string[] = [];
  for (const [stretch] of text.matchAll(pieceLike)) {
    let start = 0;
    let end = stretch.length;
    while (start < end && POINTS.has(stretch.charAt(start))) start += 1;
    while (end > start && POINTS.has(stretch.charAt(end - 1))) end -= 1;
    for (let at = 0; at < start; at += 1) pieces.push(stretch.charAt(at));
    if (start < end) pieces.push(stretch.slice(start, end));
    for (let at = end; at < stretch.length; at += 1) pieces.push(stretch.charAt(at));
  }
  return pieces;
}

/** Whether a piece made by `split` is white space or a dash. */
export function isSeparator(piece: string): boolean {
  return startsWithSeparator.test(piece);
}

/** Whether a piece made by `split` is neither a separator nor a lone point. */
export function isWord(piece: string): boolean {
  return !POINTS.has(piece) && !isSeparator(piece);
}
