/**
 * `<rm-password>` around a new password and its rules: marks each rule as it is met while one types, says how much is
 * missing, and shows the password on demand. The form works without it; the server checks again.
 *
 * Attribute: `data-policy`, as JSON. A rule is `[data-rule]` with its code, and `[data-missing]` in it.
 */
import { t } from "../i18n/messages";
import { h } from "./dom";
import { missing, readPolicy, type Missing } from "./password-policy";

const SAY_AFTER_MS = 1000;

export class RmPassword extends HTMLElement {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #status: HTMLElement | null = null;

  connectedCallback(): void {
    const input = this.#input;
    if (input === null) return;
    input.addEventListener("input", this.#onInput);
    if (this.#status === null) {
      this.#status = h("p", { class: "visually-hidden", role: "status" });
      this.append(this.#status);
      input.after(this.#toggle(input));
    }
  }

  disconnectedCallback(): void {
    this.#input?.removeEventListener("input", this.#onInput);
    clearTimeout(this.#timer);
  }

  get #input(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>("input[name=password]");
  }

  #toggle(input: HTMLInputElement): HTMLButtonElement {
    const button = h("button", { type: "button", class: "button small password-show", "aria-pressed": "false", "aria-controls": input.id }, t("password.show"));
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
      input.focus();
    });
    // As it is sent it is hidden again, so that no browser offers to keep it as an ordinary text.
    input.form?.addEventListener("submit", () => {
      input.type = "password";
    });
    return button;
  }

  readonly #onInput = (): void => {
    const policy = readPolicy(this.dataset["policy"] ?? "");
    const input = this.#input;
    if (policy === null || input === null) return;
    const lacks = input.value === "" ? null : missing(input.value, policy);
    for (const rule of this.querySelectorAll<HTMLElement>("[data-rule]")) mark(rule, lacks);
    clearTimeout(this.#timer);
    // Said once one pauses: a word for every key would be noise.
    this.#timer = setTimeout(() => {
      this.#say(lacks);
    }, SAY_AFTER_MS);
  };

  #say(lacks: Missing | null): void {
    if (this.#status === null) return;
    const unmet = lacks === null ? 0 : Object.values(lacks).filter((n) => n > 0).length;
    if (lacks === null) this.#status.textContent = "";
    else this.#status.textContent = unmet === 0 ? t("password.good") : t("password.unmet", { n: unmet });
  }
}

function mark(rule: HTMLElement, lacks: Missing | null): void {
  const code = rule.dataset["rule"] ?? "";
  const n = lacks?.[code] ?? 0;
  rule.dataset["state"] = lacks === null ? "" : n > 0 ? "unmet" : "met";
  const line = rule.querySelector("[data-missing]");
  if (line !== null) line.textContent = lacks === null || n === 0 ? "" : sentence(code, n);
}

function sentence(code: string, n: number): string {
  switch (code) {
    case "too-short":
      return t("password.more", { n });
    case "few-lower":
      return t("password.more-lower", { n });
    case "few-upper":
      return t("password.more-upper", { n });
    case "few-digits":
      return t("password.more-digits", { n });
    case "few-special":
      return t("password.more-special", { n });
    default:
      return t("password.not-yet");
  }
}
