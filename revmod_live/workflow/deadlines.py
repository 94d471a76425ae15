"""By when a step is due: the day that was agreed, or the one that the default time limits give.

Pure. A deadline is a calendar day, past when that day has ended in UTC. It closes nothing by itself,
and nothing here puts States in an order of speed (PUB-09).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from revmod_live.ids import StepLetter
from revmod_live.workflow.model import Step, StepState


@dataclass(frozen=True, slots=True)
class Due:
    """The clock of a step (NAV-11, DLN-06).

    is_agreed: in step 0; else worked out from the default limit, from the day the step opened.
    days_left: 0 on the day itself; negative when it is past.
    """

    letter: StepLetter
    day: date
    is_agreed: bool
    days_left: int

    @property
    def is_past(self) -> bool:
        """Whether the day has ended in UTC."""
        return self.days_left < 0


def due(
    step: Step, *, agreed: Mapping[str, date], default_days: Mapping[StepLetter, int], at: datetime
) -> Due | None:
    """When an open step is due; None for one that is not open, or has neither an agreed day nor a limit.

    agreed: days by letter, as the version of step 0 that is in force has them. at: aware, UTC.
    Architecture, "What a section is"; requirements D-06, D-28, DLN-06.
    """
    if step.state is not StepState.OPEN:
        return None
    day = agreed.get(step.letter)
    is_agreed = day is not None
    if day is None:
        if step.opened_at is None or step.letter not in default_days:
            return None
        day = step.opened_at.astimezone(UTC).date() + timedelta(days=default_days[step.letter])
    return Due(step.letter, day, is_agreed, (day - at.astimezone(UTC).date()).days)
