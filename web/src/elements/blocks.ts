/** Reading blocks out of a live section and out of the drawer's texts, without ever throwing at the page. */
import { parseBlocks, parseSection } from "../docs/canonical";
import { fromFragment } from "../docs/fragment";
import { plain, type Block } from "../docs/model";
import { OutsideSchema } from "../docs/schema";
import type { SectionSession } from "../sync/types";

/** The blocks of a field as they are now, or null when they do not fit the schema and must not be bound. */
export function fieldBlocks(session: SectionSession, field: string): readonly Block[] | null {
  try {
    return fromFragment(session.fragment(field), field);
  } catch (error) {
    if (error instanceof OutsideSchema) return null;
    throw error;
  }
}

/** The blocks of a text in the drawer: canonical blocks, a canonical section, or plain text where it is neither. */
export function keptBlocks(text: string): readonly Block[] {
  for (const read of [parseBlocks, (json: string): Block[] => Object.values(parseSection(json).fields).flat()]) {
    try {
      return read(text);
    } catch {
      // Not of this form: the next is tried, and in the end it is shown as the text that it is.
    }
  }
  return plain(...text.split("\n"));
}
