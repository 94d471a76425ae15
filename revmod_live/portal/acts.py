"""Acts of the event log and notices → what a reader is told happened: two tables.

Who, when and where are shown beside it by the templates. A test finds every act and every notice that
the program writes about a step, and fails where one has no sentence here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from revmod_live.portal.languages import says

if TYPE_CHECKING:
    from revmod_live.portal.names import Names
    from revmod_live.workflow.model import Reset
    from revmod_live.workflow.pages import LogEntry, NoticeLine

ACTS: Final = {
    "section-taken": says("took the section"),
    "section-taken-alone": says("took the section for themselves alone"),
    "section-joined": says("joined those who draft in the section"),
    "section-released": says("released the section"),
    "section-released-by-other": says("released the section for %(name)s"),
    "claim-resumed": says("came back to the section"),
    "claim-offline": says("goes on drafting offline"),
    "claim-expired": says("%(name)s was not heard of any more, so the section is free"),
    "claim-ended": says("the section was freed, because the account of %(name)s is not active"),
    "text-edited": says("changed the text"),
    "text-read": says("read the text: %(instrument)s"),
    "push-refused": says("sent text without the right to draft here: it was not taken"),
    "vote-cast": says("voted to close"),
    "vote-withdrawn": says("withdrew the vote"),
    "vote-refused": says("voted on a text that had changed: the vote was not cast"),
    "votes-reset": says("changed the text, so all votes were taken back"),
    "step-opened": says("the step opened"),
    "step-sealed": says("all votes agree: the text is sealed"),
    "settings-agreed": says("all votes agree: these settings are in force"),
    "review-created": says("the review was entered"),
}

NOTICES: Final = {
    "vote-cast": says("%(state)s voted to close: %(step)s."),
    "vote-withdrawn": says("%(state)s withdrew its vote: %(step)s."),
    "votes-reset": says("%(name)s changed %(where)s, so all votes were taken back: %(step)s."),
    "votes-reset-elsewhere": says(
        "A text that your State does not review was changed, so its vote was taken back: %(step)s."
    ),
    "settings-agreed": says("The settings of the review were agreed."),
    "step-sealed": says("Sealed: %(step)s."),
    "step-opened": says("Open now: %(step)s."),
    "claim-released": says("%(name)s released a section for you: %(where)s."),
    "chat-answer": says("%(name)s of the secretariat has written to you in your chat."),
    "profile-waiting": says("%(name)s has submitted a profile for approval."),
}


def act(names: Names, entry: LogEntry) -> str:
    """What the log says was done."""
    detail = entry.detail
    code = entry.act
    if code == "section-taken" and detail.get("alone"):
        code = "section-taken-alone"
    elif code == "section-taken" and detail.get("joined"):
        code = "section-joined"
    elif code == "section-released" and detail.get("holder") != entry.account:
        code = "section-released-by-other"
    instrument = _text(detail, "instrument")
    shown = {"instrument": names.instrument(instrument)} if instrument else {}
    return _say(names, ACTS[code], {**detail, **shown})


def notice(names: Names, line: NoticeLine) -> str:
    """What a notice tells."""
    detail = dict(line.detail)
    if "by" in detail:
        detail["name"] = detail["by"]
    values = {
        "step": "" if line.letter is None else names.step(line.letter),
        "state": names.state(_text(detail, "state") or None),
        "where": where(names, _text(detail, "key"), detail.get("place")),
    }
    return _say(names, NOTICES[line.kind], {**detail, **values})


ON_THE_VOTE: Final = frozenset({"vote-cast", "vote-withdrawn", "votes-reset", "votes-reset-elsewhere"})
WITHOUT_PAGES: Final = frozenset("0a")
"""Steps whose own pages are not there yet: a notice leads to their line on the review's page."""


def notice_path(line: NoticeLine) -> str:
    """Where a notice leads: the chat, the vote, the section, or the step it is about; empty for nowhere."""
    if line.kind == "chat-answer":
        return "/profile/chat"
    if line.kind == "profile-waiting":
        return f"/console/people/{_text(line.detail, 'of')}"
    if line.review_code is None or line.letter is None:
        return ""
    review = f"/reviews/{line.review_code}"
    if line.letter in WITHOUT_PAGES:
        return f"{review}#step-{line.letter}"
    if line.kind in ON_THE_VOTE:
        return f"{review}/{line.letter}/vote"
    match _text(line.detail, "key").split("/"):
        case [letter, instrument, section]:
            return f"{review}/{letter}/{instrument}#section-{section}"
    return f"{review}#step-{line.letter}"


def reset_place(names: Names, reset: Reset, keys: Mapping[str, str]) -> str:
    """Where the change was that took the votes. `keys`: of the sections that the reader may know of."""
    return where(names, keys.get(reset.section, ""), reset.place)


def where(names: Names, key: str, place: object) -> str:
    """A place in the text: its section, and the field where that says more."""
    if not key:
        return names.language.text(says("the text"))
    field = place.get("field") if isinstance(place, Mapping) else None
    section = f"{names.instrument(key.split('/')[1])}, {names.section_briefly(key)}"
    if not isinstance(field, str) or field not in names.content.fields(key) or field == "text":
        return section
    return f"{section}, {names.field(field)}"


def _say(names: Names, sentence: str, values: Mapping[str, object]) -> str:
    return names.language.text(sentence, **{"name": _text(values, "name"), **values})


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""
