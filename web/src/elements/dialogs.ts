/**
 * Questions to the person: native dialogs, built for one question and gone with its answer. Escape is always the
 * harmless answer, and focus goes back to where it was.
 */
import { t } from "../i18n/messages";
import type { ClaimInfo, VoteInfo } from "../sync/types";
import { cleanHref } from "../editor/schema";
import { bdi, fill, freshId, h, type Child } from "./dom";
import { joined, shortTime } from "./times";

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly tone?: "primary" | "danger";
}

interface Question {
  readonly title: string;
  readonly body: readonly Child[];
  readonly choices: readonly Choice[];
}

/** Show the dialog until it is answered; resolves with the value of the choice, or "" when it was left. */
export function ask(question: Question): Promise<string> {
  const id = freshId("dialog");
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", { id }, question.title),
    ...question.body,
    h(
      "div",
      { class: "cluster end" },
      ...question.choices.map((choice) =>
        h("button", { class: `button ${choice.tone ?? ""}`, value: choice.value, formnovalidate: choice.value === "" }, choice.label),
      ),
    ),
  );
  const dialog = h("dialog", { "aria-labelledby": id }, form);
  document.body.append(dialog);
  const before = document.activeElement;
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      resolve(dialog.returnValue);
    });
    dialog.showModal();
  });
}

const cancel = (): Choice => ({ value: "", label: t("dialog.cancel") });

/** "Ann is drafting here since 10:02: join anyway?", with the server's sentence where the claims are not known here. */
export async function askJoin(claims: readonly ClaimInfo[], sentence = ""): Promise<boolean> {
  const lines = claims.map((claim) =>
    h("li", {}, ...fill(t("join.holder"), { name: bdi(claim.name), state: bdi(claim.state), time: shortTime(claim.since) })),
  );
  const answer = await ask({
    title: t("join.title"),
    body: [
      sentence !== "" && h("p", {}, sentence),
      lines.length > 0 && h("ul", { class: "stack tight" }, ...lines),
      h("p", {}, t("join.explain")),
    ],
    choices: [cancel(), { value: "join", label: t("join.join"), tone: "primary" }],
  });
  return answer === "join";
}

/** What an edit would do to these votes, and whose they are. */
export function resetWords(votes: readonly VoteInfo[]): string {
  return t("reset.explain", { n: votes.length, who: joined(votes.map((vote) => `${vote.name} (${vote.state}) ${shortTime(vote.at)}`)) });
}

/** "An edit will reset 2 votes (Borovia 13:55, Cordesia 14:10)." */
export async function askReset(votes: readonly VoteInfo[]): Promise<boolean> {
  const answer = await ask({
    title: t("reset.title", { n: votes.length }),
    body: [h("p", {}, resetWords(votes))],
    choices: [cancel(), { value: "edit", label: t("reset.edit"), tone: "danger" }],
  });
  return answer === "edit";
}

/** The address of a link: null to leave things as they are, "" to take the link off. */
export async function askLink(present: string | null): Promise<string | null> {
  const id = freshId("link");
  const input = h("input", {
    id,
    name: "href",
    type: "text",
    inputmode: "url",
    dir: "ltr",
    autocomplete: "off",
    value: present ?? "https://",
    "aria-describedby": `${id}-hint`,
  });
  input.addEventListener("input", () => {
    input.setCustomValidity(cleanHref(input.value) === null ? t("link.invalid") : "");
  });
  input.setCustomValidity(present === null ? t("link.invalid") : "");
  const answer = await ask({
    title: t("link.title"),
    body: [
      h("div", { class: "form-row" }, h("label", { for: id }, t("link.address")), input, h("p", { class: "hint", id: `${id}-hint` }, t("link.hint"))),
    ],
    // The first button is what Enter presses.
    choices: [
      { value: "set", label: t("link.set"), tone: "primary" },
      ...(present === null ? [] : [{ value: "remove", label: t("link.remove") }]),
      cancel(),
    ],
  });
  if (answer === "set") return input.value;
  return answer === "remove" ? "" : null;
}

/** Of a text that is too large for a section, this much is shown. */
export const SHOWN_LETTERS = 2_000;

/** A paste that is too large: say so; it is kept with the person's other unsent text. */
export async function tellPasteTooLarge(text: string): Promise<void> {
  const area = h("textarea", { class: "field-text", readonly: true, dir: "auto", "aria-label": t("paste.text") });
  // The browser lays out a whole one for seconds; copying, and the drawer, give all of it.
  area.value = text.length > SHOWN_LETTERS ? `${text.slice(0, SHOWN_LETTERS)}…` : text;
  area.setSelectionRange(0, 0);
  const answer = await ask({
    title: t("paste.title"),
    body: [h("p", {}, t("paste.explain")), area],
    choices: [
      { value: "copy", label: t("drawer.copy") },
      { value: "", label: t("dialog.close"), tone: "primary" },
    ],
  });
  if (answer === "copy") await navigator.clipboard.writeText(text).catch(() => undefined);
}

/** Signing out with text that is not on the server yet. */
export async function askSignOut(unsent: number): Promise<boolean> {
  const answer = await ask({
    title: t("sign-out.title"),
    body: [h("p", {}, t("sign-out.explain", { n: unsent }))],
    choices: [cancel(), { value: "go", label: t("sign-out.go"), tone: "danger" }],
  });
  return answer === "go";
}
