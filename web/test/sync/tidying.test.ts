import { expect, test } from "vitest";
import * as Y from "yjs";
import { Replica } from "../../src/sync/replica";

/** Two people at the same time: one takes the words away that the other makes bold. */
function boldWhatIsTakenAway(): Uint8Array[] {
  const ann = new Y.Doc();
  const block = new Y.XmlElement("para");
  const text = new Y.XmlText();
  ann.getXmlFragment("text").insert(0, [block]);
  block.insert(0, [text]);
  text.insert(0, "one two three");
  const begun = Y.encodeStateAsUpdate(ann);
  const ben = new Y.Doc();
  Y.applyUpdate(ben, begun);
  const before = Y.encodeStateVector(ann);
  text.format(4, 3, { strong: {} });
  const bold = Y.encodeStateAsUpdate(ann, before);
  const bens = (ben.getXmlFragment("text").get(0) as Y.XmlElement).get(0) as Y.XmlText;
  bens.delete(4, 4);
  return [begun, bold, Y.encodeStateAsUpdate(ben, before)];
}

test("marks that Yjs takes away by itself are told apart from what somebody typed", () => {
  const heard: boolean[] = [];
  const replica = new Replica(["text"], (_update, _doc, isTidying) => heard.push(isTidying));
  replica.belongTo("e");
  boldWhatIsTakenAway().forEach((update, index) => replica.confirm([update], index + 1));
  expect(heard).toEqual([true]);
  const text = (replica.doc.getXmlFragment("text").get(0) as Y.XmlElement).get(0) as Y.XmlText;
  text.insert(0, "typed ");
  expect(heard).toEqual([true, false]);
});
