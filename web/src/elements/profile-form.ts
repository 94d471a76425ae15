/**
 * The form of the profile: what was changed and not saved cannot be submitted. The server says so too; with script the
 * button says it before it is pressed.
 */
import { t } from "../i18n/messages";
import { h } from "./dom";

/** Watch the form of the profile, if the page has one. */
export function watchProfile(root: ParentNode = document): void {
  const form = root.querySelector<HTMLFormElement>("form[data-profile]");
  const submit = form?.querySelector<HTMLButtonElement>("button[value=submit]") ?? null;
  if (form === null || submit === null) return;
  const first = contents(form);
  const hint = h("p", { class: "hint", role: "status", id: "submit-hint" });
  submit.after(hint);
  const look = (): void => {
    const changed = contents(form) !== first;
    if (changed) submit.setAttribute("aria-disabled", "true");
    else submit.removeAttribute("aria-disabled");
    hint.textContent = changed ? t("profile.save-first") : "";
  };
  form.addEventListener("input", look);
  form.addEventListener("change", look);
  form.addEventListener("submit", (event) => {
    if (event.submitter === submit && submit.getAttribute("aria-disabled") === "true") event.preventDefault();
  });
}

function contents(form: HTMLFormElement): string {
  const fields = new FormData(form);
  fields.delete("csrf");
  return JSON.stringify([...fields.entries()].map(([name, value]) => [name, typeof value === "string" ? value : value.name]));
}
