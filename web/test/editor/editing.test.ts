// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { changeLevel, linkAt, removeLink, setAlign, setKind, setLink, shown, toggleDir, toggleKind, toggleList, toggleStrong } from "../../src/editor/commands";
import { canUndo, redo, undo } from "../../src/editor/undo";
import { schema } from "../../src/editor/schema";
import { Person, seeded, settle } from "./bench";

const present: Person[] = [];
function person(seed?: Uint8Array): Person {
  const somebody = new Person(seed);
  present.push(somebody);
  return somebody;
}
afterEach(() => {
  for (const somebody of present.splice(0)) somebody.leaves();
});

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("an empty field", () => {
  it("is not written to by being opened", () => {
    const ann = person();
    expect(ann.shows).toBe("");
    ann.goes(0);
    expect(ann.sent).toEqual([]);
    expect(ann.fragment.length).toBe(0);
  });
  it("takes what two people type in it at once", () => {
    const ann = person();
    const ben = person();
    ann.goes(0).types("Measures");
    ben.goes(0).types("Mesures");
    settle(ann, ben);
    expect(ann.shows).toBe(ben.shows);
    expect(ann.shows.split("|").toSorted()).toEqual(["Measures", "Mesures"]);
  });
  it("stays usable after each of two people has deleted one of its two paragraphs", () => {
    const seed = seeded("one", "two");
    const ann = person(seed);
    const ben = person(seed);
    ann.view.dispatch(ann.view.state.tr.delete(0, 5));
    ben.view.dispatch(ben.view.state.tr.delete(5, 10));
    settle(ann, ben);
    expect(ann.shows).toBe("");
    ann.goes(0).types("three");
    settle(ann, ben);
    expect(ben.shows).toContain("three");
  });
});

describe("changing a block under somebody's typing", () => {
  it.each([
    ["to a heading", setKind("h2"), "h2:State party to it"],
    ["to a list item", toggleList("ul"), "ul1:State party to it"],
    ["to a quotation", toggleKind("quote"), "quote:State party to it"],
    ["its direction", toggleDir("rtl"), "State party to it"],
    ["its alignment", setAlign("center"), "State party to it"],
  ])("keeps the text: %s", (_what, command, result) => {
    const seed = seeded("State party");
    const ann = person(seed);
    const ben = person(seed);
    ann.goes(0).does(command);
    ben.goes(0, 11).types(" to it");
    settle(ann, ben);
    expect(ann.shows).toBe(result);
    expect(ben.shows).toBe(result);
  });
  it("gives one of the two kinds when both change it, and the text once", () => {
    const seed = seeded("Findings");
    const ann = person(seed);
    const ben = person(seed);
    ann.goes(0).does(setKind("h2"));
    ben.goes(0).does(toggleList("ol"));
    settle(ann, ben);
    expect(ann.shows).toBe(ben.shows);
    expect(["h2:Findings", "ol1:Findings"]).toContain(ann.shows);
  });
  it("writes no attribute that was not asked for", () => {
    const ann = person();
    ann.goes(0).types("plain");
    expect((ann.fragment.get(0) as Y.XmlElement).getAttributes()).toEqual({});
  });
});

describe("undo", () => {
  it("takes back my own typing and leaves another's in the same paragraph", () => {
    const seed = seeded("Article 5");
    const ann = person(seed);
    const ben = person(seed);
    ann.goes(0, 9).types(" criminalises");
    settle(ann, ben);
    ben.goes(0, 0).types("The ");
    settle(ann, ben);
    expect(ann.does(undo)).toBe(true);
    settle(ann, ben);
    expect(ann.shows).toBe("The Article 5");
    expect(ben.shows).toBe("The Article 5");
    ann.does(redo);
    expect(ann.shows).toBe("The Article 5 criminalises");
  });
  it("keeps what somebody else wrote in a paragraph that I made (H5)", () => {
    const seed = seeded("One");
    const ann = person(seed);
    const ben = person(seed);
    ann.goes(0, 3).presses("Enter");
    settle(ann, ben);
    ben.goes(1, 0).types("Ben's words");
    settle(ann, ben);
    ann.does(undo);
    settle(ann, ben);
    expect(ann.shows).toContain("Ben's words");
    expect(ben.shows).toBe(ann.shows);
  });
  it("has nothing to take back of what others wrote", () => {
    const ann = person(seeded("Theirs"));
    expect(canUndo(ann.view.state)).toBe(false);
    expect(ann.does(undo)).toBe(false);
    expect(ann.shows).toBe("Theirs");
  });
});

describe("blocks and marks", () => {
  it("lists go four levels in and come out as paragraphs", () => {
    const ann = person(seeded("item"));
    ann.goes(0).does(toggleList("ul"));
    for (let level = 0; level < 6; level += 1) ann.does(changeLevel(1));
    expect(ann.shows).toBe("ul4:item");
    ann.does(toggleList("ol"));
    expect(ann.shows).toBe("ol4:item");
    for (let level = 0; level < 4; level += 1) ann.does(changeLevel(-1));
    expect(ann.shows).toBe("item");
    expect(ann.does(changeLevel(1))).toBe(false);
  });
  it("Enter goes on with a list, ends a heading, and leaves the list from an empty item", () => {
    const ann = person(seeded("item"));
    ann.goes(0, 4).does(toggleList("ul"));
    ann.presses("Enter");
    expect(ann.shows).toBe("ul1:item|ul1:");
    ann.presses("Enter");
    expect(ann.shows).toBe("ul1:item|");
    ann.does(setKind("h2"));
    ann.types("Head");
    ann.presses("Enter");
    expect(ann.shows).toBe("ul1:item|h2:Head|");
  });
  it("Backspace at the start goes a level out before it joins", () => {
    const ann = person(seeded("one", "two"));
    ann.goes(1).does(toggleList("ul"));
    ann.does(changeLevel(1));
    ann.presses("Backspace");
    expect(ann.shows).toBe("one|ul1:two");
    ann.presses("Backspace");
    expect(ann.shows).toBe("one|two");
    ann.presses("Backspace");
    expect(ann.shows).toBe("onetwo");
  });
  it("Tab is left to the page, Alt+F10 goes to the toolbar", () => {
    const ann = person(seeded("one"));
    ann.goes(0).does(toggleList("ul"));
    expect(ann.presses("Tab")).toBe(false);
    expect(ann.presses("]", { ctrlKey: true })).toBe(true);
    expect(ann.shows).toBe("ul2:one");
    expect(ann.presses("[", { ctrlKey: true })).toBe(true);
    expect(ann.shows).toBe("ul1:one");
    expect(ann.presses("F10", { altKey: true })).toBe(true);
    expect(ann.heard.toolbar).toBe(1);
  });
  it("stores marks as the canonical form has them", () => {
    const ann = person(seeded("see UNODC"));
    ann.selects(1, 4).does(toggleStrong);
    ann.selects(5, 10).does(setLink("https://www.unodc.org"));
    const text = (ann.fragment.get(0) as Y.XmlElement).get(0) as Y.XmlText;
    expect(text.toDelta()).toEqual([
      { insert: "see", attributes: { strong: {} } },
      { insert: " " },
      { insert: "UNODC", attributes: { link: { href: "https://www.unodc.org" } } },
    ]);
  });
  it("changes and removes the whole link at the caret, and refuses a script", () => {
    const ann = person(seeded("see UNODC now"));
    ann.selects(5, 10).does(setLink("https://www.unodc.org"));
    ann.goes(0, 6);
    expect(linkAt(ann.view.state)).toEqual({ href: "https://www.unodc.org", from: 5, to: 10 });
    expect(ann.does(setLink("javascript:alert(1)"))).toBe(false);
    expect(ann.does(setLink("mailto:info@un.org"))).toBe(true);
    expect(linkAt(ann.view.state)?.href).toBe("mailto:info@un.org");
    expect(ann.does(removeLink)).toBe(true);
    expect(linkAt(ann.view.state)).toBeNull();
  });
  it("shows what holds at the selection", () => {
    const ann = person(seeded("one", "two"));
    ann.goes(0).does(setKind("h3"));
    expect(shown(ann.view.state)).toMatchObject({ kind: "h3", align: "start", dir: null, list: null });
    ann.selects(1, 8);
    expect(shown(ann.view.state).kind).toBeNull();
  });
  it("has one flat node type, every attribute null by default, and all that the design lists", () => {
    expect(Object.keys(schema.nodes)).toEqual(["doc", "para", "text"]);
    expect(schema.nodes.para.create().attrs).toEqual({ kind: null, dir: null, align: null });
    expect(Object.keys(schema.marks).toSorted()).toEqual(["em", "link", "strong", "underline"]);
  });
});

describe("typing", () => {
  it("turns '- ' into a list and '## ' into a heading, and Backspace takes it back", () => {
    const ann = person();
    ann.goes(0).types("- ");
    expect(ann.shows).toBe("ul1:");
    ann.types("x");
    const ben = person();
    ben.goes(0).types("## ");
    expect(ben.shows).toBe("h2:");
    ben.presses("Backspace");
    expect(ben.shows).toBe("## ");
  });
  it("never lets half a surrogate pair, U+FFFD or a control character through", () => {
    const ann = person(seeded("ab"));
    const half = String.fromCharCode(0xd83d);
    ann.view.dispatch(ann.view.state.tr.insertText(`x${half}y\u0007\ufffd\r\nz`, 2));
    expect(ann.shows).toBe("ax\u25a1y\u25a1\nzb");
  });
});

describe("an edit while votes are live", () => {
  const vote = { state: "BOR", name: "Borovia", at: "2026-11-22T13:55:00Z", live: true };
  it("is held until it is confirmed, and then made", async () => {
    const ann = person(seeded("Sealed?"));
    ann.votes = [vote];
    ann.goes(0, 0).types("X");
    expect(ann.shows).toBe("Sealed?");
    expect(ann.heard.asked).toEqual([[vote]]);
    await turn();
    expect(ann.shows).toBe("XSealed?");
    ann.types("Y");
    expect(ann.shows).toBe("XYSealed?");
    expect(ann.heard.asked).toHaveLength(1);
  });
  it("is not made when the person thinks better of it", async () => {
    const ann = person(seeded("Sealed?"));
    ann.votes = [vote];
    ann.answer = false;
    ann.goes(0, 0).types("X");
    await turn();
    expect(ann.shows).toBe("Sealed?");
    expect(ann.sent).toEqual([]);
  });
  it("is asked about again for a later vote, and for undo", async () => {
    const ann = person(seeded("Text"));
    ann.goes(0, 4).types("!");
    ann.votes = [vote];
    ann.presses("z", { ctrlKey: true });
    expect(ann.shows).toBe("Text!");
    await turn();
    expect(ann.shows).toBe("Text");
    ann.votes = [{ ...vote, at: "2026-11-22T14:10:00Z" }];
    ann.presses("y", { ctrlKey: true });
    expect(ann.heard.asked).toHaveLength(2);
    await turn();
  });
  it("asks nobody about what others type", () => {
    const seed = seeded("Text");
    const ann = person(seed);
    const ben = person(seed);
    ann.votes = [vote];
    ben.goes(0, 4).types(" of ours");
    settle(ann, ben);
    expect(ann.shows).toBe("Text of ours");
    expect(ann.heard.asked).toEqual([]);
  });
});
