// @vitest-environment happy-dom
import { TextSelection } from "prosemirror-state";
import { afterEach, describe, expect, it } from "vitest";
import { changeLevel, newBlock, setAlign, setKind, setLink, toggleDir, toggleEm, toggleList, toggleStrong } from "../../src/editor/commands";
import { KINDS } from "../../src/editor/schema";
import { redo, undo } from "../../src/editor/undo";
import { Person, seeded, settle } from "./bench";

const SESSIONS = process.env["REVMOD_DEEP"] ? 300 : 25;
const ACTS = 60;

/** A small generator of its own, so that a failing session repeats from its number. */
function chance(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

const WORDS = ["State party", "\u0627\u0644\u062f\u0648\u0644\u0629", "\u7f14\u7ea6\u56fd", "e\u0301", "\u{1f30d}", " ", "\u00a0"];

function act(person: Person, pick: (below: number) => number): void {
  const { state } = person.view;
  const size = state.doc.content.size;
  const from = Math.min(1 + pick(size), size - 1);
  const to = pick(3) === 0 ? Math.min(from + pick(8), size - 1) : from;
  person.view.dispatch(state.tr.setSelection(TextSelection.between(state.doc.resolve(from), state.doc.resolve(to))));
  const word = WORDS[pick(WORDS.length)] ?? "x";
  const commands = [
    setKind(KINDS[pick(KINDS.length)] ?? null),
    setKind(null),
    toggleList("ul"),
    toggleList("ol"),
    changeLevel(1),
    changeLevel(-1),
    toggleStrong,
    toggleEm,
    toggleDir("rtl"),
    setAlign("justify"),
    setLink("https://un.org"),
    newBlock,
    undo,
    redo,
  ];
  const which = pick(commands.length + 10);
  const command = commands[which];
  if (command !== undefined) person.does(command);
  else if (which % 4 === 0) person.view.dispatch(person.view.state.tr.deleteSelection());
  else if (which % 4 === 1) person.presses("Backspace");
  else person.types(word);
}

describe("several people typing at once", () => {
  const present: Person[] = [];
  afterEach(() => {
    for (const somebody of present.splice(0)) somebody.leaves();
  });
  it.each(Array.from({ length: SESSIONS }, (_, session) => session + 1))("end with the same text on every screen: session %i", (session) => {
    const pick = chance(session);
    const seed = seeded("One paragraph of the text.", "Another one, which is longer than the first.", "Third");
    const people = Array.from({ length: 2 + pick(3) }, () => new Person(seed));
    present.push(...people);
    for (let count = 0; count < ACTS; count += 1) {
      const somebody = people[pick(people.length)];
      if (somebody !== undefined) act(somebody, pick);
      if (pick(6) === 0) settle(...people);
    }
    for (let round = 0; round < 4; round += 1) settle(...people);
    const [first, ...others] = people.map((person) => JSON.stringify(person.view.state.doc.toJSON()));
    const shared = people.map((person) => person.fragment.toString());
    expect(new Set(shared).size).toBe(1);
    for (const other of others) expect(other).toBe(first);
  });
});
