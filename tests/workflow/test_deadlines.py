"""The clock of a step: the agreed day, else the default one; past when it has ended in UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from revmod_live.docs import canonical
from revmod_live.errors import Malformed
from revmod_live.ids import ReviewId, StepId, StepLetter
from revmod_live.workflow.deadlines import due
from revmod_live.workflow.model import Step, StepState

B = StepLetter("b")
OPENED = datetime(2026, 11, 22, 10, tzinfo=UTC)
STEP = Step(StepId("s"), ReviewId("r"), B, StepState.OPEN, 1, OPENED, None, None)
LIMITS = {B: 182}


def test_the_agreed_day_counts_and_the_default_one_only_while_none_is_agreed() -> None:
    agreed = due(STEP, agreed={"b": date(2027, 3, 1)}, default_days=LIMITS, at=OPENED)
    assert agreed is not None
    assert (agreed.day, agreed.is_agreed, agreed.days_left) == (date(2027, 3, 1), True, 99)
    default = due(STEP, agreed={"c": date(2027, 3, 1)}, default_days=LIMITS, at=OPENED)
    assert default is not None
    assert (default.day, default.is_agreed) == (date(2027, 5, 23), False)


@pytest.mark.parametrize(
    ("at", "days_left", "is_past"),
    [
        (datetime(2026, 11, 30, 0, 0, tzinfo=UTC), 1, False),
        (datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC), 0, False),
        (datetime(2026, 12, 2, 0, 0, tzinfo=UTC), -1, True),
        # late in the evening of that day in New York, and past all the same
        (datetime(2026, 12, 1, 20, 0, tzinfo=timezone(-timedelta(hours=5))), -1, True),
        # already the next day in Tokyo, and not past
        (datetime(2026, 12, 2, 8, 0, tzinfo=timezone(timedelta(hours=9))), 0, False),
    ],
)
def test_a_day_is_past_when_it_has_ended_in_utc(at: datetime, days_left: int, is_past: bool) -> None:
    clock = due(STEP, agreed={"b": date(2026, 12, 1)}, default_days={}, at=at)
    assert clock is not None
    assert (clock.days_left, clock.is_past) == (days_left, is_past)


def test_there_is_no_clock_for_a_step_that_is_not_open_or_has_no_limit() -> None:
    for state in (StepState.LOCKED, StepState.SEALED):
        step = replace(STEP, state=state)
        assert due(step, agreed={"b": date(2027, 3, 1)}, default_days=LIMITS, at=OPENED) is None
    assert due(STEP, agreed={}, default_days={}, at=OPENED) is None


def test_settings_are_read_as_they_were_written_and_nothing_else_is() -> None:
    days = {"a": date(2027, 1, 31), "b": None, "c": date(2027, 9, 1)}
    text = canonical.settings_bytes(languages=("fr", "en"), deadlines=days)
    assert canonical.parse_settings(text) == (("en", "fr"), {"a": days["a"], "c": days["c"]})
    digest = canonical.settings_digest(text)
    lines = canonical.step_lines(
        review="2026-ava", phase=1, step="0", sections=[(canonical.SETTINGS_KEY, digest)], files=()
    )
    assert canonical.settings_of(lines) == digest
    for wrong in (b"{}", b"[]", b"\xff", text.replace(b"2027-01-31", b"2027-31-01")):
        with pytest.raises(Malformed):
            canonical.parse_settings(wrong)
    with pytest.raises(Malformed):
        canonical.settings_of(canonical.step_lines(review="x", phase=1, step="b", sections=(), files=()))
