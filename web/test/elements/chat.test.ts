// @vitest-environment happy-dom
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { RmChat } from "../../src/elements/chat";
import { ChatSender } from "../../src/elements/chat-sender";
import type { Answer } from "../../src/elements/http";
import { tellLine, tellNews } from "../../src/elements/own-news";
import { ChatKept, keptTexts, wipeKept } from "../../src/sync/chat-kept";

const DONE: Answer = { kind: "done", body: {} };
const UNREACHED: Answer = { kind: "unreached" };

/** A device's storage that can be full. */
class Device implements Storage {
  readonly #entries = new Map<string, string>();
  full = false;
  get length(): number {
    return this.#entries.size;
  }
  clear(): void {
    this.#entries.clear();
  }
  getItem(key: string): string | null {
    return this.#entries.get(key) ?? null;
  }
  key(index: number): string | null {
    return [...this.#entries.keys()][index] ?? null;
  }
  removeItem(key: string): void {
    this.#entries.delete(key);
  }
  setItem(key: string, value: string): void {
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    this.#entries.set(key, value);
  }
}

let device: Device;
beforeEach(() => {
  device = new Device();
});

describe("what is kept on the device", () => {
  it("outlives the page: the words in the box, and messages in their order", () => {
    const kept = new ChatKept(device, "ann", "room");
    kept.keepDraft("half a sent");
    kept.add({ id: "1", text: "one" });
    kept.add({ id: "2", text: "two" });
    const again = new ChatKept(device, "ann", "room");
    expect(again.draft).toBe("half a sent");
    expect(again.unsent.map(({ text }) => text)).toEqual(["one", "two"]);
    again.remove("1");
    expect(new ChatKept(device, "ann", "room").unsent).toEqual([{ id: "2", text: "two" }]);
  });
  it("is each person's and each chat's own", () => {
    new ChatKept(device, "ann", "room").keepDraft("of ann");
    expect(new ChatKept(device, "ann", "other").draft).toBe("");
    expect(new ChatKept(device, "ben", "room").draft).toBe("");
  });
  it("is what two tabs have put there, neither taking the other's away", () => {
    const [left, right] = [new ChatKept(device, "ann", "room"), new ChatKept(device, "ann", "room")];
    left.add({ id: "1", text: "left" });
    right.add({ id: "2", text: "right" });
    right.keepDraft("a draft of the right one");
    left.add({ id: "3", text: "left again" });
    expect(left.draft).toBe("a draft of the right one");
    left.remove("1");
    expect(right.unsent.map(({ id }) => id)).toEqual(["2", "3"]);
  });
  it("is counted and wiped for signing out, and nothing is put there after that", () => {
    const kept = new ChatKept(device, "ann", "room");
    kept.add({ id: "1", text: "one" });
    kept.keepDraft("two");
    new ChatKept(device, "ben", "room").keepDraft("of ben");
    expect(keptTexts(device, "ann")).toBe(2);
    kept.halt();
    wipeKept(device, "ann");
    kept.keepDraft("three");
    expect(keptTexts(device, "ann")).toBe(0);
    expect(keptTexts(device, "ben")).toBe(1);
  });
  it("says that it is not safe while the device takes nothing, and keeps it in memory", () => {
    const kept = new ChatKept(device, "ann", "room");
    device.full = true;
    kept.add({ id: "1", text: "one" });
    expect(kept.isUnsafe).toBe(true);
    expect(kept.unsent).toHaveLength(1);
    device.full = false;
    kept.keepDraft("two");
    expect(kept.isUnsafe).toBe(false);
    expect(new ChatKept(device, "ann", "room").unsent).toHaveLength(1);
    expect(new ChatKept(null, "ann", "room").isUnsafe).toBe(false);
  });
  it("takes what it cannot read for nothing", () => {
    for (const entry of ["{", "null", "[]", '{"unsent":[{"id":1}],"draft":7}']) {
      device.setItem("revmod-chat:ann:room", entry);
      const kept = new ChatKept(device, "ann", "room");
      expect([kept.draft, kept.unsent]).toEqual(["", []]);
    }
  });
});

describe("sending", () => {
  let answers: Answer[];
  let posted: { id: string; text: string }[];
  let timers: (() => void)[];
  let signedOut: number;

  beforeEach(() => {
    [answers, posted, timers, signedOut] = [[], [], [], 0];
  });

  function sender(): ChatSender {
    let count = 0;
    return new ChatSender({
      kept: new ChatKept(device, "ann", "room"),
      uuid: () => `id-${String(++count)}-${String(posted.length)}`,
      post: ({ id, text }) => {
        posted.push({ id, text });
        return Promise.resolve(answers.shift() ?? DONE);
      },
      after: (_delay, act) => timers.push(act),
      cancel: () => undefined,
      signedOut: () => (signedOut += 1),
    });
  }
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

  it("keeps a message until the server has it, and sends it again with the same id", async () => {
    answers = [UNREACHED, UNREACHED, DONE];
    const one = sender();
    one.send("hello");
    await turn();
    expect(one.messages.map(({ state }) => state)).toEqual(["waiting"]);
    expect(keptTexts(device, "ann")).toBe(1);
    timers.shift()?.();
    await turn();
    timers.shift()?.();
    await turn();
    expect(new Set(posted.map(({ id }) => id)).size).toBe(1);
    expect(posted).toHaveLength(3);
    expect(one.messages.map(({ state }) => state)).toEqual(["sent"]);
    expect(keptTexts(device, "ann")).toBe(0);
  });
  it("goes on after a reload with the same ids, one after another", async () => {
    answers = [UNREACHED];
    const before = sender();
    before.send("one");
    before.send("two");
    await turn();
    before.end();
    expect(posted).toHaveLength(1);
    const after = sender();
    await after.pump();
    expect(posted.map(({ text }) => text)).toEqual(["one", "one", "two"]);
    expect(posted[1]?.id).toBe(posted[0]?.id);
  });
  it("keeps the order: nothing overtakes a message that waits", async () => {
    answers = [UNREACHED];
    const one = sender();
    one.send("one");
    await turn();
    one.send("two");
    await turn();
    expect(posted.map(({ text }) => text)).toEqual(["one", "one", "two"]);
  });
  it.each([["rate"], ["disk-full"], ["shutting-down"], ["502"], ["form-expired"]])("tries again later after %s", async (code) => {
    answers = [{ kind: "refused", code, message: "Not now." }];
    const one = sender();
    one.send("one");
    await turn();
    expect(one.messages).toMatchObject([{ state: "waiting", reason: "Not now." }]);
    expect(timers).toHaveLength(1);
  });
  it("shows what is refused for good, and goes on with the next", async () => {
    answers = [{ kind: "refused", code: "message-signs", message: "Signs." }];
    const one = sender();
    one.send("one");
    one.send("two");
    await turn();
    await turn();
    expect(one.messages).toMatchObject([{ state: "refused", reason: "Signs." }, { state: "sent" }]);
    expect(keptTexts(device, "ann")).toBe(1);
    one.forget(one.messages[0]?.id ?? "");
    expect(keptTexts(device, "ann")).toBe(0);
  });
  it("asks to sign in, keeps everything, and goes on when that is done", async () => {
    answers = [{ kind: "signed-out" }];
    const one = sender();
    one.send("one");
    await turn();
    expect(signedOut).toBe(1);
    expect(timers).toHaveLength(0);
    await one.pump();
    expect(one.messages).toMatchObject([{ state: "sent" }]);
  });
});

const message = (number: number, id: string, text: string): string =>
  `<li class="chat-message" data-number="${String(number)}" data-id="${id}"><div class="chat-text">${text}</div></li>`;
const HTML = `
<rm-chat data-src="/profile/chat/new" data-read="/profile/chat/read" data-chat="room" data-newest="1" data-key="ann">
  <div class="chat-log" role="log"><ol class="chat-messages"><li class="chat-day" data-day="2026-11-22">22 November</li>${message(1, "a", "one")}</ol></div>
  <ol data-waiting hidden></ol>
  <form method="post" action="/profile/chat"><input type="hidden" name="csrf" value="x"><label for="box">Your message</label><textarea id="box" name="text"></textarea><p id="chat-problem" role="alert"></p><p id="chat-hint"></p><button>Send</button></form>
</rm-chat>`;

describe("the chat on a page", () => {
  let fresh: string[];
  let asked: string[];
  let posts: [string, string][];
  let reach: boolean;

  beforeAll(() => {
    customElements.define("rm-chat", RmChat);
  });
  beforeEach(() => {
    document.documentElement.lang = "en";
    [fresh, asked, posts, reach] = [[], [], [], true];
    let count = 0;
    RmChat.parts = { account: "ann", storage: device, uuid: () => `made-here-${String(++count)}`, onSignedOut: () => () => undefined };
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    vi.stubGlobal("fetch", (address: string | URL, init?: RequestInit) => {
      const path = new URL(address, location.href).pathname;
      if (init?.method === "POST") {
        if (!reach) return Promise.reject(new TypeError("network"));
        posts.push([path, String(init.body)]);
        return Promise.resolve(new Response('{"ok": true}', { status: 200 }));
      }
      asked.push(String(address));
      return Promise.resolve(new Response(`<ol>${fresh.join("")}</ol>`, { status: 200 }));
    });
  });
  afterEach(() => {
    document.body.replaceChildren();
    vi.unstubAllGlobals();
  });

  async function show(): Promise<HTMLTextAreaElement> {
    const template = document.createElement("template");
    template.innerHTML = HTML;
    document.body.append(template.content);
    await settled();
    const box = document.querySelector("textarea");
    if (box === null) throw new Error("no box");
    return box;
  }
  const settled = async (): Promise<void> => {
    for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  const shown = (): string[] => [...document.querySelectorAll(".chat-log .chat-text")].map((element) => element.textContent);
  const press = (box: HTMLTextAreaElement, more: KeyboardEventInit = {}): boolean =>
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", cancelable: true, bubbles: true, ...more }));

  it("adds what was said since, once and in order, with a line for each new day", async () => {
    await show();
    fresh = ['<li class="chat-day" data-day="2026-11-22">22 November</li>', message(1, "a", "one"), '<li class="chat-day" data-day="2026-11-23">23 November</li>', message(4, "b", "two"), message(7, "c", "three")];
    tellNews({ kind: "chat", chat: "room", number: 7 });
    tellNews({ kind: "chat", chat: "room", number: 7 });
    await settled();
    expect(shown()).toEqual(["one", "two", "three"]);
    expect([...document.querySelectorAll(".chat-day")].map((day) => day.textContent)).toEqual(["22 November", "23 November"]);
    expect(asked.at(-1)).toContain("after=7");
    expect(posts.at(-1)).toEqual(["/profile/chat/read", "number=7"]);
  });
  it("asks for nothing on news of another chat", async () => {
    await show();
    const before = asked.length;
    tellNews({ kind: "chat", chat: "another", number: 9 });
    tellNews({ kind: "step-opened" });
    await settled();
    expect(asked.length).toBe(before);
    tellNews({ kind: "missed" });
    await settled();
    expect(asked.length).toBe(before + 1);
  });
  it("sends with Enter, and keeps the line break of Shift and Enter and of an input method", async () => {
    const box = await show();
    box.value = "hello";
    expect(press(box, { shiftKey: true })).toBe(true);
    expect(press(box, { isComposing: true })).toBe(true);
    expect(posts.filter(([path]) => path === "/profile/chat")).toEqual([]);
    expect(press(box)).toBe(false);
    await settled();
    expect(posts.filter(([path]) => path === "/profile/chat")).toEqual([["/profile/chat", "id=made-here-1&text=hello"]]);
    expect(box.value).toBe("");
  });
  it("shows a message as waiting until the server's own rendering of it has come, and then once", async () => {
    const box = await show();
    reach = false;
    box.value = "<b>in the dark</b>";
    press(box);
    await settled();
    const waiting = document.querySelector("[data-waiting]");
    expect(waiting?.textContent).toContain("<b>in the dark</b>");
    expect(waiting?.textContent).toContain("Not sent yet");
    expect(shown()).toEqual(["one"]);
    reach = true;
    fresh = [message(2, "made-here-1", "in the dark, as rendered")];
    tellLine("up");
    await settled();
    expect(shown()).toEqual(["one", "in the dark, as rendered"]);
    expect(document.querySelectorAll("[data-waiting] li")).toHaveLength(0);
    expect(keptTexts(device, "ann")).toBe(0);
  });
  it("keeps half a sentence through a reload", async () => {
    const box = await show();
    box.value = "half a sent";
    box.dispatchEvent(new Event("input", { bubbles: true }));
    document.body.replaceChildren();
    expect((await show()).value).toBe("half a sent");
  });
  it("says what is wrong with nothing and with too much, and leaves it in the box", async () => {
    const box = await show();
    for (const [text, words] of [["  ", "Write something first."], ["👍".repeat(4001), "4,001"]] as const) {
      box.value = text;
      press(box);
      expect(document.querySelector("#chat-problem")?.textContent).toContain(words);
      expect(box.getAttribute("aria-invalid")).toBe("true");
      expect(box.value).toBe(text);
    }
    await settled();
    expect(posts.filter(([path]) => path === "/profile/chat")).toEqual([]);
  });
});
