// @vitest-environment happy-dom
/** Changing the language loses nothing: the rules of it, in a page without a server. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepForms, restoreForms } from "../../src/elements/kept-forms";
import { interceptLanguage } from "../../src/elements/language";

const CHOOSER = `
<form method="post" action="/language"><input type="hidden" name="csrf" value="x"><input type="hidden" name="then" value="/sign-in">
<button name="language" value="ar">العربية</button></form>`;
const SIGN_IN = `
<form method="post" action="/sign-in">
<input name="email" type="email" value=""><input name="password" type="password"><input type="hidden" name="then" value="/">
<input type="checkbox" name="keep"><textarea name="note"></textarea>
<select name="role"><option value="expert" selected>Expert</option><option value="observer">Observer</option></select>
</form>`;

function control(name: string): HTMLInputElement {
  const found = document.querySelector<HTMLInputElement>(`[action="/sign-in"] [name="${name}"]`);
  if (found === null) throw new Error(name);
  return found;
}

function fill(): void {
  control("email").value = "ann@borovia.example";
  control("password").value = "a secret";
  control("keep").checked = true;
  control("note").value = "half a";
  control("role").value = "observer";
}

function load(path: string): void {
  history.replaceState(null, "", path);
  document.body.innerHTML = CHOOSER + SIGN_IN;
}

beforeEach(() => {
  sessionStorage.clear();
  load("/sign-in");
});

afterEach(() => {
  vi.restoreAllMocks();
  delete document.body.dataset["account"];
});

describe("what was typed into a form", () => {
  it("comes back in the page that is loaded instead, and whoever counts it hears of it; a password does not", () => {
    fill();
    keepForms("/sign-in");
    load("/sign-in");
    const heard: string[] = [];
    document.body.addEventListener("input", (event) => heard.push((event.target as HTMLInputElement).name));
    restoreForms();
    expect(["email", "password", "note", "role"].map((name) => control(name).value)).toEqual(["ann@borovia.example", "", "half a", "observer"]);
    expect(control("keep").checked).toBe(true);
    expect(heard.toSorted()).toEqual(["email", "keep", "note", "role"]);
    expect(JSON.stringify({ ...sessionStorage })).not.toContain("secret");
  });
  it("is no longer there after the next page, whichever that is", () => {
    fill();
    keepForms("/sign-in");
    expect(sessionStorage.length).toBe(1);
    load("/help/home");
    restoreForms();
    expect(sessionStorage.length).toBe(0);
    expect(control("email").value).toBe("");
  });
  it("is not shown to somebody else", () => {
    document.body.dataset["account"] = "ann";
    fill();
    keepForms("/sign-in");
    load("/sign-in");
    document.body.dataset["account"] = "ben";
    restoreForms();
    expect(control("email").value).toBe("");
  });
});

describe("choosing a language", () => {
  const answer = (status: number, body: unknown): void => {
    vi.spyOn(globalThis, "fetch").mockImplementation(() => Promise.resolve(new Response(JSON.stringify(body), { status })));
  };
  const choose = (): void => {
    const form = document.querySelector<HTMLFormElement>('[action="/language"]');
    form?.requestSubmit(form.querySelector("button"));
  };
  let gone: string[];
  let ended: AbortController;
  let isOnDisk: boolean;
  beforeEach(() => {
    gone = [];
    isOnDisk = true;
    ended = new AbortController();
    interceptLanguage({ isOnDisk: () => isOnDisk, go: (path) => gone.push(path) }, ended.signal);
  });
  afterEach(() => {
    ended.abort();
  });

  it("tells the server, keeps the forms and loads the page again", async () => {
    answer(200, { ok: true });
    fill();
    choose();
    await vi.waitFor(() => {
      expect(gone).toEqual(["/sign-in"]);
    });
    const body = vi.mocked(fetch).mock.calls[0]?.[1]?.body as URLSearchParams;
    expect([body.get("language"), body.get("then")]).toEqual(["ar", "/sign-in"]);
    expect(sessionStorage.length).toBe(1);
  });
  it("waits until what was typed is on the device", async () => {
    answer(200, { ok: true });
    isOnDisk = false;
    vi.useFakeTimers();
    choose();
    await vi.advanceTimersByTimeAsync(1000);
    expect(gone).toEqual([]);
    isOnDisk = true;
    await vi.advanceTimersByTimeAsync(100);
    expect(gone).toEqual(["/sign-in"]);
    vi.useRealTimers();
  });
  it("stays on the page and says why when the server does not take it", async () => {
    answer(403, { error: { code: "csrf", message: "This form is no longer valid." } });
    fill();
    choose();
    await vi.waitFor(() => {
      expect(document.querySelector('[action="/language"] [role="alert"]')?.textContent).toBe("This form is no longer valid.");
    });
    expect(gone).toEqual([]);
    expect(control("email").value).toBe("ann@borovia.example");
  });
});
