/** A server of `revmod.1` in the test's own process: real frames, a log in memory, and a person for every fault. */
import { modifyAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";

import { decodeClient, encode } from "../../src/wire/codec";
import type { ClientFrame, DeniedReason, Late, OpenSection, Push, RefuseCode, ServerFrame } from "../../src/wire/frames";
import { toBase64 } from "../../src/wire/json";
import type { Line, Peer } from "./network";

export interface Rights {
  readonly mode: "write" | "read";
  readonly why: "ok" | "claim" | "frozen" | "role";
}

/** Why a push is to be refused, or null; the test decides. */
export type Judge = (push: Push, account: string) => RefuseCode | null;

export class FakeSection {
  doc = new Y.Doc();
  rev = 0;
  epoch = "epoch-1";
  readonly rights = new Map<string, Rights>();
  readonly denied = new Map<string, DeniedReason>();
  readonly accepted = new Map<string, number>();
  readonly authors = new Map<number, string>();
  readonly seats = new Set<Seat>();
  claims: string[] = [];
  /** Claims that ran out and come back when their holder does. */
  readonly expired = new Set<string>();
  digest: { rev: number; hex: string } | null = null;

  rightsOf(account: string): Rights {
    return this.rights.get(account) ?? { mode: "write", why: "ok" };
  }

  /** Another history: as after a restore from backup. */
  restore(epoch: string, content: Uint8Array | null = null): void {
    this.doc = new Y.Doc();
    if (content !== null) Y.applyUpdate(this.doc, content);
    this.epoch = epoch;
    this.rev = content === null ? 0 : 1;
    this.authors.clear();
  }

  /** Something of rights or claims has changed: tell everybody. */
  tell(): void {
    for (const seat of [...this.seats]) seat.meta();
  }
}

export class FakeServer {
  schema = 1;
  judge: Judge = () => null;
  readonly lates: (Late & { account: string; section: string })[] = [];
  readonly dismissed = new Set<string>();
  readonly opens: OpenSection[] = [];
  readonly pushes: Push[] = [];
  readonly #sections = new Map<string, FakeSection>();
  readonly members = new Set<Member>();

  section(id: string): FakeSection {
    let section = this.#sections.get(id);
    if (section === undefined) {
      section = new FakeSection();
      this.#sections.set(id, section);
    }
    return section;
  }

  /** As every 15 seconds. */
  ping(): void {
    for (const member of this.members) member.line.send(new Uint8Array([9]));
  }

  readonly accept = (account: string, line: Line): Peer => {
    const member = new Member(this, account, line);
    this.members.add(member);
    return member;
  };
}

class Seat {
  synced = false;
  n = 0;
  constructor(
    readonly member: Member,
    readonly section: FakeSection,
    readonly opening: OpenSection,
    readonly name: string,
  ) {}

  send(frame: ServerFrame): void {
    this.member.send(this.name, frame);
  }

  meta(): void {
    const { account, server } = this.member;
    const denied = this.section.denied.get(account);
    if (denied !== undefined) {
      this.send({ type: "close", reason: denied });
      this.member.leave(this);
      return;
    }
    this.n += 1;
    this.send({
      type: "meta",
      epoch: this.section.epoch,
      schema: server.schema,
      rev: this.section.rev,
      seq: this.section.accepted.get(this.opening.outbox) ?? 0,
      ...this.section.rightsOf(account),
      claims: this.section.claims.map((one) => ({
        account: one,
        name: one,
        state: "BOR",
        since: "2026-01-01T10:02:00Z",
        alone: false,
        offline: false,
      })),
      step: { state: "open", votes: [], digest: null },
      digest: this.section.digest,
      n: this.n,
    });
  }
}

class Member implements Peer {
  readonly #seats = new Map<string, Seat>();
  readonly #pages = new Set<string>();
  #presence: Uint8Array | null = null;

  constructor(
    readonly server: FakeServer,
    readonly account: string,
    readonly line: Line,
  ) {}

  receive(message: Uint8Array): void {
    for (const { name, frame } of decodeClient(message)) this.#take(name, frame);
  }

  gone(): void {
    for (const seat of [...this.#seats.values()]) this.leave(seat);
    this.server.members.delete(this);
  }

  send(name: string, frame: ServerFrame): void {
    this.line.send(encode(name, frame));
  }

  /** This person may not open the page any more. */
  shut(page: string): void {
    if (this.#pages.delete(page)) this.send(page, { type: "close", reason: "role" });
  }

  /** News of a page, for whoever has it open. */
  tell(page: string, kind: string): void {
    if (this.#pages.has(page)) this.send(page, { type: "notice", kind, body: {} });
  }

  leave(seat: Seat): void {
    seat.section.seats.delete(seat);
    if (this.#seats.get(seat.name) === seat) this.#seats.delete(seat.name);
  }

  #take(name: string, frame: ClientFrame): void {
    const seat = this.#seats.get(name);
    switch (frame.type) {
      case "open-section":
        this.#open(name, frame);
        return;
      case "sync-step-1":
        if (seat === undefined) return;
        seat.send({ type: "sync-step-2", update: Y.encodeStateAsUpdate(seat.section.doc, frame.stateVector) });
        seat.synced = true;
        return;
      case "push":
        this.server.pushes.push(frame);
        if (seat === undefined) this.send(name, { type: "refuse", seq: frame.seq, code: "role", detail: {} });
        else this.#push(seat, frame);
        return;
      case "late":
        if (!this.server.lates.some((late) => late.id === frame.id)) {
          this.server.lates.push({ ...frame, account: this.account, section: name.slice(2) });
        }
        this.send(name, { type: "ack", seq: frame.seq, rev: 0 });
        return;
      case "close":
        if (seat !== undefined) this.leave(seat);
        return;
      case "open-page":
        this.#pages.add(name);
        this.send(name, { type: "opened", scope: "read" });
        for (const other of this.server.members) {
          if (other !== this && other.#presence !== null && other.#pages.has(name)) {
            this.send(name, { type: "presence", payload: other.#presence });
          }
        }
        return;
      case "presence":
        this.#presence = withUser(frame.payload, this.account);
        for (const other of this.server.members) {
          if (other !== this && other.#pages.has(name)) {
            other.send(name, { type: "presence", payload: this.#presence });
          }
        }
        return;
      case "pong":
        return;
      default:
        frame satisfies never;
    }
  }

  #open(name: string, opening: OpenSection): void {
    const { server, account } = this;
    server.opens.push(opening);
    const section = server.section(name.slice(2));
    const earlier = this.#seats.get(name);
    if (earlier !== undefined) this.leave(earlier);
    const denied = section.denied.get(account);
    if (denied !== undefined) {
      this.send(name, { type: "denied", reason: denied });
      return;
    }
    if (opening.resume && section.expired.delete(account)) {
      section.rights.set(account, { mode: "write", why: "ok" });
      section.claims.push(account);
    }
    const seat = new Seat(this, section, opening, name);
    this.#seats.set(name, seat);
    section.seats.add(seat);
    seat.send({ type: "opened", scope: section.rightsOf(account).mode });
    seat.meta();
  }

  #push(seat: Seat, push: Push): void {
    const { section, opening } = seat;
    const { account, server } = this;
    const last = section.accepted.get(opening.outbox) ?? 0;
    const refuse = (code: RefuseCode, detail: Record<string, unknown> = {}): void =>
      seat.send({ type: "refuse", seq: push.seq, code, detail });
    if (push.seq <= last) return seat.send({ type: "ack", seq: last, rev: section.rev });
    const rights = section.rightsOf(account);
    if (rights.mode === "read") return refuse(rights.why === "ok" ? "role" : rights.why);
    if (opening.epoch !== null && opening.epoch !== section.epoch) return refuse("epoch");
    const code = server.judge(push, account);
    if (code === "gap") return refuse("gap", { sv: toBase64(Y.encodeStateVector(section.doc)) });
    if (code !== null) return refuse(code, code === "rate" ? { after_ms: 500 } : {});
    const shadow = new Y.Doc();
    Y.applyUpdate(shadow, Y.encodeStateAsUpdate(section.doc));
    Y.applyUpdate(shadow, push.update);
    if (shadow.store.pendingStructs !== null || shadow.store.pendingDs !== null) {
      return refuse("gap", { sv: toBase64(Y.encodeStateVector(section.doc)) });
    }
    for (const client of Y.parseUpdateMeta(push.update).to.keys()) {
      const owner = section.authors.get(client);
      if (owner !== undefined && owner !== account) return refuse("author");
      section.authors.set(client, account);
    }
    section.doc = shadow;
    section.rev += 1;
    section.accepted.set(opening.outbox, push.seq);
    for (const other of section.seats) {
      if (other !== seat && other.synced) other.send({ type: "updates", rev: section.rev, updates: [push.update] });
    }
    seat.send({ type: "ack", seq: push.seq, rev: section.rev });
  }
}

/** The server says who it is, whatever the state claims. */
function withUser(payload: Uint8Array, account: string): Uint8Array {
  return modifyAwarenessUpdate(payload, (state: Record<string, unknown> | null) =>
    state === null ? null : { ...state, user: { account, name: `Name of ${account}`, state: "BOR", drafts: true } },
  );
}

