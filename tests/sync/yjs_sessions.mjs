// Random sessions of real Yjs clients on one field, as a server would see them: what each pushes, in one order,
// always with what it builds on before it. Prints one line of JSON a session: the pushes, and the text that each
// client shows in the end.
// node yjs_sessions.mjs FIRST_SEED SESSIONS ACTS
import { createRequire } from "node:module";

const Y = createRequire(new URL("../../web/package.json", import.meta.url))("yjs");
const FIELD = "text";
const PIECES = ["a", "mot ", "été", "😀", "نص ", "条约", "é", "𠀋", "long piece of text ", "\t"];
const ATTRIBUTES = { kind: ["h2", "ul1", "ol2", "quote"], dir: ["rtl", "ltr"], align: ["center", "end"] };
const MARKS = { strong: [{}, null], em: [{}, null], underline: [{}, null], link: [{ href: "https://example.org/é" }, null] };

function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (n) => Math.floor(next() * n), of: (list) => list[Math.floor(next() * list.length)] };
}

class Client {
  constructor(id, log) {
    this.log = log;
    this.heard = 0;
    this.unsent = [];
    this.doc = new Y.Doc();
    this.doc.clientID = id;
    this.root = this.doc.getXmlFragment(FIELD);
    this.undo = new Y.UndoManager(this.root, { trackedOrigins: new Set(["me"]), captureTimeout: 0 });
    this.doc.on("update", (update, origin) => {
      if (origin !== "server") this.unsent.push(update);
    });
  }

  hear(count) {
    for (; count > 0 && this.heard < this.log.length; count--) {
      const [from, update] = this.log[this.heard++];
      if (from !== this) Y.applyUpdate(this.doc, update, "server");
    }
  }

  push(random) {
    if (this.unsent.length === 0) return;
    // What a reconnecting client sends again, a part of it known to the server already.
    const again = random.next() < 0.1;
    const update = again ? Y.encodeStateAsUpdate(this.doc) : Y.mergeUpdates(this.unsent);
    this.unsent = [];
    this.log.push([this, update]);
  }

  act(random) {
    this.doc.transact(() => this.edit(random), "me");
  }

  edit(random) {
    const { root } = this;
    const turn = random.next();
    if (root.length === 0 || turn < 0.08) {
      const block = new Y.XmlElement("para");
      const text = new Y.XmlText();
      root.insert(random.below(root.length + 1), [block]);
      if (random.next() < 0.5) block.setAttribute(...this.attribute(random));
      block.insert(0, [text]);
      text.insert(0, random.of(PIECES));
      return;
    }
    const at = random.below(root.length);
    const block = root.get(at);
    if (turn < 0.12) return void root.delete(at, Math.min(1 + random.below(2), root.length - at));
    if (turn < 0.2) return void block.setAttribute(...this.attribute(random));
    if (turn < 0.23) return void block.removeAttribute(random.of(Object.keys(ATTRIBUTES)));
    if (block.length === 0) return void block.insert(0, [new Y.XmlText()]);
    const text = block.get(random.below(block.length));
    const content = text.toDelta().map((piece) => piece.insert).join("");
    const stops = [0];
    for (const character of content) stops.push(stops.at(-1) + character.length);
    const from = random.below(stops.length);
    const to = Math.min(from + random.below(8), stops.length - 1);
    if (turn < 0.65 || from === to) return void text.insert(stops[from], random.of(PIECES), {});
    if (turn < 0.82) return void text.delete(stops[from], stops[to] - stops[from]);
    const mark = random.of(Object.keys(MARKS));
    text.format(stops[from], stops[to] - stops[from], { [mark]: random.of(MARKS[mark]) });
  }

  attribute(random) {
    const name = random.of(Object.keys(ATTRIBUTES));
    return [name, random.of(ATTRIBUTES[name])];
  }
}

const sorted = (object) => (object ? Object.fromEntries(Object.entries(object).sort()) : null);

function shown(doc) {
  const root = doc.getXmlFragment(FIELD);
  return root.toArray().map((block) => ({
    attributes: sorted(block.getAttributes()),
    pieces: block.toArray().flatMap((text) => text.toDelta().map((piece) => [piece.insert, sorted(piece.attributes)])),
  }));
}

function session(seed, acts) {
  const random = chance(seed);
  const log = [];
  const clients = Array.from({ length: 2 + random.below(4) }, (_, n) => new Client(seed * 100_003 + n * 7 + 1, log));
  for (let act = 0; act < acts; act++) {
    const client = random.of(clients);
    const turn = random.next();
    if (turn < 0.2) client.hear(1 + random.below(10));
    else if (turn < 0.4) client.push(random);
    else if (turn < 0.46) client.undo.undo();
    else if (turn < 0.5) client.undo.redo();
    else client.act(random);
  }
  for (const client of clients) client.push(random);
  for (const client of clients) client.hear(Infinity);
  const pushes = log.map(([from, update]) => [from.doc.clientID, Buffer.from(update).toString("base64")]);
  return { seed, pushes, shown: clients.map(({ doc }) => shown(doc)) };
}

const [first, sessions, acts] = process.argv.slice(2).map(Number);
for (let seed = first; seed < first + sessions; seed++) console.log(JSON.stringify(session(seed, acts)));
