/**
 * Bytes ↔ frames of `revmod.1`: the one codec of the browser, both ways, proved on `tests/vectors/wire.json`.
 *
 * A frame is `varstring name · varuint type · payload`; a message holds one or several. Ping and Pong are one bare
 * byte, 9 and 10: no name has 9 or 10 bytes. Updates and presence stay bytes here. Knows no socket and no section.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

import type { ClientFrame, Frame, Named, ServerFrame } from "./frames";
import { asJson, late, lateBody, meta, metaBody, openBody, openSection, refuseCode, deniedReason, text } from "./json";
import { Malformed } from "./malformed";

const SYNC = 0;
const PRESENCE = 1;
const OPEN = 2;
const NOTICE = 5;
const CLOSE = 7;
const PING = 9;
const PONG = 10;
const PUSH = 32;
const ACK = 33;
const REFUSE = 34;
const META = 36;
const LATE = 37;
const UPDATES = 38;

const NAME = /^(?:[sp]:(?:[A-Za-z0-9_-]{1,6}|[A-Za-z0-9_-]{9,64}))?$/u;

/** The frames of a message from the server, in order. Throws Malformed for anything else. */
export function decode(message: Uint8Array): Named<ServerFrame>[] {
  return decodeAll(message, serverFrame);
}

/** The frames of a message from a client: for servers in tests. */
export function decodeClient(message: Uint8Array): Named<ClientFrame>[] {
  return decodeAll(message, clientFrame);
}

/** One frame as bytes. A message is such frames joined. */
export function encode(name: string, frame: Frame): Uint8Array {
  const out = encoding.createEncoder();
  if (frame.type === "ping" || frame.type === "pong") {
    encoding.writeVarUint(out, frame.type === "ping" ? PING : PONG);
    return encoding.toUint8Array(out);
  }
  encoding.writeVarString(out, name);
  writePayload(out, frame);
  return encoding.toUint8Array(out);
}

function writePayload(out: encoding.Encoder, frame: Exclude<Frame, { type: "ping" | "pong" }>): void {
  const number = (value: number): void => encoding.writeVarUint(out, value);
  const bytes = (value: Uint8Array): void => encoding.writeVarUint8Array(out, value);
  const string = (value: string): void => encoding.writeVarString(out, value);
  const json = (value: unknown): void => encoding.writeVarString(out, JSON.stringify(value));

  switch (frame.type) {
    case "open-section":
      number(OPEN), number(0), json(openBody(frame));
      return;
    case "open-page":
      number(OPEN), number(0), json({ v: 1 });
      return;
    case "sync-step-1":
      number(SYNC), number(0), bytes(frame.stateVector);
      return;
    case "push":
      number(PUSH), number(frame.seq), bytes(frame.update), encoding.writeVarInt(out, frame.deviceTimeMs);
      return;
    case "late":
      number(LATE), number(frame.seq), bytes(frame.update), json(lateBody(frame));
      return;
    case "presence":
      number(PRESENCE), bytes(frame.payload);
      return;
    case "close":
      number(CLOSE), string(frame.reason);
      return;
    case "opened":
      number(OPEN), number(2), string(frame.scope);
      return;
    case "denied":
      number(OPEN), number(1), string(frame.reason);
      return;
    case "meta":
      number(META), json(metaBody(frame));
      return;
    case "sync-step-2":
      number(SYNC), number(1), bytes(frame.update);
      return;
    case "updates":
      number(UPDATES), number(frame.rev), number(frame.updates.length), frame.updates.forEach(bytes);
      return;
    case "ack":
      number(ACK), number(frame.seq), number(frame.rev);
      return;
    case "refuse":
      number(REFUSE), number(frame.seq), string(frame.code), json(frame.detail);
      return;
    case "notice":
      number(NOTICE), json({ kind: frame.kind, ...frame.body });
      return;
    default:
      frame satisfies never;
  }
}

type Read = decoding.Decoder;

function decodeAll<F extends Frame>(message: Uint8Array, one: (read: Read, name: string) => F): Named<F>[] {
  if (message.length === 0) throw new Malformed("an empty message");
  const read = decoding.createDecoder(message);
  const frames: Named<F>[] = [];
  try {
    while (decoding.hasContent(read)) {
      const first = message[read.pos];
      const name = first === PING || first === PONG ? "" : decoding.readVarString(read);
      if (!NAME.test(name)) throw new Malformed("not a name");
      frames.push({ name, frame: one(read, name) });
    }
  } catch (error) {
    if (error instanceof Malformed) throw error;
    // lib0 throws errors of several kinds at the end of its bytes.
    throw new Malformed("bytes that are no frame", { cause: error });
  }
  return frames;
}

function serverFrame(read: Read, name: string): ServerFrame {
  const type = decoding.readVarUint(read);
  switch (type) {
    case SYNC:
      expect(read, 1);
      return { type: "sync-step-2", update: blob(read) };
    case PRESENCE:
      return { type: "presence", payload: blob(read) };
    case OPEN:
      return answer(read);
    case NOTICE: {
      const { kind, ...body } = asJson(decoding.readVarString(read));
      return { type: "notice", kind: text(kind, "kind"), body };
    }
    case CLOSE:
      return { type: "close", reason: reason(read) };
    case ACK:
      return { type: "ack", seq: decoding.readVarUint(read), rev: decoding.readVarUint(read) };
    case REFUSE:
      return {
        type: "refuse",
        seq: decoding.readVarUint(read),
        code: refuseCode(decoding.readVarString(read)),
        detail: asJson(decoding.readVarString(read)),
      };
    case META:
      return meta(asJson(decoding.readVarString(read)));
    case UPDATES: {
      const rev = decoding.readVarUint(read);
      const count = decoding.readVarUint(read);
      if (count > read.arr.length - read.pos) throw new Malformed("more updates than bytes");
      return { type: "updates", rev, updates: Array.from({ length: count }, () => blob(read)) };
    }
    case PING:
      if (name === "") return { type: "ping" };
      break;
    default:
  }
  throw new Malformed(`no frame of type ${String(type)} comes from a server`);
}

function clientFrame(read: Read, name: string): ClientFrame {
  const type = decoding.readVarUint(read);
  switch (type) {
    case SYNC:
      expect(read, 0);
      return { type: "sync-step-1", stateVector: blob(read) };
    case PRESENCE:
      return { type: "presence", payload: blob(read) };
    case OPEN: {
      expect(read, 0);
      const body = asJson(decoding.readVarString(read));
      return name.startsWith("p:") ? { type: "open-page" } : openSection(body);
    }
    case CLOSE:
      return { type: "close", reason: reason(read) };
    case PUSH:
      return {
        type: "push",
        seq: decoding.readVarUint(read),
        update: blob(read),
        deviceTimeMs: decoding.readVarInt(read),
      };
    case LATE: {
      const seq = decoding.readVarUint(read);
      const update = blob(read);
      return late(seq, update, asJson(decoding.readVarString(read)));
    }
    case PONG:
      if (name === "") return { type: "pong" };
      break;
    default:
  }
  throw new Malformed(`no frame of type ${String(type)} comes from a client`);
}

function answer(read: Read): ServerFrame {
  const which = decoding.readVarUint(read);
  const word = decoding.readVarString(read);
  if (which === 2) return { type: "opened", scope: word };
  if (which === 1) return { type: "denied", reason: deniedReason(word) };
  throw new Malformed("neither Opened nor Denied");
}

/** "or nothing" can only be the end of the message. */
function reason(read: Read): string {
  return decoding.hasContent(read) ? decoding.readVarString(read) : "";
}

function expect(read: Read, number: number): void {
  if (decoding.readVarUint(read) !== number) throw new Malformed("not the sub-type for this direction");
}

/** A copy: the message's buffer must not live as long as one update in it. */
function blob(read: Read): Uint8Array {
  const length = decoding.readVarUint(read);
  if (length > read.arr.length - read.pos) throw new Malformed("fewer bytes than declared");
  return decoding.readUint8Array(read, length).slice();
}
