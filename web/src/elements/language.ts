/**
 * Changing the language of the page loses nothing: what was typed into the editor is on the device before the page goes,
 * what was typed into a form comes back in the new page. Without script the chooser is a plain form, and only the
 * editor's text is kept.
 *
 * Passwords are never kept: they are typed again.
 */
import { t } from "../i18n/messages";
import { h } from "./dom";
import { post } from "./http";
import { keepForms } from "./kept-forms";

const PATIENCE_MS = 5000;
const LOOK_EVERY_MS = 50;

/** What the chooser needs of the page it changes. */
export interface Leaving {
  /** Whether all that was typed is on the device. */
  isOnDisk(): boolean;
  /** Load a page of ours in the place of this one. */
  go(path: string): void;
}

/** Listen for the choosers of the page until `signal` ends it. */
export function interceptLanguage(page: Leaving, signal?: AbortSignal): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const button = event.submitter;
      if (!(form instanceof HTMLFormElement) || new URL(form.action, location.href).pathname !== "/language") return;
      if (!(button instanceof HTMLButtonElement) || event.defaultPrevented) return;
      event.preventDefault();
      void change(form, button, page);
    },
    signal === undefined ? {} : { signal },
  );
}

async function change(form: HTMLFormElement, button: HTMLButtonElement, page: Leaving): Promise<void> {
  const fields = new FormData(form);
  fields.set(button.name, button.value);
  const answer = await post("/language", fields);
  if (answer.kind !== "done") {
    complain(form, answer.kind === "refused" && answer.message !== "" ? answer.message : t("net.unreached"));
    return;
  }
  // Past that the browser itself asks whether to leave a page with text that is nowhere else.
  for (let waited = 0; !page.isOnDisk() && waited < PATIENCE_MS; waited += LOOK_EVERY_MS) await pause(LOOK_EVERY_MS);
  const then = fields.get("then");
  const path = typeof then === "string" && then !== "" ? then : "/";
  keepForms(path);
  page.go(path);
}

function complain(form: HTMLFormElement, sentence: string): void {
  const line = form.querySelector<HTMLElement>("[data-problem]") ?? h("p", { class: "error", role: "alert", "data-problem": "" });
  if (!line.isConnected) form.append(line);
  line.textContent = sentence;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
