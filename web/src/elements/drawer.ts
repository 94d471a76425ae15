/**
 * `<rm-drawer>`: texts of one's own that were not accepted. For each: why, what it said against what is there now, and
 * what can be done with it. Nothing goes from here but by the person's own hand.
 */
import { t } from "../i18n/messages";
import { compareBlocks, isSame } from "../docs/compare";
import { blocksText, type Block, type Run } from "../docs/model";
import { insertBlocks, type Stretch } from "../editor/insert";
import { renderBlocks, renderChanges } from "../editor/read";
import type { DrawerItem } from "../sync/types";
import { fieldBlocks, keptBlocks, keptFields } from "./blocks";
import { SHOWN_LETTERS } from "./dialogs";
import { h } from "./dom";
import { RmPage } from "./page";
import type { PagePort } from "./port";
import { RmSection } from "./section";
import { shortTime } from "./times";

const KNOWN = new Set(["claim", "frozen", "role", "locked", "unknown", "schema", "gap", "epoch", "author", "size", "rate", "invalid", "diverged", "closed"]);
export class RmDrawer extends HTMLElement {
  #port: PagePort | null = null;
  #section: RmSection | null = null;
  #items: readonly DrawerItem[] = [];
  /** What the last drawing rested on: whether one may insert, and which revision it was compared with. */
  #drawnFor = "";
  #asking = false;

  connectedCallback(): void {
    const page = this.closest("rm-page");
    const section = this.closest("rm-section");
    this.#section = section instanceof RmSection ? section : null;
    this.#port = page instanceof RmPage ? page.port : null;
    this.#port?.addEventListener("drawer", this.#onChange);
    this.addEventListener("click", this.#onClick);
    this.#section?.addEventListener("rm-section-state", this.#onSection);
    this.#onChange();
  }

  disconnectedCallback(): void {
    this.#port?.removeEventListener("drawer", this.#onChange);
    this.removeEventListener("click", this.#onClick);
    this.#section?.removeEventListener("rm-section-state", this.#onSection);
    this.#port = null;
  }

  readonly #onChange = (event?: Event): void => {
    const id = this.dataset["section"] ?? "";
    const about: unknown = event instanceof CustomEvent ? (event.detail as { section?: unknown } | null)?.section : undefined;
    // Asking makes the port look into the store and at the server, and say that it did: that is no news.
    if (this.#asking || (about !== undefined && about !== id)) return;
    this.#asking = true;
    void this.#ask(id).finally(() => {
      this.#asking = false;
    });
  };

  async #ask(id: string): Promise<void> {
    const items = await this.#port?.drawer(id);
    if (items === undefined || !this.isConnected) return;
    const added = items.some((item) => !this.#items.some((known) => known.id === item.id));
    const same = items.length === this.#items.length && !added && items.every((item, i) => item.onServer === this.#items[i]?.onServer);
    this.#items = items;
    if (!same) this.#draw(added);
  }

  readonly #onSection = (): void => {
    if (this.#items.length > 0 && this.#basis() !== this.#drawnFor && !this.contains(document.activeElement)) this.#draw(false);
  };

  #basis(): string {
    const state = this.#section?.session?.state;
    return `${this.#section?.writing === true} ${state?.ready === true ? state.rev : "-"}`;
  }

  #draw(added: boolean): void {
    this.#drawnFor = this.#basis();
    const before = this.querySelector("details");
    if (this.#items.length === 0) {
      // Whoever dismissed the last one with the keyboard goes on from the section.
      if (this.contains(document.activeElement)) this.#section?.focus();
      this.replaceChildren();
      return;
    }
    const details = h("details", { class: "drawer", open: before?.open ?? true }, h("summary", {}, t("drawer.title", { n: this.#items.length })), ...this.#items.map((item) => this.#itemNode(item)));
    this.replaceChildren(details);
    const page = this.closest("rm-page");
    if (added && page instanceof RmPage) page.warn(t("drawer.added", { section: this.#section?.heading ?? "" }));
  }

  #itemNode(item: DrawerItem): HTMLElement {
    const why = t(`why.${KNOWN.has(item.code) ? item.code : "other"}`);
    const article = h(
      "article",
      { class: "drawer-item", "data-item": item.id },
      h("p", {}, h("strong", {}, why), " ", h("span", { class: "muted" }, t(item.onServer ? "drawer.kept-server" : "drawer.kept-device", { time: shortTime(item.at) }))),
      this.#diff(item),
      h(
        "div",
        { class: "cluster" },
        this.#section?.writing === true && h("button", { type: "button", class: "button small", "data-act": "insert" }, t("drawer.insert")),
        h("button", { type: "button", class: "button small", "data-act": "copy" }, t("drawer.copy")),
        h("button", { type: "button", class: "button small", "data-act": "download" }, t("drawer.download")),
        h("button", { type: "button", class: "button quiet small", "data-act": "dismiss" }, t("drawer.dismiss")),
      ),
    );
    return article;
  }

  /** My text against the blocks of the present text that it stands nearest to; my text alone while that is not here. */
  #diff(item: DrawerItem): HTMLElement {
    const session = this.#section?.session ?? null;
    const mine = keptFields(item.after);
    if (session?.state.ready !== true || item.code === "size") return h("div", { class: "diff prose", tabindex: "0" }, renderBlocks(beginning(keptBlocks(item.after))));
    const before = keptFields(item.before);
    const words = { inserted: t("diff.inserted"), deleted: t("diff.deleted"), restyled: t("diff.restyled") };
    const shown = [...mine].map(([field, blocks]) => {
      const names = session.fields.includes(field) ? [field] : session.fields;
      const now = names.flatMap((name) => fieldBlocks(session, name) ?? []);
      return renderChanges(compareBlocks(nearest(now, before.get(field) ?? [], blocks), blocks), words);
    });
    return h(
      "div",
      {},
      h("p", { class: "diff-key" }, h("ins", {}, t("drawer.key-mine")), h("del", {}, t("drawer.key-now"))),
      // It scrolls when it is long, and keys must be able to.
      h("div", { class: "diff prose", tabindex: "0" }, ...shown),
    );
  }

  readonly #onClick = (event: MouseEvent): void => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button[data-act]") : null;
    const id = button?.closest<HTMLElement>("[data-item]")?.dataset["item"];
    const item = this.#items.find((one) => one.id === id);
    if (button === null || item === undefined) return;
    switch (button.dataset["act"]) {
      case "insert":
        this.#insert(item);
        return;
      case "copy":
        void this.#copy(item, button);
        return;
      case "download":
        download(`${(this.#section?.dataset["key"] ?? "text").replaceAll("/", "-")}.txt`, blocksText(keptBlocks(item.after)));
        return;
      case "dismiss":
        void this.#port?.dismiss(item);
    }
  };

  /** As a new edit, field by field, where it stood. */
  #insert(item: DrawerItem): void {
    const before = keptFields(item.before);
    for (const [field, blocks] of keptFields(item.after)) {
      const view = this.#section?.editorOf(field) ?? null;
      if (view === null) continue;
      const session = this.#section?.session ?? null;
      const now = session !== null && session.fields.includes(field) ? (fieldBlocks(session, field) ?? []) : [];
      // A paste that was too large never stood anywhere.
      const where = item.code === "size" ? null : placeFor(now, before.get(field) ?? [], blocks);
      insertBlocks(blocks, where)(view.state, view.dispatch.bind(view), view);
      view.focus();
    }
  }

  async #copy(item: DrawerItem, button: HTMLButtonElement): Promise<void> {
    const text = blocksText(keptBlocks(item.after));
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = t("drawer.copied");
    } catch {
      // The browser would not: the text is marked, to be copied by hand.
      const shown = button.closest(".drawer-item")?.querySelector(".diff");
      if (shown != null) getSelection()?.selectAllChildren(shown);
    }
  }
}

/** The stretch of `now` that belongs to what was touched: as many blocks as there were, where most of them are alike. */
export function nearest(now: readonly Block[], before: readonly Block[], mine: readonly Block[]): readonly Block[] {
  const { from, to } = nearestStretch(now, before, mine);
  return now.slice(from, to);
}

function nearestStretch(now: readonly Block[], before: readonly Block[], mine: readonly Block[]): Stretch & { alike: number } {
  const size = Math.min(Math.max(before.length, 1), now.length);
  const wanted = new Set([...before, ...mine].flatMap((block) => wordsOf(block)));
  const scores = now.map((block) => wordsOf(block).filter((word) => wanted.has(word)).length);
  let best = 0;
  let alike = -1;
  for (let at = 0; at + size <= now.length; at += 1) {
    let score = 0;
    for (let i = at; i < at + size; i += 1) score += scores[i] ?? 0;
    if (score > alike) [best, alike] = [at, score];
  }
  return { from: best, to: best + size, alike };
}

/**
 * Where a kept text goes: in the place of the blocks that it was written on, if they stand there as they were; else
 * after those that are most like it; null when none is, and only its author knows.
 */
export function placeFor(now: readonly Block[], before: readonly Block[], mine: readonly Block[]): Stretch | null {
  const { from, to, alike } = nearestStretch(now, before, mine);
  if (before.length > 0 && isSame(compareBlocks(before, now.slice(from, to)))) return { from, to };
  return alike > 0 ? { from: to, to } : null;
}

/** As much of a text as shows which one it is; copying and downloading give it whole. A browser lays out some hundred thousand letters for seconds. */
function beginning(blocks: readonly Block[]): Block[] {
  let left = SHOWN_LETTERS;
  const shown: Block[] = [];
  for (const block of blocks) {
    if (left <= 0) break;
    const runs: Run[] = [];
    for (const run of block.runs) {
      if (left <= 0) break;
      runs.push(run.text.length <= left ? run : { ...run, text: `${run.text.slice(0, left)}…` });
      left -= run.text.length;
    }
    shown.push({ ...block, runs });
  }
  return shown;
}

function wordsOf(block: Block): string[] {
  return block.runs.flatMap((run) => run.text.toLowerCase().split(/\s+/u)).filter(Boolean);
}

function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(address);
}
