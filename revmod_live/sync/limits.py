"""The bounds of the live server, each with its policy, in one frozen value.

Owns numbers only. What a frame may weigh is `frames`' (it is part of the wire); how long a claim
lives is `workflow.rules`'.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the server bears, and what it does at each bound.

    rest_s, rest_factor: after a commit the journal rests for so many times what telling everybody took,
                         at most so long; what comes meanwhile goes into the next commit.
    journal_bytes:       updates that wait for the disk; above it, members are not read.
    commit_updates:      updates in one transaction; the rest goes into the next.
    backlog_bytes:       bytes on the way to a member; above it, the member is lagging: it gets no
                         more updates, and a resync when it has drained.
    lagging_for_s:       a member that has not drained after this is closed (it may reconnect).
    silent_for_s:        a socket that answers no Ping for this long is closed.
    ping_every_s:        a Ping to every socket.
    digest_every_s:      the digest goes out in Meta at most this often, after activity.
    presence_per_s:      presence states a second of one page; more are dropped, the last is kept.
    presence_wait_s:     presence waits this long for a commit to travel with.
    strikes, strikes_within_s: refusals by shadow or schema that close the connection.
    late_bytes:          late text kept for one person; above it, Refuse `size`.
    text_bytes, state_bytes: most of a section; at it, only what adds no text is taken.
    restore_from_bytes, restore_share: one update that deletes this share of a state that long
                         keeps a restore point.
    fold_rows, fold_bytes: a journal's tail that long is folded into a snapshot.
    keep_fold_every_revs: a fold this far from the last kept one stays, for looking back.
    shadow_idle_s:       a room nobody wrote in for this long lets its shadow go.
    room_idle_s:         a room nobody is in closes after this.
    run_pause_s:         a run of edits ends after this pause (architecture, "Storage").
    pulse_s:             how often the housekeeping looks.
    retry_s:             how long the journal waits before it tries a full disk again.
    sockets_per_account: open sockets of one person; one more is closed at once.
    sections_per_socket: sections open on one socket; one more is Denied.
    yjs_held_bytes, yjs_held_s: what a stock client's updates may weigh, and how long they are
                         held, until its answer to our SyncStep1 has come.
    """

    rest_s: float = 0.008
    rest_factor: float = 12.0
    journal_bytes: int = 8 * 1024 * 1024
    commit_updates: int = 2_000
    backlog_bytes: int = 1024 * 1024
    lagging_for_s: float = 60.0
    silent_for_s: float = 60.0
    ping_every_s: float = 15.0
    digest_every_s: float = 10.0
    presence_per_s: int = 10
    presence_wait_s: float = 0.03
    strikes: int = 3
    strikes_within_s: float = 60.0
    late_bytes: int = 16 * 1024 * 1024
    text_bytes: int = 256 * 1024
    state_bytes: int = 4 * 1024 * 1024
    restore_from_bytes: int = 400
    restore_share: float = 0.3
    fold_rows: int = 500
    fold_bytes: int = 512 * 1024
    keep_fold_every_revs: int = 5_000
    shadow_idle_s: float = 60.0
    room_idle_s: float = 30.0
    run_pause_s: float = 60.0
    pulse_s: float = 0.25
    retry_s: float = 1.0
    sockets_per_account: int = 64
    sections_per_socket: int = 200
    yjs_held_bytes: int = 1024 * 1024
    yjs_held_s: float = 10.0
