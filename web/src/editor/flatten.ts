/**
 * Foreign HTML (a word processor, a web page) to flat blocks: `<div data-kind>` and `<p>` with inline content only.
 *
 * Owns lists, line breaks and white space of what is pasted; the schema's rules see to marks and links afterwards.
 * The HTML is parsed into a document of its own, which runs no script and loads nothing.
 */
import { listKind, type Kind } from "./schema";

const BLOCKS = new Set(
  (
    "ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CAPTION DD DETAILS DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM " +
    "H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TD TFOOT TH THEAD TR UL"
  ).split(" "),
);
const SKIPPED = new Set(
  "AUDIO BUTTON HEAD IFRAME IMG INPUT LINK META NOSCRIPT OBJECT SCRIPT SELECT STYLE SVG TEMPLATE TEXTAREA TITLE VIDEO".split(" "),
);
const HEADINGS: Readonly<Record<string, Kind>> = { H1: "h2", H2: "h2", H3: "h3", H4: "h4", H5: "h4", H6: "h4" };
/** Deeper nesting than anybody writes; below it the content is taken as plain text. */
const MAX_DEPTH = 200;

/** What surrounds a node on the way down. */
interface Context {
  readonly kind: Kind | null;
  readonly dir: string | null;
  readonly lists: number;
  readonly verbatim: boolean;
  readonly wrappers: readonly Element[];
  readonly depth: number;
}

interface Writer {
  readonly out: Document;
  block: HTMLElement | null;
}

/** `html` as flat blocks. `parse` makes a document of a text; given so that it can be tried without a browser. */
export function flatten(html: string, parse: (html: string) => Document = parseHtml): string {
  const source = parse(html);
  const writer: Writer = { out: parse(""), block: null };
  walk(source.body, { kind: null, dir: null, lists: 0, verbatim: false, wrappers: [], depth: 0 }, writer);
  for (const block of [...writer.out.body.children]) {
    trim(block);
    if (block.textContent === "") block.remove();
  }
  return writer.out.body.innerHTML;
}

function parseHtml(html: string): Document {
  return new DOMParser().parseFromString(html, "text/html");
}

function walk(parent: Node, context: Context, writer: Writer): void {
  for (const node of parent.childNodes) {
    if (node.nodeType === 3) put(collapse(node.nodeValue ?? "", context.verbatim), context, writer);
    else if (node.nodeType === 1) element(node as HTMLElement, context, writer);
  }
}

function element(node: HTMLElement, context: Context, writer: Writer): void {
  const name = node.tagName.toUpperCase();
  if (SKIPPED.has(name) || isListMarker(node)) return;
  if (name === "BR") put("\n", context, writer);
  else if (context.depth >= MAX_DEPTH) put(collapse(node.textContent, context.verbatim), context, writer);
  else if (!BLOCKS.has(name)) walk(node, { ...context, wrappers: [...context.wrappers, node], depth: context.depth + 1 }, writer);
  else {
    writer.block = null;
    walk(node, blockContext(node, name, context), writer);
    writer.block = null;
  }
}

function blockContext(node: HTMLElement, name: string, context: Context): Context {
  const dir = node.getAttribute("dir")?.toLowerCase();
  const list = name === "UL" || name === "OL";
  return {
    kind: kindOf(node, name, context),
    dir: dir === "rtl" || dir === "ltr" ? dir : context.dir,
    lists: list ? context.lists + 1 : context.lists,
    verbatim: context.verbatim || name === "PRE",
    wrappers: context.wrappers,
    depth: context.depth + 1,
  };
}

function kindOf(node: HTMLElement, name: string, context: Context): Kind | null {
  if (name === "UL" || name === "OL") return listKind(name === "UL" ? "ul" : "ol", context.lists + 1);
  if (name === "BLOCKQUOTE") return context.kind ?? "quote";
  // A list of a word processor: paragraphs that say their level in a style of its own.
  const level = /\bmso-list:[^;]*\blevel(\d)/iu.exec(node.getAttribute("style") ?? "");
  if (level !== null) return listKind(isNumbered(node) ? "ol" : "ul", Number(level[1]));
  return context.kind ?? HEADINGS[name] ?? null;
}

function isNumbered(item: HTMLElement): boolean {
  for (const inner of item.querySelectorAll<HTMLElement>("span")) {
    if (isListMarker(inner)) return /[\p{L}\p{N}]/u.test(inner.textContent) && !/^[o\u00a7\u00b7]\s*$/u.test(inner.textContent.trim());
  }
  return false;
}

function isListMarker(node: HTMLElement): boolean {
  return /\bmso-list:\s*ignore/iu.test(node.getAttribute("style") ?? "");
}

function collapse(text: string, verbatim: boolean): string {
  return verbatim ? text : text.replace(/[ \t\n\r\f]+/gu, " ");
}

/** Add text to the block that is open, or open one for it; white space alone opens none. */
function put(text: string, context: Context, writer: Writer): void {
  if (writer.block === null) {
    if (text.trim() === "") return;
    writer.block = writer.out.createElement(context.kind === null ? "p" : "div");
    if (context.kind !== null) writer.block.setAttribute("data-kind", context.kind);
    if (context.dir !== null) writer.block.setAttribute("dir", context.dir);
    writer.out.body.append(writer.block);
  }
  const previous = writer.block.textContent;
  const kept = !context.verbatim && /[ \n]$/u.test(previous) ? text.replace(/^ +/u, "") : text;
  if (kept === "") return;
  let inner: Node = writer.out.createTextNode(kept);
  for (const wrapper of context.wrappers.toReversed()) {
    const copy = writer.out.createElement(wrapper.tagName);
    for (const name of ["style", "href"]) {
      const value = wrapper.getAttribute(name);
      if (value !== null) copy.setAttribute(name, value);
    }
    copy.append(inner);
    inner = copy;
  }
  writer.block.append(inner);
}

/** Take the white space off both ends of a block. */
function trim(block: Element): void {
  for (const end of ["firstChild", "lastChild"] as const) {
    let node: Node | null = block;
    while (node !== null && node.nodeType !== 3) node = node[end];
    if (node === null) continue;
    const text = node.nodeValue ?? "";
    node.nodeValue = end === "firstChild" ? text.replace(/^[ \n]+/u, "") : text.replace(/[ \n]+$/u, "");
  }
}
