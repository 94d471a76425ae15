import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { decode, decodeClient, encode } from "../../src/wire/codec";
import type { Frame } from "../../src/wire/frames";
import { Malformed } from "../../src/wire/malformed";

interface FrameVector {
  description: string;
  direction: "c2s" | "s2c";
  name: string;
  hex: string;
  frame: { type: string; [key: string]: unknown };
}
interface MessageVector {
  description: string;
  direction: "c2s" | "s2c";
  hex: string;
  types: string[];
}
const vectors = JSON.parse(
  readFileSync(new URL("../../../tests/vectors/wire.json", import.meta.url), "utf8"),
) as { frames: FrameVector[]; messages: MessageVector[] };

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../gu) ?? [], (pair) => parseInt(pair, 16));
const hexOf = (value: Uint8Array): string => Buffer.from(value).toString("hex");

/** The vectors say OpenSection, state_vector and hexadecimal bytes; we say open-section, stateVector and bytes. */
function asVector(frame: Frame): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(frame)) {
    const name = key === "deviceTimeMs" ? "device_time_ms" : key === "stateVector" ? "state_vector" : key;
    out[name] =
      value instanceof Uint8Array
        ? hexOf(value)
        : Array.isArray(value) && value[0] instanceof Uint8Array
          ? (value as Uint8Array[]).map(hexOf)
          : value;
  }
  out["type"] = typeName(frame.type);
  return out;
}

function typeName(type: string): string {
  return type.replace(/(?:^|-)(\w)/gu, (_whole, letter: string) => letter.toUpperCase());
}

const parse = (direction: string): ((message: Uint8Array) => { name: string; frame: Frame }[]) =>
  direction === "s2c" ? decode : decodeClient;

describe("the shared vectors", () => {
  test.each(vectors.frames)("$direction: $description, read", (vector) => {
    const [one, ...more] = parse(vector.direction)(bytes(vector.hex));
    expect(more).toEqual([]);
    expect(one?.name).toBe(vector.name);
    expect(asVector(one?.frame as Frame)).toEqual(vector.frame);
  });

  test.each(vectors.frames)("$direction: $description, written", (vector) => {
    const [one] = parse(vector.direction)(bytes(vector.hex));
    expect(hexOf(encode(vector.name, one?.frame as Frame))).toBe(vector.hex);
  });

  test.each(vectors.messages)("$direction: $description", (vector) => {
    const frames = parse(vector.direction)(bytes(vector.hex));
    expect(frames.map(({ frame }) => typeName(frame.type))).toEqual(vector.types);
  });
});

describe("what is no frame", () => {
  test("an empty message, a cut one, and one with bytes left over are malformed", () => {
    expect(() => decode(new Uint8Array())).toThrow(Malformed);
    for (const { hex, direction } of vectors.frames) {
      const whole = bytes(hex);
      for (let end = 1; end < whole.length - 1; end += 7) {
        try {
          parse(direction)(whole.subarray(0, end));
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
      }
      expect(() => parse(direction)(Uint8Array.from([...whole, 255]))).toThrow(Malformed);
    }
  });

  test("a count of updates beyond the bytes is refused before anything is made of it", () => {
    expect(() => decode(bytes("0473" + "3a6162" + "26" + "01" + "ffffffff0f"))).toThrow(Malformed);
  });
});
