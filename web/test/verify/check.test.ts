import { createHash, createPublicKey, verify as checked } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Case {
  name: string;
  package: string;
  problems: [string, string][];
}
interface Page {
  check(data: Uint8Array, by: object): Promise<{ problems: [string, string][] }>;
}
interface Library {
  verifyAsync(signature: Uint8Array, message: Uint8Array, key: Uint8Array, how: object): Promise<boolean>;
}

// plain scripts that lie in every package: no types of ours
const scripts = new URL("../../../revmod_live/portal/verify/", import.meta.url);
const { check } = (await import(/* @vite-ignore */ new URL("check.js", scripts).href)) as Page;
const { verifyAsync } = (await import(/* @vite-ignore */ new URL("ed25519.js", scripts).href)) as Library;
const vectors = new URL("../../../tests/vectors/packages.json", import.meta.url);
const cases = JSON.parse(readFileSync(vectors, "utf8")) as Case[];

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const sha256 = (data: Uint8Array): Uint8Array => createHash("sha256").update(data).digest();
const PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const verify = (signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean =>
  checked(
    null,
    message,
    createPublicKey({ key: Buffer.concat([PREFIX, key]), format: "der", type: "spki" }),
    signature,
  );

describe("the checking page names what was altered", () => {
  it.each(cases)("$name", async ({ package: data, problems }) => {
    expect((await check(bytes(data), { sha256, verify })).problems).toEqual(problems);
  });
});

describe("where the browser has no Ed25519", () => {
  const by = {
    sha256,
    verify: (signature: Uint8Array, message: Uint8Array, key: Uint8Array) =>
      verifyAsync(signature, message, key, { zip215: false }).catch(() => false),
  };
  const signed = cases.filter(({ name }) => /sealed|excerpt|manifest|key/.test(name));
  it.each(signed)("$name", async ({ package: data, problems }) => {
    expect((await check(bytes(data), by)).problems).toEqual(problems);
  });
});
