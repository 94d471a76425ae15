/** The page to look at: `npm run dev`, then `/static/dev/index.html` and `/static/dev/ar.html`. */
import "../src/styles/main.css";
import { register } from "../src/elements/register";
import type { Person } from "../src/elements/port";
import { MemoryPage, MemorySession, type Seed } from "./memory";

const english: Record<string, Record<string, readonly Seed[]>> = {
  one: {
    measures: [
      { text: "Avaland criminalises participation in an organized criminal group in article 287 of its Criminal Code, in force since 2011." },
      { kind: "h2", text: "Legislation" },
      { kind: "ol1", text: "Criminal Code, article 287, as amended in 2019;" },
      { kind: "ol2", text: "paragraph 1: agreement to commit a serious crime;" },
      { kind: "ol2", text: "paragraph 2: taking an active part;" },
      { kind: "ol1", text: "Act No. 14 on the liability of legal persons." },
      { kind: "quote", text: "“Serious crime” shall mean conduct punishable by a maximum deprivation of liberty of at least four years." },
      { kind: "ul1", text: "\u0627\u0644\u062f\u0648\u0644\u0629 \u0627\u0644\u0637\u0631\u0641 \u0627\u0644\u062e\u0627\u0636\u0639\u0629 \u0644\u0644\u0627\u0633\u062a\u0639\u0631\u0627\u0636" },
      { kind: "ul1", text: "\u7f14\u7ea6\u56fd\u5e94\u91c7\u53d6\u5fc5\u8981\u7684\u7acb\u6cd5\u63aa\u65bd\u3002" },
    ],
    successes: [],
  },
  two: {
    measures: [{ text: "The reviewing States note that proceeds of crime are defined in line with the Convention." }, { kind: "ul1", text: "First point" }, { kind: "ul2", text: "Second level" }],
    successes: [{ text: "A dedicated unit has been set up within the financial intelligence service." }],
  },
};

const arabic: typeof english = {
  one: {
    measures: [
      { text: "\u062a\u062c\u0631\u0651\u0645 \u0627\u0644\u062f\u0648\u0644\u0629 \u0627\u0644\u0637\u0631\u0641 \u0627\u0644\u0645\u0634\u0627\u0631\u0643\u0629 \u0641\u064a \u062c\u0645\u0627\u0639\u0629 \u0625\u062c\u0631\u0627\u0645\u064a\u0629 \u0645\u0646\u0638\u0651\u0645\u0629 \u0641\u064a \u0627\u0644\u0645\u0627\u062f\u0629 287 \u0645\u0646 \u0642\u0627\u0646\u0648\u0646\u0647\u0627 \u0627\u0644\u062c\u0646\u0627\u0626\u064a." },
      { kind: "h2", text: "\u0627\u0644\u062a\u0634\u0631\u064a\u0639\u0627\u062a" },
      { kind: "ol1", text: "\u0627\u0644\u0642\u0627\u0646\u0648\u0646 \u0627\u0644\u062c\u0646\u0627\u0626\u064a\u060c \u0627\u0644\u0645\u0627\u062f\u0629 287\u061b" },
      { kind: "ol2", text: "\u0627\u0644\u0641\u0642\u0631\u0629 1: \u0627\u0644\u0627\u062a\u0641\u0627\u0642 \u0639\u0644\u0649 \u0627\u0631\u062a\u0643\u0627\u0628 \u062c\u0631\u064a\u0645\u0629 \u062e\u0637\u064a\u0631\u0629\u061b" },
      { kind: "ul1", text: "Act No. 14 on the liability of legal persons (English)" },
      { kind: "quote", text: "\u064a\u0642\u0635\u062f \u0628\u062a\u0639\u0628\u064a\u0631 \u00ab\u062c\u0631\u064a\u0645\u0629 \u062e\u0637\u064a\u0631\u0629\u00bb \u0633\u0644\u0648\u0643 \u064a\u0645\u062b\u0644 \u062c\u0631\u0645\u064b\u0627." },
    ],
    successes: [],
  },
  two: {
    measures: [{ text: "\u062a\u0644\u0627\u062d\u0638 \u0627\u0644\u062f\u0648\u0644 \u0627\u0644\u0645\u0633\u062a\u0639\u0631\u0650\u0636\u0629 \u0623\u0646 \u0639\u0627\u0626\u062f\u0627\u062a \u0627\u0644\u062c\u0631\u064a\u0645\u0629 \u0645\u0639\u0631\u0651\u0641\u0629 \u0648\u0641\u0642\u064b\u0627 \u0644\u0644\u0627\u062a\u0641\u0627\u0642\u064a\u0629." }],
    successes: [{ text: "\u0623\u0646\u0634\u0626\u062a \u0648\u062d\u062f\u0629 \u0645\u062a\u062e\u0635\u0635\u0629." }],
  },
};

const isArabic = document.documentElement.lang === "ar";
const ann: Person = { account: "ann", name: isArabic ? "\u0622\u0646 \u0627\u0644\u0645\u062b\u0627\u0644" : "Ann Example", state: "BOR" };
const carlos: Person = { account: "carlos", name: "Carlos Delgado", state: "COR" };
const texts = isArabic ? arabic : english;
const since = new Date(Date.now() - 3_600_000).toISOString();
const vote = { state: "COR", name: "Cordesia", at: since, live: true };
const claim = { ...carlos, state: "Cordesia", since, alone: false, offline: false };

const page = new MemoryPage((section) => {
  const writing = section.id === "one";
  const session = new MemorySession(section, texts[section.id] ?? {}, {
    mode: writing ? "write" : "read",
    why: writing ? "ok" : "claim",
    claims: writing ? [{ ...ann, state: "Borovia", since, alone: false, offline: false }, claim] : [claim],
    step: { state: "open", votes: location.hash === "#votes" ? [vote] : [], digest: null },
  });
  if (writing) {
    setTimeout(() => {
      session.other(7, carlos, "measures", 0, 9, 20);
      session.other(8, { account: "dina", name: "\u062f\u064a\u0646\u0627 \u0639\u0644\u064a", state: "DAL" }, "measures", 3, 4, 4);
    }, 300);
  }
  return session;
});
page.people = [ann, carlos, { account: "dina", name: "\u062f\u064a\u0646\u0627 \u0639\u0644\u064a", state: "DAL" }];
page.items = [
  {
    id: "a",
    section: "two",
    code: "claim",
    at: Date.now() - 120_000,
    before: JSON.stringify([{ t: [{ s: "The reviewing States note that proceeds of crime are defined." }] }]),
    after: JSON.stringify([{ t: [{ s: "The reviewing States note with appreciation that proceeds of crime are defined in full conformity with the Convention." }] }]),
    updates: null,
    onServer: true,
  },
];
Object.assign(window, { page });
register(() => page);
