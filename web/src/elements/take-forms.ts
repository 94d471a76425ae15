/**
 * Taking and releasing a section without leaving the page. The forms are the server's and post by themselves where
 * there is no script; here the same fields go by fetch, after the question whether to join somebody.
 */
import { t } from "../i18n/messages";
import type { ClaimInfo, SectionState } from "../sync/types";
import { askJoin } from "./dialogs";
import { me } from "./dom";
import { post, type Answer } from "./http";
import type { Tone } from "./section-messages";

export interface TakeTargets {
  /** The claims as they are now, or null while the section is not open. */
  readonly claims: () => readonly ClaimInfo[] | null;
  readonly taken: () => void;
  /** About to release one's own claim: what follows is no surprise. */
  readonly releasing: () => void;
  readonly signedOut: () => void;
  readonly message: (words: string, tone: Tone) => void;
}

export class TakeForms {
  readonly #section: HTMLElement;
  readonly #targets: TakeTargets;

  constructor(section: HTMLElement, targets: TakeTargets) {
    this.#section = section;
    this.#targets = targets;
    section.addEventListener("submit", this.#onSubmit);
  }

  end(): void {
    this.#section.removeEventListener("submit", this.#onSubmit);
  }

  /** Show the form that fits: to take while I do not hold the section, to release while I do. */
  show(state: SectionState, account: string): void {
    if (!state.connected) return;
    const holds = state.claims.some((claim) => claim.account === account);
    const alone = state.claims.some((claim) => claim.alone && claim.account !== account);
    const take = this.#section.querySelector<HTMLFormElement>("form[data-take]");
    if (take !== null) {
      take.hidden = holds || state.why === "frozen" || state.why === "role" || state.denied !== null;
      const button = take.querySelector("button");
      if (button !== null) {
        button.disabled = alone;
        button.title = alone ? t("take.alone") : "";
      }
      const only = take.querySelector<HTMLInputElement>('input[name="alone"]');
      // Only a section that nobody else holds can be taken for oneself alone.
      if (only !== null) only.disabled = state.claims.some((claim) => claim.account !== account);
    }
    this.#ownRelease(take).forEach((form) => {
      form.hidden = !holds;
    });
  }

  /** The forms that release my own claim; made from the other form where the page came without one. */
  #ownRelease(take: HTMLFormElement | null): HTMLFormElement[] {
    const present = [...this.#section.querySelectorAll<HTMLFormElement>("form[data-release]:not([data-account])")];
    if (present.length > 0 || take === null) return present;
    const form = take.cloneNode(true) as HTMLFormElement;
    form.removeAttribute("data-take");
    form.setAttribute("data-release", "");
    form.action = take.action.replace(/\/take$/u, "/release");
    for (const label of form.querySelectorAll("label")) label.remove();
    const button = form.querySelector("button");
    if (button !== null) {
      button.textContent = t("take.release");
      button.disabled = false;
    }
    take.after(form);
    return [form];
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if (form.dataset["take"] === undefined && form.dataset["release"] === undefined) return;
    event.preventDefault();
    void this.#send(form);
  };

  async #send(form: HTMLFormElement): Promise<void> {
    const button = form.querySelector("button");
    if (button?.getAttribute("aria-busy") === "true") return;
    button?.setAttribute("aria-busy", "true");
    this.#targets.message("", "info");
    try {
      const fields = new FormData(form);
      const taking = form.dataset["take"] !== undefined;
      const others = taking ? (this.#targets.claims() ?? []).filter((claim) => claim.account !== me().account) : [];
      if (others.length > 0) {
        if (!(await askJoin(others))) return;
        fields.set("join", "1");
      }
      if (form.dataset["release"] !== undefined && form.dataset["account"] === undefined) this.#targets.releasing();
      let answer = await post(form.action, fields);
      if (answer.kind === "refused" && answer.code === "join-anyway") {
        // Somebody came first, while this page did not know it yet: the server's own question is asked.
        if (!(await askJoin([], answer.message))) return;
        fields.set("join", "1");
        answer = await post(form.action, fields);
      }
      this.#heard(answer, taking);
    } finally {
      button?.removeAttribute("aria-busy");
    }
  }

  #heard(answer: Answer, taking: boolean): void {
    switch (answer.kind) {
      case "done":
        if (taking) this.#targets.taken();
        return;
      case "refused":
        this.#targets.message(answer.message || t("net.refused"), "warn");
        return;
      case "signed-out":
        this.#targets.signedOut();
        return;
      case "unreached":
        this.#targets.message(t("net.unreached"), "warn");
    }
  }
}
