/** The canonical form and its digests (digest.md): the same bytes as the server's. */
import { describe, expect, it } from "vitest";
import * as Y from "yjs";

import { blocksJson, parseBlocks, parseSection, sectionBytes, sectionJson } from "../../src/docs/canonical";
import { docDigest, fromFragment, sectionOf } from "../../src/docs/fragment";
import { linesDigest, sectionDigest, stepLines } from "../../src/docs/digest";
import { plain } from "../../src/docs/model";
import { OutsideSchema } from "../../src/docs/schema";
import { vectors } from "./vectors";

interface SectionCase {
  readonly name: string;
  readonly section: string;
  readonly fields: readonly string[];
  readonly update: string;
  readonly in_step?: boolean;
  readonly canonical: string;
  readonly digest: string;
  readonly invalid?: boolean;
}

const digests = vectors<{ sections: SectionCase[]; step: { lines: string[]; digest: string } }>("digests.json");

function documentOf(one: SectionCase): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Buffer.from(one.update, "base64"));
  return doc;
}

describe("sections of the shared vectors", () => {
  for (const one of digests.sections.filter((each) => each.invalid !== true)) {
    it(one.name, async () => {
      const doc = documentOf(one);
      const section = sectionOf(doc, one.section, one.fields);
      expect(sectionJson(section)).toBe(one.canonical);
      expect(await sectionDigest(sectionBytes(section))).toBe(one.digest);
      expect(await docDigest(doc, one.section, one.fields)).toBe(one.digest);
      expect(parseSection(one.canonical)).toEqual(section);
    });
  }

  for (const one of digests.sections.filter((each) => each.invalid === true)) {
    it(`${one.name}: no digest, and the document is left as it is`, async () => {
      const doc = documentOf(one);
      const before = Y.encodeStateAsUpdate(doc);
      await expect(docDigest(doc, one.section, one.fields)).rejects.toThrow(OutsideSchema);
      expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
    });
  }
});

describe("a step", () => {
  const sections = digests.sections
    .filter((one) => one.in_step === true)
    .map((one) => [one.section, one.digest] as const)
    .reverse();
  const files = digests.step.lines
    .filter((line) => line.startsWith("file "))
    .map((line) => line.split(" ").slice(1) as [string, string]);

  it("has the digest of its sorted lines", async () => {
    const lines = stepLines({ review: "2025-ava", phase: 1, step: "c", sections, files });
    expect(lines).toBe(digests.step.lines.map((line) => `${line}\n`).join(""));
    expect(await linesDigest(lines)).toBe(digests.step.digest);
  });

  it("has lines for one of its instruments", () => {
    const lines = stepLines({ review: "2025-ava", phase: 1, step: "c", instrument: "som", sections, files });
    expect(lines.split("\n").slice(0, 2)).toEqual(["revmod.instrument.1", "2025-ava 1 c som"]);
    expect(lines.split("\n").slice(2, -1).every((line) => line.startsWith("section c/som/"))).toBe(true);
  });
});

describe("a fragment that must not be bound", () => {
  function fragmentWith(build: (fragment: Y.XmlFragment) => void): Y.XmlFragment {
    const fragment = new Y.Doc().getXmlFragment("text");
    build(fragment);
    return fragment;
  }
  function para(...nodes: (Y.XmlText | Y.XmlElement)[]): Y.XmlElement {
    const element = new Y.XmlElement("para");
    element.insert(0, nodes);
    return element;
  }
  const cases: Record<string, (fragment: Y.XmlFragment) => void> = {
    "text outside a block": (fragment) => fragment.insert(0, [new Y.XmlText("a")]),
    "an unknown node": (fragment) => fragment.insert(0, [new Y.XmlElement("table")]),
    "a block inside a block": (fragment) => fragment.insert(0, [para(para(new Y.XmlText("a")))]),
    "an attribute on text": (fragment) => {
      const text = new Y.XmlText("a");
      fragment.insert(0, [para(text)]);
      text.setAttribute("kind", "h2");
    },
    "an embedded object": (fragment) => {
      const text = new Y.XmlText("a");
      fragment.insert(0, [para(text)]);
      text.insertEmbed(0, { image: "x" });
    },
    "an unknown attribute of an empty block": (fragment) => {
      const element = para();
      element.setAttribute("colour", "red");
      fragment.insert(0, [element]);
    },
    "a script as a link": (fragment) => {
      const text = new Y.XmlText();
      fragment.insert(0, [para(text)]);
      text.insert(0, "a", { link: { href: "javascript:alert(1)" } });
    },
  };
  for (const [name, build] of Object.entries(cases)) {
    it(name, () => {
      expect(() => fromFragment(fragmentWith(build), "field text")).toThrow(/^field text, block 1: /);
    });
  }

  it("is named when the field is no fragment at all", () => {
    const doc = new Y.Doc();
    doc.getText("text").insert(0, "a");
    expect(() => sectionOf(doc, "c/tip/gaps", ["text"])).toThrow("field text: not a fragment");
  });
});

describe("blocks alone", () => {
  it("are written and read for late text", () => {
    const blocks = plain('one "quoted" \u2028', "😀\u0001");
    expect(parseBlocks(blocksJson(blocks))).toEqual(blocks);
    expect(blocksJson([])).toBe("[]");
  });
  it("outside the schema are not read", () => {
    for (const json of ["", "{}", "[1]", '[{"t":[{"s":"\\ud800"}]}]', '[{"t":[{"s":"a","m":["blink"]}]}]']) {
      expect(() => parseBlocks(json)).toThrow(OutsideSchema);
    }
  });
  it("are canonical or no section", () => {
    expect(() => parseSection('{"v":1,"fields":{},"section":"c/tip/gaps"}')).toThrow("not canonical");
  });
});
