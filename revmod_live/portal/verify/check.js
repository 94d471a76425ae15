// Whether a package is as it was sealed: the checks of `revmod_live/docs/export/checking.py`, in a browser.
// Both are held to `tests/vectors/packages.json`. Needs SHA-256 and an Ed25519 check handed in, nothing else.

const FIRST = ["manifest.json", "manifest.sig", "public-key.txt"];
const HEX = /^[0-9a-f]{64}$/;
const SHAPE = {
  v: "number",
  kind: "string",
  review: "string",
  phase: "number",
  step: "string",
  n: "number",
  sealed: "string",
  instruments: "list",
  whole: "boolean",
  digest: "string",
  digests: "object",
  settings: "object null",
  key: "string",
  files: "object",
};
const utf8 = new TextEncoder();
const text = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (digits) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
const kind = (value) => (value === null ? "null" : Array.isArray(value) ? "list" : typeof value);

function join(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const same = (one, other) => one.length === other.length && one.every((byte, i) => byte === other[i]);

// ---------------------------------------------------------------- the container

const CRC = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

function little(...fields) {
  const bytes = [];
  for (const [width, value] of fields) for (let i = 0; i < width; i++) bytes.push((value / 256 ** i) & 0xff);
  return Uint8Array.from(bytes);
}

/** The container of these entries, `[name, bytes]` each, in this order. */
export function write(entries) {
  const body = [];
  const directory = [];
  let at = 0;
  for (const [name, bytes] of entries) {
    const path = utf8.encode(name);
    const common = [[2, 20], [2, 0x0800], [2, 0], [2, 0], [2, 0x21], [4, crc32(bytes)], [4, bytes.length],
      [4, bytes.length], [2, path.length], [2, 0]];
    const head = little([4, 0x04034b50], ...common);
    body.push(head, path, bytes);
    directory.push(little([4, 0x02014b50], [2, (3 << 8) | 20], ...common, [2, 0], [2, 0], [2, 0],
      [4, 0o100644 * 65536], [4, at]), path);
    at += head.length + path.length + bytes.length;
  }
  const listed = join(directory);
  const count = entries.length;
  return join([...body, listed, little([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count],
    [4, listed.length], [4, at], [2, 0])]);
}

/** The entries; null where they cannot be read. */
export function read(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const entries = [];
  let at = 0;
  while (at + 4 <= data.length && view.getUint32(at, true) === 0x04034b50) {
    if (entries.length === 0xffff || data.length < at + 30) return null;
    const short = (offset) => view.getUint16(at + offset, true);
    const size = view.getUint32(at + 22, true);
    const start = at + 30 + short(26) + short(28);
    const packed = view.getUint32(at + 18, true);
    if (short(8) !== 0 || short(6) & 0x0009 || packed !== size || start + size > data.length) return null;
    try {
      entries.push([text(data.subarray(at + 30, at + 30 + short(26))), data.slice(start, start + size)]);
    } catch {
      return null;
    }
    at = start + size;
  }
  return entries.length ? entries : null;
}

// ---------------------------------------------------------------- canonical JSON

/** RFC 8785. */
export function jcs(value) {
  if (Array.isArray(value)) return `[${value.map(jcs).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${jcs(value[name])}`).join(",")}}`;
}

/** The value of canonical JSON; undefined for any other bytes. */
function parse(bytes) {
  try {
    const written = text(bytes);
    const value = JSON.parse(written);
    return jcs(value) === written ? value : undefined;
  } catch {
    return undefined;
  }
}

// ---------------------------------------------------------------- the checks

/**
 * What came of checking: `{manifest, problems}`; each problem is `[code, name]`.
 * sha256(bytes) → bytes; verify(signature, message, publicKey) → boolean. Never throws for any bytes.
 */
export async function check(data, { sha256, verify }) {
  const entries = read(data);
  if (entries === null) return { manifest: null, problems: [["unreadable", ""]] };
  const names = entries.map(([name]) => name);
  const files = new Map(entries);
  const digest = async (bytes) => hex(await sha256(bytes));
  const problems = [...files.keys()]
    .filter((name) => names.indexOf(name) !== names.lastIndexOf(name))
    .map((name) => ["twice", name]);
  const manifest = manifestOf(files.get(FIRST[0]));
  if (manifest === null) {
    return { manifest, problems: [[files.has(FIRST[0]) ? "altered" : "missing", FIRST[0]], ...problems] };
  }
  problems.push(...(await signature(files, manifest, { digest, verify })));
  for (const name of Object.keys(manifest.files).sort()) {
    if (!files.has(name)) problems.push(["missing", name]);
    else if ((await digest(files.get(name))) !== manifest.files[name]) problems.push(["altered", name]);
  }
  for (const name of [...files.keys()].sort()) {
    if (!has(manifest.files, name) && !FIRST.includes(name)) problems.push(["added", name]);
  }
  if (problems.length) return { manifest, problems };
  const due = [...FIRST, ...Object.keys(manifest.files).sort()];
  const astray = names.find((name, i) => name !== due[i]);
  if (astray !== undefined) problems.push(["order", astray]);
  problems.push(...(await texts(files, manifest, digest)));
  problems.push(...(await settings(files, manifest, digest)));
  problems.push(...(await votes(files, manifest, verify)));
  if (!problems.length && !same(write(entries), data)) problems.push(["container", ""]);
  return { manifest, problems };
}

function manifestOf(bytes) {
  const tree = bytes && parse(bytes);
  if (!tree || kind(tree) !== "object") return null;
  const due = Object.keys(SHAPE).sort().join();
  if (Object.keys(tree).sort().join() !== due) return null;
  if (Object.keys(SHAPE).some((name) => !SHAPE[name].split(" ").includes(kind(tree[name])))) return null;
  if (tree.v !== 1 || tree.kind !== "revmod.package") return null;
  if (!tree.instruments.every((one) => typeof one === "string")) return null;
  const digests = [...Object.values(tree.files), ...Object.values(tree.digests), tree.digest, tree.key];
  return digests.every((one) => typeof one === "string" && HEX.test(one)) ? tree : null;
}

function publicKey(files) {
  const written = new TextDecoder().decode(files.get(FIRST[2]));
  return /^[0-9a-f]{64}\n$/.test(written) ? unhex(written.trim()) : null;
}

async function signature(files, manifest, { digest, verify }) {
  const lacking = FIRST.slice(1).filter((name) => !files.has(name));
  if (lacking.length) return lacking.map((name) => ["missing", name]);
  const key = publicKey(files);
  if (key === null || (await digest(key)) !== manifest.key) return [["key", FIRST[2]]];
  const signed = join([utf8.encode("revmod.package.1\n"), files.get(FIRST[0])]);
  const written = new TextDecoder().decode(files.get(FIRST[1]));
  const good = /^[0-9a-f]{128}\n$/.test(written) && (await verify(unhex(written.trim()), signed, key));
  return good ? [] : [["signature", FIRST[0]]];
}

const linesOf = (head, sections) =>
  [...head, ...sections.map(([key, digest]) => `section ${key} ${digest}`)].map((line) => `${line}\n`).join("");

async function texts(files, manifest, digest) {
  const problems = [];
  const sections = [];
  for (const name of Object.keys(manifest.files).sort()) {
    if (!name.startsWith("sections/")) continue;
    const key = name.slice("sections/".length).replace(/\.json$/, "");
    const tree = parse(files.get(name));
    if (tree?.section !== key || !manifest.instruments.includes(key.split("/")[1])) problems.push(["text", name]);
    else sections.push([key, await digest(join([utf8.encode("revmod.section.1\n"), files.get(name)]))]);
  }
  if (problems.length) return problems;
  sections.sort(([one], [other]) => (one < other ? -1 : 1));
  const place = `${manifest.review} ${manifest.phase} ${manifest.step}`;
  const due = manifest.instruments.map((one) => [
    `digests/${one}.txt`,
    linesOf(["revmod.instrument.1", `${place} ${one}`], sections.filter(([key]) => key.split("/")[1] === one)),
    manifest.digests[one],
  ]);
  if (manifest.whole) due.push(["digests/step.txt", linesOf(["revmod.step.1", place], sections), manifest.digest]);
  for (const [name, lines, agreed] of due) {
    const bytes = utf8.encode(lines);
    const is = files.get(name);
    if (!is || !same(is, bytes) || (await digest(bytes)) !== agreed) problems.push(["text", name]);
  }
  return problems;
}

async function settings(files, manifest, digest) {
  if (manifest.settings === null) return [];
  const nothing = new Uint8Array();
  const kept = files.get("settings.json") ?? nothing;
  const lines = files.get("digests/settings.txt") ?? nothing;
  const own = await digest(join([utf8.encode("revmod.settings.1\n"), kept]));
  const due = linesOf(["revmod.step.1", `${manifest.review} ${manifest.phase} 0`], [["0/settings", own]]);
  const good = same(lines, utf8.encode(due)) && (await digest(lines)) === manifest.settings.digest;
  return good ? [] : [["text", "settings.json"]];
}

async function votes(files, manifest, verify) {
  const listed = parse(files.get("votes.json") ?? new Uint8Array())?.votes;
  if (!Array.isArray(listed)) return [["votes", "votes.json"]];
  const problems = [];
  const given = new Set();
  for (const one of listed) {
    const name = one?.receipt ?? null;
    if (name !== null) given.add(String(name));
    if (kind(one?.vote) !== "object" || !isOnThis(one.vote, manifest)) problems.push(["votes", "votes.json"]);
    else if (name !== null && !(await isReceipt(files.get(String(name)), one.vote, manifest, files, verify))) {
      problems.push(["receipt", String(name)]);
    }
  }
  for (const name of Object.keys(manifest.files).sort()) {
    if (name.startsWith("receipts/") && !given.has(name)) problems.push(["receipt", name]);
  }
  return problems;
}

async function isReceipt(bytes, vote, manifest, files, verify) {
  const tree = bytes && parse(bytes);
  if (!tree || Object.keys(tree).sort().join() !== "key,signature,v,vote" || tree.v !== 1) return false;
  if (tree.key !== manifest.key || jcs(tree.vote) !== jcs(vote)) return false;
  if (!/^[0-9a-f]{128}$/.test(tree.signature)) return false;
  return verify(unhex(tree.signature), utf8.encode(jcs(tree.vote)), publicKey(files));
}

function isOnThis(vote, manifest) {
  if (["review", "phase", "step", "n"].some((name) => vote[name] !== manifest[name])) return false;
  if (vote.digests === undefined) return vote.digest === manifest.digest;
  // of instruments that are not in an excerpt there is nothing to compare with
  return (
    kind(vote.digests) === "object" &&
    Object.entries(vote.digests).every(([one, digest]) => (manifest.digests[one] ?? digest) === digest)
  );
}
