// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import { Slice } from "prosemirror-model";
import { DOMParser as BlockParser } from "prosemirror-model";
import { cleanText } from "../../src/editor/clean";
import { flatten } from "../../src/editor/flatten";
import { cleanSlice, MAX_PASTE_BYTES, sliceText } from "../../src/editor/paste";
import { schema } from "../../src/editor/schema";
import { Person, seeded } from "./bench";

const present: Person[] = [];
afterEach(() => {
  for (const somebody of present.splice(0)) somebody.leaves();
});

/** What a paste of `html` would bring, as "kind:text" by block, marks in brackets. */
function pasted(html: string): string[] {
  const place = document.createElement("div");
  place.innerHTML = flatten(html);
  const slice = cleanSlice(BlockParser.fromSchema(schema).parseSlice(place, { preserveWhitespace: true }));
  return slice.content.content.map((block) => {
    const text = block.children
      .map((run) => {
        const marks = run.marks.map((mark) => mark.type.name + (mark.type.name === "link" ? `=${String(mark.attrs["href"])}` : ""));
        return marks.length > 0 ? `[${run.text ?? ""}](${marks.join(" ")})` : (run.text ?? "");
      })
      .join("");
    return block.attrs["kind"] === null ? text : `${String(block.attrs["kind"])}:${text}`;
  });
}

describe("what is pasted from elsewhere", () => {
  it("becomes flat blocks: nested lists keep their levels", () => {
    const html = "<ul><li>one<ul><li>two</li></ul></li><li><p>three</p></li></ul><ol><li>four</li></ol><p>five</p>";
    expect(pasted(html)).toEqual(["ul1:one", "ul2:two", "ul1:three", "ol1:four", "five"]);
  });
  it("keeps headings, quotations, line breaks and the words of tables", () => {
    const html = "<h1>A</h1><h5>B</h5><blockquote><p>C</p></blockquote>D<br>E<table><tr><td>F</td><td>G</td></tr></table>";
    expect(pasted(html)).toEqual(["h2:A", "h4:B", "quote:C", "D\nE", "F", "G"]);
  });
  it("collapses the white space of the source and trims the blocks", () => {
    expect(pasted("<p>\n   State\n   <b>party</b>   <i> to</i>\n</p>\n\n<p> </p>")).toEqual(["State [party](strong) [to](em)"]);
  });
  it("knows the marks of word processors and drops their wrappers", () => {
    const html =
      '<b style="font-weight:normal"><span style="font-weight:700">bold</span> <span style="font-style:italic">it</span> <span style="text-decoration:underline">u</span></b>';
    expect(pasted(html)).toEqual(["[bold](strong) [it](em) [u](underline)"]);
  });
  it("keeps the lists of a word processor that writes them as paragraphs", () => {
    const html =
      "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1.</span>first</p>" +
      "<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>\u00b7</span>second</p>";
    expect(pasted(html)).toEqual(["ol1:first", "ul2:second"]);
  });
  it("keeps links to the web and to mail, and only the words of others", () => {
    const html = '<a href="https://un.org/x">a</a> <a href="javascript:alert(1)">b</a> <a href="mailto:a@b.c">c</a>';
    expect(pasted(html)).toEqual(["[a](link=https://un.org/x) b [c](link=mailto:a@b.c)"]);
  });
  it("leaves out scripts, styles and pictures", () => {
    expect(pasted("<style>p{}</style><p>a<script>alert(1)</script><img src=x onerror=alert(1)>b</p>")).toEqual(["ab"]);
  });
  it("keeps the direction that was set", () => {
    expect(flatten('<div dir="RTL"><p>\u0633\u0644\u0627\u0645</p></div>')).toContain('dir="rtl"');
  });
  it("survives nesting that nobody writes", () => {
    const deep = "<div>".repeat(600) + "x" + "</div>".repeat(600);
    expect(flatten(deep)).toContain("x");
  });
});

describe("text", () => {
  it("is cleaned of what the server refuses, and cleaning twice changes nothing", () => {
    const text = `a\r\nb\rc${String.fromCharCode(0xdc00)}\u0000\u0007\ufffdd\te`;
    const clean = cleanText(text);
    expect(clean).toBe("a\nb\nc\u25a1\u25a1d\te");
    expect(cleanText(clean)).toBe(clean);
  });
});

describe("a paste that is too large", () => {
  it("stays out of the text and is handed on to be kept", () => {
    const ann = new Person(seeded("short"));
    present.push(ann);
    const block = schema.nodes.para.create(null, schema.text("\u5b57".repeat(MAX_PASTE_BYTES / 3 + 1)));
    const slice = new Slice(schema.nodes.doc.create(null, block).content, 1, 1);
    const event = new Event("paste") as ClipboardEvent;
    expect(ann.view.someProp("handlePaste", (handle) => handle(ann.view, event, slice))).toBe(true);
    expect(ann.heard.tooLarge).toEqual([sliceText(slice)]);
    expect(ann.shows).toBe("short");
  });
  it("is judged by what the section can still take, too", () => {
    const ann = new Person(seeded("short"));
    present.push(ann);
    ann.room = 3;
    const slice = new Slice(schema.nodes.doc.create(null, schema.nodes.para.create(null, schema.text("four"))).content, 1, 1);
    const event = new Event("paste") as ClipboardEvent;
    expect(ann.view.someProp("handlePaste", (handle) => handle(ann.view, event, slice))).toBe(true);
    ann.room = 4;
    expect(ann.view.someProp("handlePaste", (handle) => handle(ann.view, event, slice)) ?? false).toBe(false);
  });
});
