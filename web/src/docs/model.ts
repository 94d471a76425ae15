/**
 * The frozen tree of a section: fields of blocks of runs. The same as `revmod_live/docs/model.py`.
 *
 * Owns the shapes alone. A tree from `readBlock` is tidy: neighbouring runs differ in their marks, no run is empty, no
 * block is without text (digest.md, 1 and 2). Must not know Yjs, the editor or the page.
 */

/** A stretch of text with the same marks throughout; `link` is an href. */
export interface Run {
  readonly text: string;
  readonly em: boolean;
  readonly strong: boolean;
  readonly underline: boolean;
  readonly link: string | null;
}

/** One `para`: its runs and its three attributes, null when not set. */
export interface Block {
  readonly runs: readonly Run[];
  readonly kind: string | null;
  readonly dir: string | null;
  readonly align: string | null;
}

/** A section's text; every declared field is present. */
export interface Section {
  readonly key: string;
  readonly fields: Readonly<Record<string, readonly Block[]>>;
}

/** A run without marks. */
export function plainRun(text: string): Run {
  return { text, em: false, strong: false, underline: false, link: null };
}

/** Blocks of unmarked text, one a line; empty lines are left out. */
export function plain(...lines: readonly string[]): Block[] {
  return lines
    .filter((line) => line !== "")
    .map((line) => ({ runs: [plainRun(line)], kind: null, dir: null, align: null }));
}

export function sameMarks(one: Run, other: Run): boolean {
  return (
    one.em === other.em &&
    one.strong === other.strong &&
    one.underline === other.underline &&
    one.link === other.link
  );
}

/** The same text with equal neighbours joined and empty runs left out. */
export function tidyRuns(runs: Iterable<Run>): Run[] {
  const tidy: Run[] = [];
  for (const run of runs) {
    if (run.text === "") continue;
    const last = tidy.at(-1);
    if (last !== undefined && sameMarks(last, run)) tidy[tidy.length - 1] = { ...last, text: last.text + run.text };
    else tidy.push(run);
  }
  return tidy;
}

/** The block's text without its marks. */
export function blockText(block: Block): string {
  return block.runs.map((run) => run.text).join("");
}

/** The text of some blocks, a line each: for copying and downloading. */
export function blocksText(blocks: readonly Block[]): string {
  return blocks.map(blockText).join("\n");
}
