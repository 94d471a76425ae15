/** The browser's sentences. */
import { expect, test } from "vitest";

import { translator } from "../../src/i18n/messages";

const catalogues = {
  en: { hello: "Hello, {name}", "only.english": "English", items: { one: "{n} text", other: "{n} texts" } },
  ar: {
    hello: "مرحبا {name}",
    items: { zero: "لا نصوص", one: "نص واحد", two: "نصان", few: "{n} نصوص", many: "{n} نصا", other: "{n} نص" },
  },
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
  const three = new Intl.NumberFormat("ar").format(3);
  expect([0, 1, 2, 3].map((n) => ar("items", { n }))).toEqual(["لا نصوص", "نص واحد", "نصان", `${three} نصوص`]);
});

test("English stands in for what a language lacks, and the key for what nobody has", () => {
  const t = translator("ar", catalogues);
  expect(t("only.english")).toBe("English");
  expect(t("nowhere")).toBe("nowhere");
});
