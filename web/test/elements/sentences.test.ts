import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import ar from "../../src/i18n/ar.json" with { type: "json" };
import en from "../../src/i18n/en.json" with { type: "json" };
import { TOOL_NAMES } from "../../src/elements/toolbar-tools";

const SOURCES = new URL("../../src/", import.meta.url).pathname;

function* sources(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (path.endsWith(".ts") && !path.endsWith("i18n/messages.ts")) yield readFileSync(path, "utf8");
  }
}

/** Keys that are put together from a fixed beginning and an ending known elsewhere. */
const FAMILIES = ["tool.", "why.", "section.denied-", "section.read-", "claims.mine", "claims.other"];

const texts = [...sources(SOURCES)];
const literal = new Set(texts.flatMap((text) => [...text.matchAll(/\bt\(\s*"([a-z][\w.-]*)"/gu)].map((match) => match[1] ?? "")));
const chosen = new Set(texts.flatMap((text) => [...text.matchAll(/"((?:net|sign-in|drawer)\.[\w-]+)"/gu)].map((match) => match[1] ?? "")));

function placesOf(entry: string | Record<string, string>): string[] {
  const forms = typeof entry === "string" ? [entry] : Object.values(entry);
  return [...new Set(forms.flatMap((form) => form.match(/\{\w+\}/gu) ?? []))].toSorted();
}

describe("the browser's sentences", () => {
  it("every sentence that the code asks for is there", () => {
    const keys = new Set(Object.keys(en));
    expect([...literal].filter((key) => !keys.has(key))).toEqual([]);
    expect(TOOL_NAMES.map((name) => `tool.${name}`).filter((key) => !keys.has(key))).toEqual([]);
  });
  it("no sentence is there that nothing asks for", () => {
    const used = (key: string): boolean => literal.has(key) || chosen.has(key) || FAMILIES.some((family) => key.startsWith(family));
    expect(Object.keys(en).filter((key) => !used(key))).toEqual([]);
    expect(Object.keys(en).filter((key) => key.startsWith("tool.") && !TOOL_NAMES.includes(key.slice(5)))).toEqual([]);
  });
  it("Arabic has the same sentences with the same places", () => {
    expect(Object.keys(ar)).toEqual(Object.keys(en));
    for (const [key, entry] of Object.entries(en)) {
      const arabic = (ar as Record<string, string | Record<string, string>>)[key] ?? "";
      const missing = placesOf(entry).filter((place) => !placesOf(arabic).includes(place));
      expect({ key, missing }).toEqual({ key, missing: [] });
      expect(typeof arabic).toBe(typeof entry);
    }
  });
  it.each([
    ["en", en],
    ["ar", ar],
  ] as const)("%s has every plural form of its language", (language, catalogue) => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    for (const entry of Object.values(catalogue)) if (typeof entry !== "string") expect(Object.keys(entry).toSorted()).toEqual(forms);
  });
});
