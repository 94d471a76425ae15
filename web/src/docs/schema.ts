/**
 * What a section may hold: the table of `revmod_live/docs/schema.py`, and the reader that enforces it.
 *
 * Owns the step from loose values, as a CRDT or a parsed JSON gives them, to tidy blocks. Must not know Yjs:
 * `fragment.ts` takes the document apart. Schema changes only ever add (findings, H1), and raise `SCHEMA`.
 */
import { tidyRuns, type Block, type Run } from "./model";

/** The number in Open and Meta; with another one than the server's the page must be loaded again. */
export const SCHEMA = 1;
/** The only node type. */
export const NODE = "para";

export const KINDS: ReadonlySet<string> = new Set(
  ["h2", "h3", "h4", "ul1", "ul2", "ul3", "ul4", "ol1", "ol2", "ol3", "ol4", "quote"],
);
export const DIRS: ReadonlySet<string> = new Set(["ltr", "rtl"]);
export const ALIGNS: ReadonlySet<string> = new Set(["start", "center", "end", "justify"]);

const ATTRIBUTES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["kind", KINDS],
  ["dir", DIRS],
  ["align", ALIGNS],
]);
const FLAGS: ReadonlySet<string> = new Set(["em", "strong", "underline"]);
const LINK = /^(?:https?|mailto):/i;
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/u;
// eslint-disable-next-line no-control-regex -- here tab and line feed too
const CONTROL_IN_HREF = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/u;

/** Something that the schema does not have; a section that holds it has no digest and must not be bound. */
export class OutsideSchema extends Error {
  override readonly name = "OutsideSchema";
  constructor(
    readonly problem: string,
    readonly place: string,
  ) {
    super(`${place}: ${problem}`);
  }
}

/** Loose attributes or marks: names with values of any kind; null is absent. */
export type Loose = Readonly<Record<string, unknown>>;
/** A piece of text with its marks. */
export type LoosePiece = readonly [text: unknown, marks: Loose | null | undefined];

/** Whether `href` is a text whose scheme a link may have. */
export function isLink(href: unknown): href is string {
  return typeof href === "string" && LINK.test(href);
}

/**
 * One block, or null when it has no text. Throws OutsideSchema, for an empty block too.
 *
 * strict: also refuse what the gate does not let in: control characters other than tab and line feed.
 */
export function readBlock(
  attributes: Loose,
  pieces: Iterable<LoosePiece>,
  { place, strict = false }: { readonly place: string; readonly strict?: boolean },
): Block | null {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    const allowed = ATTRIBUTES.get(name);
    if (allowed === undefined) throw new OutsideSchema(`unknown attribute ${shown(name)}`, place);
    if (typeof value !== "string" || !allowed.has(value)) {
      throw new OutsideSchema(`unknown value ${shown(value)} of attribute ${name}`, place);
    }
    values.set(name, value);
  }
  const runs = tidyRuns(Array.from(pieces, ([text, marks]) => readRun(text, marks ?? {}, place, strict)));
  if (runs.length === 0) return null;
  return {
    runs,
    kind: values.get("kind") ?? null,
    dir: values.get("dir") ?? null,
    align: values.get("align") ?? null,
  };
}

function readRun(text: unknown, marks: Loose, place: string, strict: boolean): Run {
  if (typeof text !== "string") throw new OutsideSchema("something that is not text within a block", place);
  if (!text.isWellFormed()) throw new OutsideSchema("text with half of a surrogate pair", place);
  if (strict && CONTROL.test(text)) throw new OutsideSchema("text with a control character", place);
  let link: string | null = null;
  const flags = new Set<string>();
  for (const [name, value] of Object.entries(marks)) {
    if (value === null || value === undefined) continue;
    if (name === "link") link = readLink(value, place, strict);
    else if (!FLAGS.has(name)) throw new OutsideSchema(`unknown mark ${shown(name)}`, place);
    else if (isRecord(value) && Object.keys(value).length === 0) flags.add(name);
    else throw new OutsideSchema(`mark ${name} with the value ${shown(value)}`, place);
  }
  return { text, em: flags.has("em"), strong: flags.has("strong"), underline: flags.has("underline"), link };
}

function readLink(value: unknown, place: string, strict: boolean): string {
  if (!isRecord(value) || Object.keys(value).join(" ") !== "href") {
    throw new OutsideSchema(`link with the value ${shown(value)}`, place);
  }
  const href = value["href"];
  if (!isLink(href) || !href.isWellFormed()) throw new OutsideSchema(`link to ${shown(href)}`, place);
  if (strict && CONTROL_IN_HREF.test(href)) throw new OutsideSchema("link with a control character", place);
  return href;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
