/**
 * `<rm-section>`: one section of the page. The server's HTML stays until the section's document is here; then each field
 * is an editor where one may write, and rendered text where one may not.
 *
 * Owns what is shown of the session's state. Must not know how anything is sent or stored.
 */
import type { EditorView } from "prosemirror-view";
import { t } from "../i18n/messages";
import { setLink, removeLink, linkAt } from "../editor/commands";
import { bytesOf } from "../editor/clean";
import { mountEditor, undoCommands } from "../editor/editor";
import { VotesGuard } from "../editor/votes-guard";
import type { SaveState, SectionSession, SectionState } from "../sync/types";
import { fieldBlocks } from "./blocks";
import { claimNews, showClaims } from "./claims";
import { askLink, askReset, tellPasteTooLarge } from "./dialogs";
import { freshId, me } from "./dom";
import { FieldView } from "./field-view";
import { RmPage, type ActiveEditor } from "./page";
import { showSave } from "./save-line";
import { SectionMessages } from "./section-messages";
import { TakeForms } from "./take-forms";

const SECTION_BYTES = 256 * 1024;

export class RmSection extends HTMLElement {
  #page: RmPage | null = null;
  #session: SectionSession | null = null;
  #before: SectionState | null = null;
  #fields = new Map<string, FieldView>();
  #forms: TakeForms | null = null;
  #guard = new VotesGuard({
    votes: () => this.#session?.state.step.votes.filter((vote) => vote.live) ?? [],
    confirm: askReset,
  });
  #messages = new SectionMessages(this);
  #readTimer: ReturnType<typeof setTimeout> | undefined;
  #wantsFocus = false;
  #releasing = false;

  connectedCallback(): void {
    const page = this.closest("rm-page");
    this.#page = page instanceof RmPage ? page : null;
    this.#forms = new TakeForms(this, {
      claims: () => this.#session?.state.claims ?? null,
      taken: () => {
        this.#wantsFocus = true;
        this.#focusIfWanted();
      },
      releasing: () => {
        this.#releasing = true;
      },
      signedOut: () => this.#page?.signedOut(),
      message: (words, tone) => {
        this.#messages.put("form", words, tone);
      },
    });
    this.#page?.adopt(this);
  }

  disconnectedCallback(): void {
    this.#page?.release(this);
    this.#forms?.end();
    clearTimeout(this.#readTimer);
    for (const field of this.#fields.values()) field.unmount();
    this.#fields.clear();
    const session = this.#session;
    if (session === null) return;
    session.removeEventListener("state", this.#onState);
    session.removeEventListener("doc", this.#onDoc);
    session.doc.off("update", this.#onText);
    this.#session = null;
    void session.close();
  }

  /** Open the section: called by the page when it comes near, and by whoever jumps to it. */
  open(): void {
    const id = this.dataset["section"] ?? "";
    const port = this.#page?.port ?? null;
    if (this.#session !== null || id === "" || port === null) return;
    for (const element of this.querySelectorAll<HTMLElement>("[data-field]")) {
      const name = element.dataset["field"] ?? "";
      this.#fields.set(name, new FieldView(element, name));
    }
    this.#session = port.open({ id, key: this.dataset["key"] ?? "", fields: fieldNames(this.dataset["fields"]) });
    this.#session.addEventListener("state", this.#onState);
    this.#session.addEventListener("doc", this.#onDoc);
    this.#session.doc.on("update", this.#onText);
    this.#onState();
  }

  get session(): SectionSession | null {
    return this.#session;
  }

  /** Whether there is an editor in it now. */
  get writing(): boolean {
    return [...this.#fields.values()].some((field) => field.view !== null);
  }

  get save(): SaveState | null {
    return this.#session?.state.save ?? null;
  }

  get heading(): string {
    return this.querySelector("h2")?.textContent.trim() ?? "";
  }

  /** The editor of a field, or of the first one, while the section can be written in. */
  editorOf(field?: string): EditorView | null {
    const named = field === undefined ? undefined : this.#fields.get(field)?.view;
    return named ?? [...this.#fields.values()].find((one) => one.view !== null)?.view ?? null;
  }

  readonly #onState = (): void => {
    const state = this.#session?.state;
    if (state === undefined) return;
    const before = this.#before;
    this.#before = state;
    const { account } = me();
    this.dataset["mode"] = state.mode;
    this.dataset["why"] = state.why;
    const claims = this.querySelector<HTMLElement>("[data-claims]");
    if (claims !== null && (state.connected || before?.connected) && state.claims !== before?.claims) {
      showClaims(claims, state.claims, { account, section: this.dataset["section"] ?? "", releases: this.#page?.dataset["releases"] ?? "" });
      if (before?.connected) for (const news of claimNews(before.claims, state.claims, account, this.heading)) this.#page?.say(news);
    }
    this.#forms?.show(state, account);
    const line = this.querySelector<HTMLElement>("[data-save-line]");
    if (line !== null) {
      if (line.id === "") line.id = freshId("save");
      line.setAttribute("aria-live", "off");
      showSave(line, state.save);
    }
    this.#messages.show(state);
    this.#fit(state);
    if (before !== null && before.mode !== state.mode) {
      this.#messages.modeChanged(state, this.heading, this.#page, this.#releasing);
      this.#releasing = false;
    }
    this.#page?.refresh();
    this.dispatchEvent(new Event("rm-section-state"));
  };

  readonly #onDoc = (): void => {
    // The old document was burnt; its editors must go before anything is typed into them.
    for (const field of this.#fields.values()) field.unmount();
    // What was burnt with it may stand on the page still, at a revision that the new one has as well.
    delete this.dataset["rev"];
    this.#session?.doc.on("update", this.#onText);
    this.#onState();
  };

  readonly #onText = (): void => {
    if (this.writing) return;
    this.#readTimer ??= setTimeout(() => {
      this.#readTimer = undefined;
      const session = this.#session;
      if (session !== null && !this.writing && session.state.ready && this.#isNewer(session.state)) this.#read(session);
    }, 150);
  };

  /** Editors where one may write, text where one may not. */
  #fit(state: SectionState): void {
    const session = this.#session;
    if (session === null || !state.ready || state.denied !== null) {
      if (state.denied !== null) for (const field of this.#fields.values()) field.unmount();
      return;
    }
    const write = state.mode === "write" && this.#canBind(session);
    if (write && !this.writing) this.#write(session);
    else if (!write && (this.writing || this.#isNewer(state))) this.#read(session);
    this.toggleAttribute("data-writing", this.writing);
  }

  /** Whether the document is ahead of what the page shows: the device's copy may be older than the server's HTML. */
  #isNewer(state: SectionState): boolean {
    const { epoch, rev } = this.dataset;
    return (epoch !== undefined && state.epoch !== epoch) || state.rev > Number(rev ?? -1);
  }

  /** Whether every field fits the schema: binding what does not fit would delete it for everybody (findings, H1). */
  #canBind(session: SectionSession): boolean {
    const fits = session.fields.every((field) => fieldBlocks(session, field) !== null);
    this.#messages.put("schema", fits ? "" : t("section.schema"), "bad");
    return fits;
  }

  #write(session: SectionSession): void {
    for (const field of this.#fields.values()) {
      field.mount((place) => {
        const view: EditorView = mountEditor(place, {
          fragment: session.fragment(field.name),
          awareness: session.awareness,
          guard: this.#guard,
          labelledBy: [this.querySelector("h2")?.id, field.headingId].filter(Boolean).join(" "),
          describedBy: this.querySelector("[data-save-line]")?.id ?? "",
          composing: (active) => {
            session.composing(active);
          },
          focused: (now) => {
            session.edited();
            this.#page?.activate(this.#active(now));
          },
          changed: () => {
            this.#page?.toolbar?.refresh();
          },
          toToolbar: () => this.#page?.toolbar?.enter() ?? false,
          editLink: () => {
            void this.#editLink(view);
            return true;
          },
          room: () => SECTION_BYTES - session.fields.reduce((sum, name) => sum + bytesOf(session.fragment(name).toString()), 0),
          tooLarge: (text) => {
            void this.#page?.port?.keep({ section: session.id, code: "size", text });
            void tellPasteTooLarge(text);
          },
        });
        return view;
      });
    }
    this.#focusIfWanted();
  }

  #read(session: SectionSession): void {
    for (const field of this.#fields.values()) {
      const blocks = fieldBlocks(session, field.name);
      if (blocks !== null) field.read(blocks);
      else field.unmount();
    }
    this.dataset["rev"] = String(session.state.rev);
    if (session.state.epoch !== null) this.dataset["epoch"] = session.state.epoch;
  }

  #active(view: EditorView): ActiveEditor {
    const history = undoCommands(this.#guard);
    return {
      view,
      undo: () => history.undo(view.state, view.dispatch.bind(view), view),
      redo: () => history.redo(view.state, view.dispatch.bind(view), view),
      editLink: () => {
        void this.#editLink(view);
      },
    };
  }

  async #editLink(view: EditorView): Promise<void> {
    const answer = await askLink(linkAt(view.state)?.href ?? null);
    if (view.isDestroyed) return;
    const command = answer === null ? null : answer === "" ? removeLink : setLink(answer);
    command?.(view.state, view.dispatch.bind(view), view);
    view.focus();
  }

  #focusIfWanted(): void {
    if (!this.#wantsFocus || !this.writing) return;
    this.#wantsFocus = false;
    // Whoever is in an editor already keeps their place: the answer may come after the first click.
    if (this.contains(document.activeElement) && document.activeElement?.closest("[contenteditable]") !== null) return;
    this.editorOf()?.focus();
  }
}

function fieldNames(json: string | undefined): string[] {
  try {
    const names: unknown = JSON.parse(json ?? "[]");
    return Array.isArray(names) ? names.filter((name): name is string => typeof name === "string") : [];
  } catch {
    // The server writes it; a page that is broken here still shows its text.
    return [];
  }
}
