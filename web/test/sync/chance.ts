/** What people do to a text when chance decides: words that can be found again, filler, marks, blocks. */
import * as Y from "yjs";

import { FIELDS } from "./rig";

/** A word that is typed once and looked for at the end; nobody deletes one or types into one. */
const WORD = /⟦[^⟧]*⟧/gu;

export type Random = () => number;

export function pick<T>(random: Random, all: readonly T[]): T {
  return all[Math.floor(random() * all.length)] as T;
}

/** One edit, as one transaction. The result is the word that it typed, if it typed one. */
export function edit(doc: Y.Doc, random: Random, word: string): string | null {
  const field = doc.getXmlFragment(pick(random, FIELDS));
  const texts = field.toArray().flatMap((block) => (block instanceof Y.XmlElement ? leaf(block) : []));
  const chance = random();
  if (texts.length === 0 || chance < 0.12) {
    doc.transact(() => {
      const block = new Y.XmlElement("para");
      const text = new Y.XmlText();
      text.insert(0, word);
      block.insert(0, [text]);
      field.insert(Math.floor(random() * (field.length + 1)), [block]);
    });
    return word;
  }
  const text = pick(random, texts);
  if (chance < 0.55) {
    text.insert(pick(random, gaps(text)), word);
    return word;
  }
  if (chance < 0.7) {
    text.insert(pick(random, gaps(text)), "a filler of words ".slice(0, 1 + Math.floor(random() * 17)));
    return null;
  }
  if (chance < 0.82) {
    erase(text, random);
    return null;
  }
  if (chance < 0.92) {
    const at = Math.floor(random() * text.length);
    const mark = pick(random, [{ strong: {} }, { em: {} }, { underline: null }, { link: { href: "https://example.org/" } }]);
    if (text.length > 0) text.format(at, Math.ceil(random() * (text.length - at)), mark);
    return null;
  }
  const block = text.parent as Y.XmlElement;
  block.setAttribute("kind", pick(random, ["h2", "ul1", "ol2", "quote"]));
  return null;
}

/** The words in a text, once for each time that they stand there. */
export function wordsIn(text: string): readonly string[] {
  return text.match(WORD) ?? [];
}

function leaf(block: Y.XmlElement): Y.XmlText[] {
  return block.toArray().filter((node): node is Y.XmlText => node instanceof Y.XmlText);
}

function bare(text: Y.XmlText): string {
  return (text.toDelta() as { insert: string }[]).map(({ insert }) => insert).join("");
}

/** Where something may be typed: anywhere but inside a word. */
function gaps(text: Y.XmlText): readonly number[] {
  const taken = new Set<number>();
  for (const match of bare(text).matchAll(WORD)) {
    for (let at = match.index + 1; at < match.index + match[0].length; at += 1) taken.add(at);
  }
  return Array.from({ length: text.length + 1 }, (_, at) => at).filter((at) => !taken.has(at));
}

/** Delete some filler, if there is any. */
function erase(text: Y.XmlText, random: Random): void {
  const stretches = [...bare(text).matchAll(/[^⟦⟧]+(?![^⟦]*⟧)/gu)];
  if (stretches.length === 0) return;
  const stretch = pick(random, stretches);
  const from = Math.floor(random() * stretch[0].length);
  text.delete(stretch.index + from, Math.ceil(random() * (stretch[0].length - from)));
}
