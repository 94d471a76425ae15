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

/** A text of the drawer by field: a canonical section, or canonical blocks or plain text under no field's name. */
export function keptFields(text: string): ReadonlyMap<string, readonly Block[]> {
  try {
    return new Map(Object.entries(parseSection(text).fields));
  } catch {
    // Not a section: the next form is tried, and in the end it is shown as the text that it is.
  }
  try {
    return new Map([["", parseBlocks(text)]]);
  } catch {
    return new Map([["", plain(...text.split("\n"))]]);
  }
}

/** All blocks of a text of the drawer, field after field. */
export function keptBlocks(text: string): readonly Block[] {
  return [...keptFields(text).values()].flat();
}
