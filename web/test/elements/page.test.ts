// @vitest-environment happy-dom
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryPage, MemorySession } from "../../dev/memory";
import type { Block } from "../../src/docs/model";
import { placeFor } from "../../src/elements/drawer";
import { RmPage } from "../../src/elements/page";
import { register } from "../../src/elements/register";
import { RmSection } from "../../src/elements/section";
import { RmToolbar } from "../../src/elements/toolbar";
import type { ClaimInfo } from "../../src/sync/types";

const ben: ClaimInfo = { account: "ben", name: "Ben Sample", state: "Cordesia", since: "2026-11-22T10:02:00Z", alone: false, offline: false };
const ann: ClaimInfo = { account: "ann", name: "Ann Example", state: "Borovia", since: "2026-11-22T10:00:00Z", alone: false, offline: false };

const HTML = `
<rm-page data-page="p">
  <div data-votes-live hidden></div>
  <p data-page-save role="status"></p><div data-people></div><rm-toolbar hidden></rm-toolbar>
  <rm-section data-section="one" data-key="b/untoc/art-5" data-fields='["measures"]' data-rev="11" data-mode="read" data-why="claim" tabindex="-1">
    <header>
      <h2 id="heading-one">Article 5</h2><div data-claims>Nobody</div>
      <form method="post" action="/sections/one/take" data-take><input type="hidden" name="csrf" value="x"><button>Take section</button><label><input type="checkbox" name="alone"> for me alone</label></form>
      <p data-save-line role="status"></p>
    </header>
    <section class="field" data-field="measures"><h3 id="h-measures">Measures</h3><div class="prose" data-content><p>From the server</p></div></section>
    <rm-drawer data-section="one"></rm-drawer>
  </rm-section>
</rm-page>`;

let page: MemoryPage;
let session: MemorySession;

beforeAll(() => {
  register(() => page);
});

beforeEach(() => {
  document.documentElement.lang = "en";
  document.body.dataset["account"] = "ann";
  document.body.dataset["name"] = "Ann Example";
  page = new MemoryPage((section) => {
    session = new MemorySession(section, { measures: [{ text: "Live text" }] }, { mode: "read", why: "claim", save: { kind: "saved", at: null, seenBy: 0 } });
    return session;
  });
});

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

function show(): RmSection {
  // As the browser does it: the whole page is there before its elements come to life.
  const template = document.createElement("template");
  template.innerHTML = HTML;
  document.body.append(template.content);
  const section = document.querySelector("rm-section");
  if (!(section instanceof RmSection)) throw new Error("not upgraded");
  section.open();
  return section;
}

const content = (): Element => document.querySelector("[data-content]") ?? document.body;
const text = (selector: string): string => document.querySelector(selector)?.textContent.trim() ?? "";
const visible = (selector: string): boolean => document.querySelector<HTMLElement>(selector)?.hidden === false;
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("a section that one may only read", () => {
  it("shows the live text as plain elements, with nothing editable and nothing bound", () => {
    show();
    expect(content().innerHTML).toBe('<p dir="auto">Live text</p>');
    expect(document.querySelector("[contenteditable], [role=textbox]")).toBeNull();
    expect(visible("rm-toolbar")).toBe(false);
  });
  it("keeps the server's text until the document is there", () => {
    page = new MemoryPage((section) => (session = new MemorySession(section, {}, { ready: false, mode: "read", why: "claim" })));
    show();
    expect(content().textContent).toBe("From the server");
  });
});

describe("a section that one may write in", () => {
  it("has an editor named by its headings and described by its save line", () => {
    const section = show();
    session.change({ mode: "write", why: "ok", claims: [ann] });
    const editor = document.querySelector("[role=textbox]");
    expect(editor?.getAttribute("contenteditable")).toBe("true");
    expect(editor?.getAttribute("aria-labelledby")).toBe("heading-one h-measures");
    expect(document.getElementById(editor?.getAttribute("aria-describedby") ?? "")?.hasAttribute("data-save-line")).toBe(true);
    expect(section.writing).toBe(true);
    expect(visible("rm-toolbar")).toBe(true);
  });
  it("loses its editor, its role and the toolbar when the right to write goes, and keeps the text", () => {
    show();
    session.change({ mode: "write", why: "ok" });
    session.change({ mode: "read", why: "frozen" });
    expect(document.querySelector("[contenteditable], [role=textbox]")).toBeNull();
    expect(content().textContent).toBe("Live text");
    expect(text('[data-message="mode"]')).toContain("sealed");
    expect(visible("rm-toolbar")).toBe(false);
  });
  it("is never bound to content that the schema does not have (H1)", () => {
    page = new MemoryPage((section) => (session = new MemorySession(section, { measures: [{ kind: "marquee", text: "future" }] }, {})));
    show();
    expect(document.querySelector("[role=textbox]")).toBeNull();
    expect(session.fragment("measures").toString()).toContain("future");
    expect(text('[data-message="schema"]')).not.toBe("");
  });
  it("goes with its page: nothing listens after it is taken away", () => {
    show();
    session.change({ mode: "write", why: "ok" });
    const closed = vi.spyOn(session, "close");
    document.body.replaceChildren();
    expect(closed).toHaveBeenCalledOnce();
    session.change({ mode: "read", why: "claim" });
  });
});

describe("claims of others", () => {
  const release = (): HTMLFormElement | null => document.querySelector("form[data-release][data-account]");

  it("can be ended by a focal point of the same State and by the secretariat, also those that came later", () => {
    show();
    const page = document.querySelector<HTMLElement>("rm-page");
    for (const [releases, offered] of [["", false], ["Borovia", false], ["Cordesia", true], ["*", true]] as const) {
      if (page !== null) page.dataset["releases"] = releases;
      session.change({ claims: [] });
      session.change({ claims: [ann, ben] });
      expect(release() !== null).toBe(offered);
    }
    expect(release()?.getAttribute("action")).toBe("/sections/one/release");
    expect(new FormData(release() ?? undefined).get("holder")).toBe("ben");
  });
});

describe("where kept text goes", () => {
  const block = (text: string): Block => ({ kind: null, dir: null, align: null, runs: [{ text, em: false, strong: false, underline: false, link: null }] });
  const now = ["one fish", "two cats", "three birds"].map(block);

  it("is the place of the blocks that it was written on, while they stand as they were", () => {
    expect(placeFor(now, [block("two cats")], [block("two cats sat")])).toEqual({ from: 1, to: 2 });
  });
  it("is after those most like it, once they have changed", () => {
    expect(placeFor(now, [block("two old cats")], [block("two old cats sat")])).toEqual({ from: 2, to: 2 });
  });
  it("is for its author to say, when nothing is like it", () => {
    expect(placeFor(now, [], [block("quite new")])).toBeNull();
    expect(placeFor([], [block("gone")], [block("gone too")])).toBeNull();
  });
});

describe("the lines above the text", () => {
  it("say who drafts here, and offer to take or to release", () => {
    show();
    session.change({ claims: [ben] });
    expect(text("[data-claims]")).toMatch(/^Ben Sample \(Cordesia\) is drafting here since /u);
    expect(visible("form[data-take]")).toBe(true);
    session.change({ claims: [ben, ann], mode: "write", why: "ok" });
    expect(document.querySelector<HTMLElement>("form[data-take]")?.hidden).toBe(true);
    expect(visible("form[data-release]")).toBe(true);
    expect(new URL(document.querySelector<HTMLFormElement>("form[data-release]")?.action ?? "", "http://x").pathname).toBe("/sections/one/release");
  });
  it("offer nothing while somebody has the section alone", () => {
    show();
    session.change({ claims: [{ ...ben, alone: true }] });
    expect(document.querySelector<HTMLButtonElement>("form[data-take] button")?.disabled).toBe(true);
  });
  it.each([
    [{ kind: "saved", at: Date.now(), seenBy: 2 } as const, /^Saved on the server at .* · seen by 2 other drafters$/u],
    [{ kind: "saving" } as const, /^Saving/u],
    [{ kind: "device", changes: 3, since: Date.now() } as const, /^On this device only: 3 changes, since /u],
    [{ kind: "refused", items: 1 } as const, /^Not accepted: see your text$/u],
    [{ kind: "unsafe", since: Date.now() } as const, /leave this page open/u],
  ])("say how the text is saved: %o", (save, words) => {
    show();
    session.change({ save });
    expect(text("[data-save-line]")).toMatch(words);
    expect(document.querySelector<HTMLElement>("[data-page-save]")?.dataset["state"]).toBe(save.kind);
  });
  it("ask before one joins somebody, and only then send", async () => {
    show();
    session.change({ claims: [ben] });
    const sent = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response('{"ok":true}', { status: 200 }));
    document.querySelector<HTMLFormElement>("form[data-take]")?.requestSubmit();
    await turn();
    const dialog = document.querySelector("dialog");
    expect(dialog?.textContent).toContain("Ben Sample (Cordesia) is drafting here since");
    expect(sent).not.toHaveBeenCalled();
    dialog?.close("join");
    await turn();
    expect(sent).toHaveBeenCalledOnce();
    expect(String((sent.mock.calls[0]?.[1] as RequestInit).body)).toBe("csrf=x&join=1");
  });
});

describe("the drawer", () => {
  it("shows why, what differs, and what can be done; and goes when the last text is dismissed", async () => {
    const blocks = (words: string): string => JSON.stringify({ v: 1, section: "b/untoc/art-5", fields: { measures: [{ t: [{ s: words }] }] } });
    page.items = [{ id: "i", section: "one", code: "frozen", at: Date.now(), before: blocks("Live text"), after: blocks("Live text of mine"), updates: null, onServer: true }];
    show();
    session.change({ mode: "write", why: "ok" });
    await turn();
    const drawer = document.querySelector("rm-drawer");
    expect(drawer?.textContent).toContain("The step was closed before this arrived.");
    expect(drawer?.querySelector(".diff.prose ins")?.textContent).toContain("of mine");
    drawer?.querySelector<HTMLButtonElement>('[data-act="insert"]')?.click();
    expect(session.fragment("measures").toString()).toContain("Live text of mine");
    drawer?.querySelector<HTMLButtonElement>('[data-act="dismiss"]')?.click();
    await turn();
    expect(drawer?.childElementCount).toBe(0);
  });
});

describe("the toolbar", () => {
  it("is one tab stop, and arrows move within it", () => {
    show();
    const toolbar = document.querySelector("rm-toolbar");
    const buttons = [...document.querySelectorAll<HTMLButtonElement>("rm-toolbar button")];
    expect(toolbar).toBeInstanceOf(RmToolbar);
    expect(buttons.filter((button) => button.tabIndex === 0)).toHaveLength(1);
    buttons[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
    expect(buttons.at(-1)?.tabIndex).toBe(0);
    expect(buttons.every((button) => (button.getAttribute("aria-label") ?? "") !== "")).toBe(true);
  });
});

describe("the page", () => {
  it("says that the line is down, and asks to sign in again in place", () => {
    show();
    page.put("offline");
    expect(text("[data-touch]")).toContain("kept on this device");
    page.put("signed-out");
    expect(document.querySelectorAll("rm-sign-in")).toHaveLength(1);
    expect(document.querySelector("rm-page")).toBeInstanceOf(RmPage);
  });
  it("shows who else is here, oneself first", () => {
    page.people = [{ account: "ben", name: "Ben Sample", state: "COR" }];
    show();
    expect([...document.querySelectorAll(".people li")].map((item) => item.textContent)).toEqual(["AEYou", "BSBen SampleCOR"]);
  });
  it("says which votes an edit would reset while one may edit, and no longer once the text is sealed", () => {
    show();
    const notice = document.querySelector<HTMLElement>("[data-votes-live]");
    const votes = [{ state: "COR", name: "Carlos Vidal", at: "2026-11-22T14:02:00Z", live: true }];
    session.change({ step: { state: "open", votes, digest: null } });
    expect(notice?.hidden).toBe(false);
    expect(notice?.textContent).toContain("Carlos Vidal");
    session.change({ mode: "read", why: "frozen", step: { state: "sealed", votes, digest: null } });
    expect(notice?.hidden).toBe(true);
  });
  it("does not warn a reader of edits that he cannot make", () => {
    show();
    const votes = [{ state: "COR", name: "Carlos Vidal", at: "2026-11-22T14:02:00Z", live: true }];
    session.change({ why: "role", step: { state: "open", votes, digest: null } });
    expect(document.querySelector<HTMLElement>("[data-votes-live]")?.hidden).toBe(true);
  });
});
