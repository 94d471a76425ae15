/**
 * The editor's schema: one flat block, `para`, and four marks (architecture, "What a section is").
 *
 * Owns how a block looks in the editor and what of foreign HTML becomes a block. Must not know sessions or pages.
 * Every attribute is null by default, because a default that is not null is written by whoever types and wins over a
 * real change; the kind is an attribute, because a change of node type loses what others type meanwhile (findings, H3).
 */
import { Schema, type Attrs, type DOMOutputSpec, type Node, type TagParseRule } from "prosemirror-model";

export const HEADINGS = ["h2", "h3", "h4"] as const;
export const LISTS = ["ul1", "ul2", "ul3", "ul4", "ol1", "ol2", "ol3", "ol4"] as const;
export const KINDS = [...HEADINGS, ...LISTS, "quote"] as const;
export const DIRS = ["ltr", "rtl"] as const;
export const ALIGNS = ["start", "center", "end", "justify"] as const;

export type Kind = (typeof KINDS)[number];
export type Dir = (typeof DIRS)[number];
export type Align = (typeof ALIGNS)[number];
export type ListStyle = "ul" | "ol";

export const MAX_LEVEL = 4;

/** The element of each heading: one below the heading of the field's section, as the server renders it. */
const HEADING_TAGS = { h2: "h3", h3: "h4", h4: "h5" } as const;

/** The style and level of a list kind, or null for any other kind. */
export function listOf(kind: unknown): { style: ListStyle; level: number } | null {
  const found = typeof kind === "string" ? /^(ul|ol)([1-4])$/u.exec(kind) : null;
  return found === null ? null : { style: found[1] as ListStyle, level: Number(found[2]) };
}

/** The kind of a list item of this style and level, the level held within 1 to 4. */
export function listKind(style: ListStyle, level: number): Kind {
  return `${style}${Math.min(Math.max(level, 1), MAX_LEVEL)}` as Kind;
}

/** `href` without what a link may not hold, or null when its scheme is not one of http, https, mailto. */
export function cleanHref(href: unknown): string | null {
  if (typeof href !== "string") return null;
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  const clean = href.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\ufffd-\uffff]/gu, "").trim();
  return /^(?:https?|mailto):./iu.test(clean) ? clean : null;
}

function oneOf<Value extends string>(values: readonly Value[], value: unknown): Value | null {
  return (values as readonly unknown[]).includes(value) ? (value as Value) : null;
}

function paraToDom(node: Node): DOMOutputSpec {
  const kind: unknown = node.attrs["kind"];
  const dir: unknown = node.attrs["dir"];
  const align: unknown = node.attrs["align"];
  const attributes: Record<string, string> = { dir: typeof dir === "string" ? dir : "auto" };
  if (typeof align === "string") attributes["data-align"] = align;
  if (kind === "h2" || kind === "h3" || kind === "h4") return [HEADING_TAGS[kind], attributes, 0];
  if (kind === "quote") return ["blockquote", attributes, 0];
  if (listOf(kind) !== null) return ["div", { ...attributes, role: "list", "data-kind": String(kind) }, ["div", { role: "listitem" }, 0]];
  return ["p", attributes, 0];
}

function attributesOf(element: HTMLElement, kind: Kind | null): Attrs {
  return {
    kind,
    dir: oneOf(DIRS, element.getAttribute("dir")?.toLowerCase()),
    align: oneOf(ALIGNS, element.dataset["align"]),
  };
}

function rule(tag: string, kind: Kind | null): TagParseRule {
  return { tag, preserveWhitespace: "full", getAttrs: (element) => attributesOf(element, kind) };
}

export const schema = new Schema({
  nodes: {
    // The root is the shared fragment itself, never an element of it, so the binding cannot delete it for its content
    // (H2): asking for one block here only gives an empty field a line to type in, which is not written until typed in.
    doc: { content: "para+" },
    para: {
      content: "text*",
      marks: "_",
      whitespace: "pre",
      attrs: { kind: { default: null }, dir: { default: null }, align: { default: null } },
      toDOM: paraToDom,
      parseDOM: [
        {
          tag: "div[data-kind]",
          preserveWhitespace: "full",
          contentElement: (element) => (element as HTMLElement).querySelector<HTMLElement>(":scope > [role=listitem]") ?? (element as HTMLElement),
          getAttrs: (element) => attributesOf(element, oneOf(KINDS, element.dataset["kind"])),
        },
        rule("p", null),
        rule("h1", "h2"),
        rule("h2", "h2"),
        rule("h3", "h2"),
        rule("h4", "h3"),
        rule("h5", "h4"),
        rule("h6", "h4"),
        rule("blockquote", "quote"),
      ],
    },
    text: {},
  },
  marks: {
    strong: {
      parseDOM: [
        { tag: "strong" },
        // A wrapper of some word processors: a `b` that is not bold.
        { tag: "b", getAttrs: (element) => element.style.fontWeight !== "normal" && null },
        { style: "font-weight", getAttrs: (value) => /^(?:bold(?:er)?|[6-9]\d\d)$/u.test(value) && null },
      ],
      toDOM: () => ["strong", 0],
    },
    em: {
      parseDOM: [
        { tag: "em" },
        { tag: "i", getAttrs: (element) => element.style.fontStyle !== "normal" && null },
        { style: "font-style=italic" },
      ],
      toDOM: () => ["em", 0],
    },
    underline: {
      parseDOM: [
        { tag: "u" },
        { style: "text-decoration", getAttrs: (value) => value.includes("underline") && null },
        { style: "text-decoration-line", getAttrs: (value) => value.includes("underline") && null },
      ],
      toDOM: () => ["u", 0],
    },
    link: {
      attrs: { href: {} },
      inclusive: false,
      parseDOM: [
        {
          tag: "a[href]",
          getAttrs: (element) => {
            const href = cleanHref(element.getAttribute("href"));
            return href === null ? false : { href };
          },
        },
      ],
      toDOM: (mark) => ["a", { href: String(mark.attrs["href"]), rel: "noopener noreferrer" }, 0],
    },
  },
});

export const para = schema.nodes.para;
