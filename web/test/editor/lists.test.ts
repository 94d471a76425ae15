import { describe, expect, it } from "vitest";
import { listItems, marker } from "../../src/editor/list-items";

const places = (...kinds: (string | null)[]): string[] =>
  [...listItems(kinds)].toSorted(([a], [b]) => a - b).map(([, item]) => `${item.style}${item.level} ${item.position}/${item.size} ${marker(item)}`);

describe("the place of a flat list item", () => {
  it("counts a list on past deeper items", () => {
    expect(places("ol1", "ol2", "ol2", "ol1")).toEqual(["ol1 1/2 1.", "ol2 1/2 a.", "ol2 2/2 b.", "ol1 2/2 2."]);
  });
  it("begins a new list after a paragraph, another style or a shallower item", () => {
    expect(places("ol1", null, "ol1", "ul1", "ol1").map((place) => place.slice(0, 7))).toEqual(["ol1 1/1", "ol1 1/1", "ul1 1/1", "ol1 1/1"]);
    expect(places("ol2", "ol1", "ol2").map((place) => place.slice(0, 7))).toEqual(["ol2 1/1", "ol1 1/1", "ol2 1/1"]);
  });
  it("writes each level in its own way", () => {
    const item = { style: "ol", position: 28, size: 30 } as const;
    expect([1, 2, 3, 4].map((level) => marker({ ...item, level }))).toEqual(["28.", "ab.", "xxviii.", "28)"]);
  });
});
