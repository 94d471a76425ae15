"""Runs of edits: one author in one section without a pause, one entry each in the event log.

Owns when a run ends. What it changed is worked out from the journal when it is shown (`texts`).
architecture, "Storage". A run that a crash cut short is found in the journal and entered later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from revmod_live.accounts import store as accounts
from revmod_live.events import LogGrew
from revmod_live.storage.log import Entry
from revmod_live.sync import store
from revmod_live.workflow import queries

if TYPE_CHECKING:
    from revmod_live.ids import AccountId, SectionId
    from revmod_live.storage.database import Database, WriteTx
    from revmod_live.sync.commit import Commit
    from revmod_live.sync.store import Row

EDITED: Final = "text-edited"


@dataclass(slots=True)
class Run:
    """One author's revisions in one section; others' may lie between."""

    section: SectionId
    account: AccountId
    rev_from: int
    rev_to: int
    began_ms: int
    ended_ms: int


class History:
    """The runs that are going on."""

    def __init__(self, db: Database, *, pause_s: float) -> None:
        self._db: Final = db
        self._pause_ms: Final = int(pause_s * 1000)
        self._runs: dict[SectionId, dict[AccountId, Run]] = {}
        self._ended: list[Run] = []

    def stored(self, commit: Commit) -> None:
        """Count in what was stored."""
        rows = [
            store.Row(rev, entry.row.account, b"", entry.row.at_ms)
            for rev, entry in enumerate(commit.entries, commit.after + 1)
        ]
        self._count(commit.section, rows)

    def _count(self, section: SectionId, rows: Iterable[Row]) -> None:
        runs = self._runs.setdefault(section, {})
        for row in rows:
            run = runs.get(row.account)
            if run is not None and row.at_ms - run.ended_ms < self._pause_ms:
                run.rev_to, run.ended_ms = row.rev, row.at_ms
                continue
            if run is not None:
                self._ended.append(run)
            runs[row.account] = Run(section, row.account, row.rev, row.rev, row.at_ms, row.at_ms)

    def end_paused(self, now_ms: int) -> None:
        """End the runs whose author has paused."""
        for section, runs in self._runs.items():
            paused = [run.account for run in runs.values() if now_ms - run.ended_ms >= self._pause_ms]
            for account in paused:
                self.end(section, account)
        self._runs = {section: runs for section, runs in self._runs.items() if runs}

    def end(self, section: SectionId, account: AccountId | None = None) -> None:
        """End the run of one person in a section, or (None) everybody's."""
        runs = self._runs.get(section, {})
        for one in [account] if account is not None else list(runs):
            run = runs.pop(one, None)
            if run is not None:
                self._ended.append(run)

    def end_all(self) -> None:
        """End every run."""
        for section in list(self._runs):
            self.end(section)

    def authors(self, section: SectionId) -> tuple[AccountId, ...]:
        """Whose runs are going on in a section."""
        return tuple(self._runs.get(section, ()))

    def logged_rev(self, section: SectionId, rev: int) -> int:
        """Up to which revision everything is in the event log, when the section stands at `rev`."""
        going_on = [run.rev_from for run in self._runs.get(section, {}).values()]
        going_on += [run.rev_from for run in self._ended if run.section == section]
        return min(going_on, default=rev + 1) - 1

    async def write(self) -> None:
        """Enter the runs that have ended. What could not be written is tried again."""
        if not self._ended:
            return
        ended, self._ended = self._ended, []
        try:
            await self._db.write(lambda tx: _record(tx, ended))
        except BaseException:  # whatever stopped it: the runs are not lost
            self._ended[:0] = ended
            raise

    async def recover(self, section: SectionId, logged_rev: int) -> None:
        """Enter the runs after `logged_rev` that a crash kept out of the log."""
        rows, logged = await self._db.read(
            lambda tx: (
                store.rows(tx, section, after=logged_rev),
                store.logged_runs(tx, section, after=logged_rev),
            )
        )
        self._count(section, [row for row in rows if row.rev > logged.get(row.account, 0)])
        self.end(section)
        await self.write()


def _record(tx: WriteTx, runs: list[Run]) -> None:
    for run in sorted(runs, key=lambda run: run.rev_to):
        facts = queries.section_facts(tx, run.section)
        account = accounts.account(tx, run.account)
        if facts is None:
            continue
        tx.record(
            Entry(
                at=_moment(run.ended_ms),
                act=EDITED,
                account=run.account,
                state=account.state if account else None,
                review=facts.review,
                step=facts.step,
                section=run.section,
                rev_from=run.rev_from,
                rev_to=run.rev_to,
                detail={"began": _moment(run.began_ms).isoformat(timespec="seconds")},
            )
        )
        tx.announce(LogGrew(facts.step, EDITED, run.section))


def _moment(at_ms: int) -> datetime:
    return store.moment(at_ms)
