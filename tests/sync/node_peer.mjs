// Replicas of real Yjs, driven from a test: one line of JSON in, one line of JSON out.
//   {"do":"new","id":1,"client":7}          a replica with this Yjs client id
//   {"do":"act","id":1,"seed":42}           one random edit of text, blocks or marks
//   {"do":"apply","id":1,"update":"…"}      an update (base64), as the server sends it; what Yjs then tidies
//                                           up by itself (marks that have become void) comes back as "own"
//   {"do":"state","id":1} · {"do":"update","id":1,"since":"…"}
//   {"do":"pending","id":1}                 whether anything waits for what never came
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const Y = createRequire(new URL("../../web/package.json", import.meta.url))("yjs");
const FIELD = "text";
const PIECES = ["a", "mot ", "été", "😀", "نص ", "条约", "é", "𠀋", "a longer piece of text ", "\t"];
const ATTRIBUTES = { kind: ["h2", "ul1", "ol2", "quote"], dir: ["rtl", "ltr"], align: ["center", "end"] };
const MARKS = { strong: [{}, null], em: [{}, null], underline: [{}, null], link: [{ href: "https://example.org/é" }, null] };
const docs = new Map();
const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64"));
const coded = (data) => Buffer.from(data).toString("base64");

function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  return { below: (n) => Math.floor(next() * n), of: (list) => list[Math.floor(next() * list.length)] };
}

// A place between characters, never within a surrogate pair: an editor does not cut an emoji in half.
function place(text, from, pick) {
  let at = from + pick.below(text.length - from + 1);
  if (at > 0 && at < text.length && /[\uDC00-\uDFFF]/.test(text[at])) at += 1;
  return at;
}

function act(doc, pick) {
  const root = doc.getXmlFragment(FIELD);
  doc.transact(() => {
    const what = root.length === 0 ? 0 : pick.below(10);
    if (what === 0) {
      const block = new Y.XmlElement("para");
      const text = new Y.XmlText();
      text.insert(0, pick.of(PIECES));
      block.insert(0, [text]);
      root.insert(pick.below(root.length + 1), [block]);
      return;
    }
    const block = root.get(pick.below(root.length));
    if (what === 1 && root.length > 1) return void root.delete(pick.below(root.length), 1);
    if (what === 2) {
      const name = pick.of(Object.keys(ATTRIBUTES));
      return void block.setAttribute(name, pick.of(ATTRIBUTES[name]));
    }
    const run = block.length > 0 ? block.get(0) : null;
    if (run === null) return;
    const plain = run.toDelta().map((piece) => piece.insert).join("");
    const from = place(plain, 0, pick);
    const to = place(plain, from, pick);
    if (what === 3 && to > from) return void run.delete(from, to - from);
    if (what === 4 && to > from) {
      const name = pick.of(Object.keys(MARKS));
      return void run.format(from, to - from, { [name]: pick.of(MARKS[name]) });
    }
    run.insert(from, pick.of(PIECES));
  });
}

const answers = {
  new: ({ id, client }) => {
    const doc = new Y.Doc();
    doc.clientID = client;
    doc.own = [];
    doc.on("update", (update, origin) => {
      if (doc.isApplying && origin !== "server") doc.own.push(update);
    });
    docs.set(id, doc);
    return {};
  },
  act: ({ id, seed }) => (act(docs.get(id), chance(seed)), {}),
  apply: ({ id, update }) => {
    const doc = docs.get(id);
    doc.isApplying = true;
    Y.applyUpdate(doc, bytes(update), "server");
    doc.isApplying = false;
    return { own: doc.own.splice(0).map(coded) };
  },
  state: ({ id }) => ({ data: coded(Y.encodeStateVector(docs.get(id))) }),
  update: ({ id, since }) => ({ data: coded(Y.encodeStateAsUpdate(docs.get(id), since ? bytes(since) : undefined)) }),
  pending: ({ id }) => ({ is: docs.get(id).store.pendingStructs !== null || docs.get(id).store.pendingDs !== null }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(answers[asked.do](asked))}\n`);
}
