/**
 * The JSON payloads of `revmod.1` ↔ values, parsed once and strictly at the edge; an unknown key is ignored, so that
 * a later server may say more. Knows no frame types.
 */
import { DENIED_REASONS, REFUSE_CODES } from "./frames";
import type { ClaimShown, DeniedReason, DigestAt, Late, Meta, OpenSection, RefuseCode, VoteShown } from "./frames";
import { Malformed } from "./malformed";

export type Json = Readonly<Record<string, unknown>>;

/** The JSON object in `payload`. */
export function asJson(payload: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch (error) {
    throw new Malformed("not JSON", { cause: error });
  }
  return object(value, "payload");
}

/** The payload of Open on a section. */
export function openBody(frame: OpenSection): Json {
  return {
    v: 1,
    schema: frame.schema,
    epoch: frame.epoch,
    outbox: frame.outbox,
    client: frame.client,
    resume: frame.resume,
    ...(frame.diverged === null ? {} : { diverged: frame.diverged }),
  };
}

export function openSection(body: Json): OpenSection {
  return {
    type: "open-section",
    schema: number(body["schema"], "schema"),
    epoch: textOrNull(body["epoch"], "epoch"),
    outbox: text(body["outbox"], "outbox"),
    client: number(body["client"], "client"),
    resume: body["resume"] === undefined ? false : flag(body["resume"], "resume"),
    diverged: textOrNull(body["diverged"], "diverged"),
  };
}

/** The JSON part of Late. */
export function lateBody(frame: Late): Json {
  return {
    id: frame.id,
    code: frame.code,
    epoch: frame.epoch,
    base: toBase64(frame.base),
    before: frame.before,
    after: frame.after,
  };
}

export function late(seq: number, update: Uint8Array, body: Json): Late {
  return {
    type: "late",
    seq,
    update,
    id: text(body["id"], "id"),
    code: text(body["code"], "code"),
    epoch: textOrNull(body["epoch"], "epoch"),
    base: fromBase64(text(body["base"], "base")),
    before: text(body["before"], "before"),
    after: text(body["after"], "after"),
  };
}

/** The payload of Meta. */
export function meta(body: Json): Meta {
  const step = object(body["step"], "step");
  return {
    type: "meta",
    epoch: text(body["epoch"], "epoch"),
    schema: number(body["schema"], "schema"),
    rev: number(body["rev"], "rev"),
    seq: number(body["seq"], "seq"),
    mode: oneOf(["write", "read"] as const, body["mode"], "mode"),
    why: oneOf(["ok", "claim", "frozen", "role"] as const, body["why"], "why"),
    claims: list(body["claims"], "claims").map(claim),
    step: {
      state: text(step["state"], "state"),
      votes: list(step["votes"], "votes").map(vote),
      digest: textOrNull(step["digest"], "digest"),
    },
    digest: digestAt(body["digest"]),
    n: number(body["n"], "n"),
  };
}

export function metaBody(frame: Meta): Json {
  const { type: _type, ...body } = frame;
  return body;
}

export function refuseCode(word: string): RefuseCode {
  return oneOf(REFUSE_CODES, word, "code");
}

export function deniedReason(word: string): DeniedReason {
  return oneOf(DENIED_REASONS, word, "reason");
}

export function text(value: unknown, place: string): string {
  if (typeof value !== "string") throw new Malformed(`not a text: ${place}`);
  return value;
}

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}

export function fromBase64(encoded: string): Uint8Array {
  try {
    return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  } catch (error) {
    throw new Malformed("not base64", { cause: error });
  }
}

function claim(value: unknown): ClaimShown {
  const body = object(value, "claim");
  return {
    account: text(body["account"], "account"),
    name: text(body["name"], "name"),
    state: text(body["state"], "state"),
    since: text(body["since"], "since"),
    alone: flag(body["alone"], "alone"),
    offline: flag(body["offline"], "offline"),
  };
}

function vote(value: unknown): VoteShown {
  const body = object(value, "vote");
  return {
    state: text(body["state"], "state"),
    name: text(body["name"], "name"),
    at: text(body["at"], "at"),
    live: flag(body["live"], "live"),
  };
}

function digestAt(value: unknown): DigestAt | null {
  if (value === null || value === undefined) return null;
  const body = object(value, "digest");
  return { rev: number(body["rev"], "rev"), hex: text(body["hex"], "hex") };
}

function textOrNull(value: unknown, place: string): string | null {
  return value === null || value === undefined ? null : text(value, place);
}

function number(value: unknown, place: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Malformed(`not a whole number: ${place}`);
  return value as number;
}

function flag(value: unknown, place: string): boolean {
  if (typeof value !== "boolean") throw new Malformed(`neither true nor false: ${place}`);
  return value;
}

function object(value: unknown, place: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Malformed(`not an object: ${place}`);
  }
  return value as Json;
}

function list(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Malformed(`not a list: ${place}`);
  return value;
}

function oneOf<T extends string>(words: readonly T[], value: unknown, place: string): T {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new Malformed(`not a known word: ${place}`);
  return found;
}
