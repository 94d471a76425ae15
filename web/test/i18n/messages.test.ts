/** The browser's sentences. */
import { expect, test } from "vitest";

import { localeOf, translator } from "../../src/i18n/messages";

const catalogues = {
  en: { hello: "Hello, {name}", "only.english": "English", items: { one: "{n} text", other: "{n} texts" } },
  ar: {
    hello: "مرحبا {name}",
    items: { zero: "لا نصوص", one: "نص واحد", two: "نصان", few: "{n} نصوص", many: "{n} نصا", other: "{n} نص" },
  },
  ru: { items: { one: "{n} текст", few: "{n} текста", many: "{n} текстов", other: "{n} текста" } },
  zh: { items: { other: "{n}个文本" } },
};

test("a sentence has named places, and one that is not given stays visible", () => {
  const t = translator("en", catalogues);
  expect(t("hello", { name: "Ann" })).toBe("Hello, Ann");
  expect(t("hello")).toBe("Hello, {name}");
});

test("a number chooses the form that the language has for it", () => {
  const en = translator("en", catalogues);
  expect([1, 2].map((n) => en("items", { n }))).toEqual(["1 text", "2 texts"]);
  const ar = translator("ar", catalogues);
  expect([0, 1, 2, 3, 11, 100].map((n) => ar("items", { n }))).toEqual(["لا نصوص", "نص واحد", "نصان", "3 نصوص", "11 نصا", "100 نص"]);
  const ru = translator("ru", catalogues);
  expect([1, 2, 5, 21].map((n) => ru("items", { n }))).toEqual(["1 текст", "2 текста", "5 текстов", "21 текст"]);
  expect(translator("zh", catalogues)("items", { n: 2 })).toBe("2个文本");
});

test("English stands in for what a language lacks, and the key for what nobody has", () => {
  const t = translator("ar", catalogues);
  expect(t("only.english")).toBe("English");
  expect(t("nowhere")).toBe("nowhere");
});

test("numbers in a sentence are written as the language writes them, in Arabic with the digits of the server's pages", () => {
  const count = { count: "{n}" };
  const written = (code: string): string => translator(code, { en: count, [code]: count })("count", { n: 12_345 });
  expect(["ar", "en", "es", "zh"].map(written)).toEqual(["12,345", "12,345", "12.345", "12,345"]);
  expect(["fr", "ru"].map((code) => written(code).replace(/\s/gu, " "))).toEqual(["12 345", "12 345"]);
  expect(new Intl.DateTimeFormat(localeOf("ar")).resolvedOptions().numberingSystem).toBe("latn");
});

test("every language has its catalogue", () => {
  const own = ["ar", "zh", "fr", "ru", "es"].map((code) => translator(code)("dialog.cancel"));
  expect(new Set([...own, "Cancel"]).size).toBe(6);
});
