/**
 * The browser's sentences: `t("key", params)` in the page's language, English where a sentence is missing.
 *
 * A catalogue is one flat JSON object. A sentence has named places, `{name}`; a sentence that depends on a number is
 * an object of CLDR plural forms (`{"one": "...", "other": "..."}`), chosen by the parameter `n`. Knows no page.
 */
import ar from "./ar.json" with { type: "json" };
import en from "./en.json" with { type: "json" };
import es from "./es.json" with { type: "json" };
import fr from "./fr.json" with { type: "json" };
import ru from "./ru.json" with { type: "json" };
import zh from "./zh.json" with { type: "json" };

export type Params = Readonly<Record<string, string | number>>;
export type Plural = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;
export type Catalogue = Readonly<Record<string, string | Plural>>;
export type Translate = (key: string, params?: Params) => string;

const CATALOGUES: Readonly<Record<string, Catalogue>> = { ar, zh, en, fr, ru, es };

/**
 * The locale of a language for `Intl`. Arabic with the digits that the pages of the server have: which ones a browser
 * takes by itself depends on its version, and a time may not be written in two ways on one page.
 */
export function localeOf(language: string): string {
  return language.split("-")[0] === "ar" ? `${language}-u-nu-latn` : language || "en";
}

/** The locale of the page for `Intl`, by `<html lang>`. */
export function pageLocale(): string {
  return localeOf(typeof document === "undefined" ? "en" : document.documentElement.lang);
}

/** A translator for one language. Numbers in the text are written as the language writes them. */
export function translator(language: string, catalogues: Readonly<Record<string, Catalogue>> = CATALOGUES): Translate {
  const base = language.split("-")[0] ?? "en";
  const chosen = catalogues[base] ?? catalogues["en"] ?? {};
  const fallback = catalogues["en"] ?? {};
  const plurals = new Intl.PluralRules(localeOf(language));
  const numbers = new Intl.NumberFormat(localeOf(language));

  return (key, params = {}) => {
    const entry = chosen[key] ?? fallback[key];
    if (entry === undefined) return key;
    const text = typeof entry === "string" ? entry : pluralForm(entry, plurals, params["n"]);
    return text.replace(/\{(\w+)\}/gu, (place, name: string) => {
      const value = params[name];
      if (value === undefined) return place;
      return typeof value === "number" ? numbers.format(value) : value;
    });
  };
}

function pluralForm(forms: Plural, plurals: Intl.PluralRules, n: string | number | undefined): string {
  const exact = typeof n === "number" ? forms[plurals.select(n)] : undefined;
  return exact ?? forms.other ?? "";
}

let current: Translate | null = null;

/** The sentence for `key` in the language of `<html lang>`, read once a page. */
export const t: Translate = (key, params) => {
  current ??= translator(typeof document === "undefined" ? "en" : document.documentElement.lang || "en");
  return current(key, params);
};
