import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { missing, readPolicy, type Policy } from "../../src/elements/password-policy";

const VECTORS = JSON.parse(readFileSync(new URL("../../../tests/vectors/passwords.json", import.meta.url), "utf-8")) as {
  policy: Policy;
  cases: { password: string; unmet: string[] }[];
};

describe("what a password needs", () => {
  it.each(VECTORS.cases)("the browser finds the same rules unmet as the server: $password", ({ password, unmet }) => {
    const lacks = missing(password, VECTORS.policy);
    expect(Object.keys(lacks).filter((rule) => (lacks[rule] ?? 0) > 0)).toEqual(unmet);
  });

  it("says how many signs are missing", () => {
    expect(missing("Ab1!", VECTORS.policy)).toMatchObject({ "too-short": 8, "few-lower": 2, "few-upper": 2, "few-digits": 2, "few-special": 2 });
  });

  it("does nothing with a policy that it cannot read", () => {
    expect(readPolicy("{")).toBeNull();
    expect(readPolicy("{}")).toBeNull();
  });
});
