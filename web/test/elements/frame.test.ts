// @vitest-environment happy-dom
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { RmBell } from "../../src/elements/bell";
import { RmMenu } from "../../src/elements/menu";
import { RmNotices } from "../../src/elements/notices";
import { tellLine, tellNews } from "../../src/elements/own-news";

const BELL = `<rm-bell><a href="/notices">Notices <span data-count="2"><span data-number>2</span><span data-words>2 unread</span></span></a></rm-bell>`;
const MENU = `<button id="before">Before</button><rm-menu><details><summary>Menu</summary><a href="/one">One</a></details></rm-menu><button id="after">After</button>`;

let asked: { path: string; method: string }[] = [];
let answer: () => Response;

beforeAll(() => {
  customElements.define("rm-bell", RmBell);
  customElements.define("rm-menu", RmMenu);
  customElements.define("rm-notices", RmNotices);
});

beforeEach(() => {
  vi.useFakeTimers();
  document.documentElement.lang = "en";
  asked = [];
  answer = () => Response.json({ unread: 3 });
  vi.stubGlobal("fetch", (path: string | URL, init: RequestInit = {}) => {
    asked.push({ path: String(path), method: init.method ?? "GET" });
    return Promise.resolve(answer());
  });
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const show = (html: string): void => {
  document.body.innerHTML = html;
};
const number = (): string => document.querySelector("[data-number]")?.textContent ?? "";
const said = (): string => document.querySelector("[role=status]")?.textContent ?? "";
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1_000);

describe("the bell", () => {
  it("asks for the number when a notice comes, once for several, and says that one came", async () => {
    show(BELL);
    tellNews({ kind: "vote-cast" });
    tellNews({ kind: "step-sealed" });
    tellNews({ kind: "step-opened" });
    await settled();
    expect(asked).toEqual([{ path: "/notices/unread", method: "GET" }]);
    expect(number()).toBe("3");
    expect(document.querySelector("[data-words]")?.textContent).toBe("3 unread");
    expect(said()).toBe("A new notice has come: 3 unread.");
  });

  it("asks nothing for news that are about no notice", async () => {
    show(BELL);
    for (const kind of ["read-only", "writable", "chat", "log", "claims", "votes", "step"]) tellNews({ kind });
    await settled();
    expect(asked).toEqual([]);
  });

  it("goes down quietly when another tab marks notices as read, and shows no zero", async () => {
    answer = () => Response.json({ unread: 0 });
    show(BELL);
    tellNews({ kind: "notices-read" });
    await settled();
    expect(document.querySelector<HTMLElement>("[data-count]")?.hidden).toBe(true);
    expect(said()).toBe("");
  });

  it("asks again when the line comes back, and not when it comes up first", async () => {
    show(BELL);
    tellLine("up");
    await settled();
    expect(asked).toHaveLength(0);
    tellLine("down");
    tellLine("up");
    await settled();
    expect(asked).toHaveLength(1);
  });

  it("keeps its number when the server is not reached, refuses, or talks nonsense", async () => {
    show(BELL);
    for (const wrong of [() => Response.error(), () => new Response("", { status: 403 }), () => Response.json({ unread: "many" })]) {
      answer = wrong;
      tellNews({ kind: "vote-cast" });
      await settled();
      expect(number()).toBe("2");
    }
  });

  it("shows no more than two digits", async () => {
    answer = () => Response.json({ unread: 1234 });
    show(BELL);
    tellNews({ kind: "vote-cast" });
    await settled();
    expect(number()).toBe("99+");
  });

  it("asks nothing any more when it is gone", async () => {
    show(BELL);
    document.body.replaceChildren();
    tellNews({ kind: "vote-cast" });
    await settled();
    expect(asked).toEqual([]);
  });
});

describe("a menu", () => {
  const details = (): HTMLDetailsElement => document.querySelector("details") ?? document.createElement("details");
  const open = (): void => {
    show(MENU);
    details().open = true;
  };

  it("closes on Escape and gives the focus back to its button", () => {
    open();
    const link = document.querySelector<HTMLElement>("details a");
    link?.focus();
    link?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    expect(details().open).toBe(false);
    expect(document.activeElement).toBe(document.querySelector("summary"));
  });

  it("closes on a press elsewhere, and not on one within", () => {
    open();
    document.querySelector("details a")?.dispatchEvent(new Event("pointerdown", { bubbles: true }));
    expect(details().open).toBe(true);
    document.querySelector("#after")?.dispatchEvent(new Event("pointerdown", { bubbles: true }));
    expect(details().open).toBe(false);
  });

  it("closes when the focus moves on, and stays when nothing else took it", () => {
    open();
    const menu = document.querySelector("rm-menu");
    menu?.dispatchEvent(new FocusEvent("focusout", { relatedTarget: null }));
    expect(details().open).toBe(true);
    menu?.dispatchEvent(new FocusEvent("focusout", { relatedTarget: document.querySelector("#after") }));
    expect(details().open).toBe(false);
  });

  it("leaves other keys to the page", () => {
    open();
    document.querySelector("details a")?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    expect(details().open).toBe(true);
  });
});

describe("the list of notices", () => {
  const LIST = `<rm-notices data-src="/notices"><ol><li id="notice-a" data-unread><a href="#place" data-notice="a">One</a></li><li id="notice-b"><a href="#place" data-notice="b">Two</a></li></ol></rm-notices>`;

  it("marks an unread notice as read when it is followed, and no other", () => {
    show(LIST);
    document.querySelector<HTMLElement>("[data-notice=a]")?.click();
    document.querySelector<HTMLElement>("[data-notice=b]")?.click();
    expect(asked).toEqual([{ path: "/notices/a/read", method: "POST" }]);
  });

  it("is asked for anew when the number at the bell is another", async () => {
    answer = () => new Response(`<ol><li id="notice-c" data-unread><a href="#" data-notice="c">Three</a></li></ol><script>window.evil = 1</script>`);
    show(LIST);
    document.dispatchEvent(new CustomEvent("rm-unread"));
    await settled();
    expect(asked.map(({ path }) => new URL(path).search)).toEqual(["?fragment=1"]);
    expect(document.querySelector("#notice-c")).not.toBeNull();
    expect(document.querySelector("#notice-a")).toBeNull();
    expect(document.querySelector("script")).toBeNull();
  });
});
