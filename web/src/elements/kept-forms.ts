/**
 * What was typed into the forms of a page, kept while the page is loaded again in another language.
 *
 * It lies in this tab's own store for that moment only: the next page takes it out, whichever it is, and uses it if it
 * is the page it was kept for, with the same person. Never a password, a file or a hidden field.
 */
const KEY = "rm-kept-forms";
const NEVER = new Set(["password", "hidden", "file", "submit", "button", "image", "reset"]);

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

interface Kept {
  readonly account: string;
  readonly path: string;
  readonly scroll: number;
  /** What stands in each control, by its place: a page may hold what was typed into the one before, such as an address. */
  readonly values: Readonly<Record<string, string | boolean>>;
}

/** Keep what was typed here for the page at `path`. */
export function keepForms(path: string): void {
  const values: Record<string, string | boolean> = {};
  for (const [place, control] of controls()) {
    values[place] = isTicked(control) ? control.checked : control.value;
  }
  const kept: Kept = { account: account(), path, scroll: window.scrollY, values };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Full or forbidden: the page is then as it would be without script.
  }
}

/** Put back what was kept for this page, and forget it in any case. */
export function restoreForms(): void {
  const kept = taken();
  if (kept === null || kept.account !== account() || kept.path !== location.pathname + location.search) return;
  for (const [place, control] of controls()) {
    const value = kept.values[place];
    if (value === undefined || value === (isTicked(control) ? control.checked : control.value)) continue;
    if (isTicked(control)) control.checked = value === true;
    else control.value = String(value);
    // Whoever counts or checks what is typed hears of it as if it were typed.
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
  window.scrollTo(0, kept.scroll);
}

function taken(): Kept | null {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return text === null ? null : (JSON.parse(text) as Kept);
  } catch {
    return null;
  }
}

/** Every control that may be kept, by a name for its place: the form's address, its own name, the how manieth. */
function controls(): Map<string, Control> {
  const found = new Map<string, Control>();
  for (const form of document.forms) {
    const address = form.getAttribute("action") ?? "";
    for (const control of form.elements) {
      if (!isKept(control)) continue;
      let n = 0;
      while (found.has(`${address} ${control.name} ${n}`)) n += 1;
      found.set(`${address} ${control.name} ${n}`, control);
    }
  }
  return found;
}

function isTicked(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio");
}

function isKept(control: Element): control is Control {
  if (control instanceof HTMLInputElement) return control.name !== "" && !NEVER.has(control.type);
  return (control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement) && control.name !== "";
}

function account(): string {
  return document.body.dataset["account"] ?? "";
}
