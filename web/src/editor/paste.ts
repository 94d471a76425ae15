/**
 * What is pasted or dropped: cleaned, flattened, and kept out when it is too large, but never thrown away.
 *
 * The text of a paste that is too large is handed to `tooLarge`, which says so and keeps it (requirements: "say so,
 * keep it"). Must not know where it is kept.
 */
import { Fragment, Slice, type Node } from "prosemirror-model";
import { Plugin } from "prosemirror-state";
import { bytesOf, cleanText } from "./clean";
import { flatten } from "./flatten";
import { schema } from "./schema";

/** Largest text of one paste, in bytes of UTF-8: with its structure it must fit into one Push of 256 KiB. */
export const MAX_PASTE_BYTES = 192 * 1024;

export interface PasteOptions {
  /** How many bytes of text the section may still take. */
  readonly room: () => number;
  readonly tooLarge: (text: string) => void;
}

/** The slice with every text cleaned; what is left empty is left out. */
export function cleanSlice(slice: Slice): Slice {
  return new Slice(cleanFragment(slice.content), slice.openStart, slice.openEnd);
}

function cleanFragment(fragment: Fragment): Fragment {
  const nodes: Node[] = [];
  fragment.forEach((node) => {
    if (!node.isText) nodes.push(node.copy(cleanFragment(node.content)));
    else {
      const text = cleanText(node.text ?? "");
      if (text !== "") nodes.push(schema.text(text, node.marks));
    }
  });
  return Fragment.fromArray(nodes);
}

/** The text of a slice, blocks parted by empty lines. */
export function sliceText(slice: Slice): string {
  return slice.content.textBetween(0, slice.content.size, "\n\n");
}

export function pastePlugin(options: PasteOptions): Plugin {
  const refuse = (slice: Slice): boolean => {
    const text = sliceText(slice);
    const bytes = bytesOf(text);
    if (bytes <= MAX_PASTE_BYTES && bytes <= options.room()) return false;
    options.tooLarge(text);
    return true;
  };
  return new Plugin({
    props: {
      // What was copied from an editor of ours is in flat blocks already, white space and all.
      transformPastedHTML: (html) => (html.includes("data-pm-slice") ? html : flatten(html)),
      transformPastedText: (text) => cleanText(text),
      transformPasted: cleanSlice,
      handlePaste: (_view, _event, slice) => refuse(slice),
      handleDrop: (_view, _event, slice, moved) => !moved && refuse(slice),
    },
  });
}
