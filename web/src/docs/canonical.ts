/**
 * The canonical form of a section (digest.md): the same bytes as `revmod_live/docs/canonical.py`.
 *
 * Owns the writing and reading of that JSON. RFC 8785 asks for sorted names, no blanks, and exactly the string escapes
 * that `JSON.stringify` makes of well-formed text; numbers do not occur but for the version. Must not know Yjs.
 */
import { tidyRuns, type Block, type Run, type Section } from "./model";
import { isRecord, OutsideSchema, readBlock, type Loose, type LoosePiece } from "./schema";

/** The canonical bytes of a section, in UTF-8. */
export function sectionBytes(section: Section): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(sectionJson(section));
}

/** The same as text. */
export function sectionJson(section: Section): string {
  const fields = Object.entries(section.fields)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, blocks]) => `${JSON.stringify(name)}:${blocksJson(blocks)}`);
  return `{"fields":{${fields.join(",")}},"section":${JSON.stringify(section.key)},"v":1}`;
}

/** Some blocks alone in canonical form, for Late (`before`, `after`). */
export function blocksJson(blocks: readonly Block[]): string {
  return `[${blocks.map(blockJson).filter((json) => json !== "").join(",")}]`;
}

/** The blocks that `blocksJson` wrote. Throws OutsideSchema for anything else. */
export function parseBlocks(json: string, place = "blocks"): Block[] {
  let tree: unknown;
  try {
    tree = JSON.parse(json);
  } catch {
    throw new OutsideSchema("not JSON", place);
  }
  return readBlocks(tree, place);
}

/** The section of canonical bytes or text. Throws OutsideSchema for anything else. */
export function parseSection(json: string): Section {
  let tree: unknown;
  try {
    tree = JSON.parse(json);
  } catch {
    throw new OutsideSchema("not JSON", "section");
  }
  if (!isRecord(tree) || tree["v"] !== 1 || typeof tree["section"] !== "string" || !isRecord(tree["fields"])) {
    throw new OutsideSchema("not a section in version 1 of the canonical form", "section");
  }
  const fields = Object.entries(tree["fields"]).map(([name, blocks]) => [name, readBlocks(blocks, `field ${name}`)]);
  const section: Section = { key: tree["section"], fields: Object.fromEntries(fields) as Section["fields"] };
  if (sectionJson(section) !== json) throw new OutsideSchema("not canonical", section.key);
  return section;
}

/** One block in canonical form; empty text for a block without text. */
export function blockJson(block: Block): string {
  const runs = tidyRuns(block.runs);
  if (runs.length === 0) return "";
  let attributes = "";
  for (const name of ["align", "dir", "kind"] as const) {
    const value = block[name];
    if (value !== null) attributes += `"${name}":${JSON.stringify(value)},`;
  }
  return `{${attributes}"t":[${runs.map(runJson).join(",")}]}`;
}

function runJson(run: Run): string {
  const marks: string[] = [];
  if (run.em) marks.push('"em"');
  if (run.link !== null) marks.push(`{"link":${JSON.stringify(run.link)}}`);
  if (run.strong) marks.push('"strong"');
  if (run.underline) marks.push('"underline"');
  return `{${marks.length > 0 ? `"m":[${marks.join(",")}],` : ""}"s":${JSON.stringify(run.text)}}`;
}

function readBlocks(tree: unknown, place: string): Block[] {
  if (!Array.isArray(tree)) throw new OutsideSchema("not a list of blocks", place);
  return tree.flatMap((one: unknown, index) => {
    const where = `${place}, block ${index + 1}`;
    if (!isRecord(one) || !Array.isArray(one["t"])) throw new OutsideSchema("not a block", where);
    const { t, ...attributes } = one;
    return readBlock(attributes, (t as unknown[]).map((run) => readRun(run, where)), { place: where }) ?? [];
  });
}

function readRun(tree: unknown, place: string): LoosePiece {
  if (!isRecord(tree) || Object.keys(tree).some((name) => name !== "s" && name !== "m")) {
    throw new OutsideSchema("not a run", place);
  }
  const marks = tree["m"] ?? [];
  if (!Array.isArray(marks)) throw new OutsideSchema("not a run", place);
  const read = marks.map((mark: unknown): [string, unknown] => {
    if (typeof mark === "string") return [mark, {}];
    if (isRecord(mark) && Object.keys(mark).join(" ") === "link") return ["link", { href: mark["link"] }];
    throw new OutsideSchema("not a mark", place);
  });
  return [tree["s"], Object.fromEntries(read) as Loose];
}
