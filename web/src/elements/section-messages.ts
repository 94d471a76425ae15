/**
 * The messages above a section's fields: why it cannot be written in, how full it is, what an act was answered.
 * At most one of each kind; an empty one takes it away.
 */
import { t } from "../i18n/messages";
import type { SectionState } from "../sync/types";
import { h } from "./dom";

export type MessageKind = "form" | "schema" | "limits" | "denied" | "mode";
export type Tone = "good" | "warn" | "bad" | "info";

/** Who says aloud what is shown here: what must be known at once, and what can wait. */
export interface Speaker {
  say(sentence: string): void;
  warn(sentence: string): void;
}

export class SectionMessages {
  readonly #section: HTMLElement;

  constructor(section: HTMLElement) {
    this.#section = section;
  }

  put(kind: MessageKind, words: string, tone: Tone): void {
    const present = this.#section.querySelector<HTMLElement>(`:scope > [data-message="${kind}"]`);
    if (words === "") {
      present?.remove();
      return;
    }
    const notice = present ?? h("p", { class: "notice section-message", "data-message": kind });
    notice.dataset["tone"] = tone;
    if (notice.textContent !== words) notice.textContent = words;
    if (present === null) this.#section.querySelector(":scope > header")?.after(notice);
  }

  /** What holds for as long as the state is so. */
  show(state: SectionState): void {
    if (state.limits.full) this.put("limits", t("section.full"), "bad");
    else this.put("limits", state.limits.half ? t("section.half") : "", "warn");
    this.put("denied", state.denied === null ? "" : t(`section.denied-${state.denied}`), "bad");
  }

  /** The right to write came or went. `released`: by the person's own hand, which is no news. */
  modeChanged(state: SectionState, section: string, speaker: Speaker | null, released: boolean): void {
    this.put("mode", "", "info");
    if (state.mode === "write") {
      speaker?.say(t("section.writable", { section }));
    } else if (state.why === "frozen") {
      this.put("mode", t("section.frozen"), "info");
      speaker?.warn(t("section.frozen"));
    } else if (state.why === "role" || (state.why === "claim" && !released)) {
      const words = t(`section.read-${state.why}`);
      this.put("mode", words, "warn");
      speaker?.warn(words);
    }
  }
}
