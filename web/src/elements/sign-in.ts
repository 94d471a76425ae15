/**
 * `<rm-sign-in>`: the session ended while somebody was typing. Asks for the password in place, with the text still on
 * the page and on the device. Says `rm-signed-in` and goes when it is done.
 *
 * Only the same person may come back here: somebody else has another database, and opens the page anew.
 */
import { t } from "../i18n/messages";
import { freshId, h } from "./dom";
import { post, renewCsrf } from "./http";

export class RmSignIn extends HTMLElement {
  #dialog: HTMLDialogElement | null = null;

  connectedCallback(): void {
    const id = freshId("sign-in");
    const email = h("input", { id: `${id}-email`, name: "email", type: "email", autocomplete: "username", required: true, dir: "ltr" });
    const password = h("input", { id: `${id}-password`, name: "password", type: "password", autocomplete: "current-password", required: true, dir: "ltr" });
    const error = h("p", { class: "error", role: "alert" });
    const button = h("button", { class: "button primary" }, t("sign-in.go"));
    const form = h(
      "form",
      { action: "/sign-in", method: "post" },
      h("h2", { id }, t("sign-in.title")),
      h("p", {}, t("sign-in.explain")),
      error,
      h("div", { class: "form-row" }, h("label", { for: email.id }, t("sign-in.email")), email),
      h("div", { class: "form-row" }, h("label", { for: password.id }, t("sign-in.password")), password),
      h("div", { class: "cluster end" }, this.#later(), button),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      button.disabled = true;
      void this.#send(form, error).finally(() => {
        button.disabled = false;
      });
    });
    this.#dialog = h("dialog", { "aria-labelledby": id }, form);
    this.#dialog.addEventListener("close", () => {
      this.remove();
    });
    this.append(this.#dialog);
    this.#dialog.showModal();
  }

  disconnectedCallback(): void {
    this.#dialog?.remove();
    this.#dialog = null;
  }

  /** One may first copy what was typed; the next attempt to reach the server asks again. */
  #later(): HTMLButtonElement {
    const button = h("button", { type: "button", class: "button" }, t("sign-in.later"));
    button.addEventListener("click", () => {
      this.#dialog?.close();
    });
    return button;
  }

  async #send(form: HTMLFormElement, error: HTMLElement): Promise<void> {
    error.textContent = "";
    const answer = await post("/sign-in", new FormData(form));
    if (answer.kind === "done") {
      const { csrf, account } = answer.body;
      const here = document.body.dataset["account"];
      if (typeof account === "string" && here !== undefined && account !== here) {
        location.reload();
        return;
      }
      if (typeof csrf === "string") renewCsrf(csrf);
      this.dispatchEvent(new Event("rm-signed-in"));
      this.#dialog?.close();
      return;
    }
    error.textContent = answer.kind === "refused" && answer.message !== "" ? answer.message : t(answer.kind === "unreached" ? "net.unreached" : "sign-in.wrong");
  }
}
