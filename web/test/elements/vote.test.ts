// @vitest-environment happy-dom
/** The vote page says that the text has moved, also when it was still moving at the first question. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RmPage } from "../../src/elements/page";
import type { PagePort } from "../../src/elements/port";
import { RmVote } from "../../src/elements/vote";

const SHOWN = "a".repeat(64);
const NEWER = "b".repeat(64);

let port: EventTarget;
let answers: (string | null)[];
let asked: number;

function open(): void {
  document.body.innerHTML = `<rm-vote data-page="page" data-digest="${SHOWN}" data-src="/vote"></rm-vote>`;
}

const warning = (): Element | null => document.querySelector(".vote-moved");

beforeEach(() => {
  vi.useFakeTimers();
  if (customElements.get("rm-vote") === undefined) customElements.define("rm-vote", RmVote);
  port = Object.assign(new EventTarget(), { close: () => Promise.resolve() });
  RmPage.connect = () => port as unknown as PagePort;
  asked = 0;
  answers = [];
  vi.stubGlobal("fetch", () => {
    const digest = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return Promise.resolve({ ok: true, json: () => Promise.resolve({ digest }) });
  });
});

afterEach(() => {
  document.body.innerHTML = "";
  RmPage.connect = null;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function news(): Promise<void> {
  port.dispatchEvent(new CustomEvent("news", { detail: { kind: "log" } }));
  await vi.advanceTimersByTimeAsync(0);
}

describe("the vote page", () => {
  it("says so when the text is another than the one shown", async () => {
    open();
    answers = [NEWER];
    await news();
    expect(warning()).not.toBeNull();
  });

  it("is quiet while the text is the one shown", async () => {
    open();
    answers = [SHOWN];
    await news();
    expect(warning()).toBeNull();
    expect(asked).toBe(1);
  });

  it("asks again while the text is moving, until it has a digest", async () => {
    open();
    answers = [null, null, NEWER];
    await news();
    expect(warning()).toBeNull();
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked).toBe(3);
    expect(warning()).not.toBeNull();
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toBe(3);
  });
});
