"""Help for each page: a few sentences of our own, by the name that the page's link has."""

# ruff: noqa: E501 -- a sentence is read whole, and translated whole

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from revmod_live.portal.languages import says

if TYPE_CHECKING:
    from revmod_live.portal.languages import Language


@dataclass(frozen=True, slots=True)
class Help:
    """One page of help."""

    title: str
    paragraphs: tuple[str, ...]


PAGES: Final = {
    "home": Help(
        says("Your reviews"),
        (
            says(
                "This page lists the reviews in which your State takes part: its own, and those that it carries out for others. Open one to see its steps."
            ),
            says(
                "Under News stands what happened lately: votes, votes taken back, steps that opened or were sealed."
            ),
        ),
    ),
    "review": Help(
        says("A review and its steps"),
        (
            says(
                "A review has a preliminary consultation and four steps: questionnaire, written feedback, list of observations, summary. A step opens when the one before it is sealed."
            ),
            says(
                "Each step has one page for each instrument. Under its name stands whether you can read it, draft in it or vote on it; who may do what follows from your role and your State's part in the review."
            ),
        ),
    ),
    "drafting": Help(
        says("Drafting"),
        (
            says(
                "Take a section to draft in it, and release it when you are done. Others may join you: what each of you types is merged, and nothing is lost. If you need it for you alone, tick the box; nobody else can take it until you release it."
            ),
            says(
                "The line at the top tells the truth about your text: saved on the server, being saved, on this device only, or not accepted. What could not be accepted is never thrown away: it waits in the drawer below its section, where you can compare it, insert it again, copy it or dismiss it."
            ),
            says(
                "If the line drops, go on typing. Your text stays on this device and is sent when the server is there again."
            ),
            says(
                "If focal points have voted already, any change to the text takes their votes back. You are asked before the first change."
            ),
        ),
    ),
    "log": Help(
        says("The edit log"),
        (
            says(
                "The log shows who took or released a section, who changed what, and who voted. Changes are shown word by word: what was added is underlined, what was taken out is struck through."
            ),
            says("Nothing in the log is ever changed or removed."),
        ),
    ),
    "vote": Help(
        says("Voting to close a step"),
        (
            says(
                "The focal point of each State votes to close a step. A vote is bound to exactly the text on the page, by its digest: a number worked out from the text, which is another one as soon as a single character changes."
            ),
            says(
                "If the text changes before all have voted, all votes are taken back and everybody votes again; the page then shows what changed since your last vote. If the text changed while you were reading, your vote is not cast, and you are shown the difference first."
            ),
            says(
                "When every State has voted on the same text, the step is sealed: its text never changes again. Until then a vote can be withdrawn."
            ),
        ),
    ),
    "chat": Help(
        says("The chat with the secretariat"),
        (
            says(
                "Every user has a chat with the secretariat, also before the profile is approved and while it is suspended. Only that person and the secretariat can read it."
            ),
            says(
                "What you send stays in the chat: a message cannot be changed or taken back. If the connection is lost, a message is kept on this device and sent when the server is there again; it is marked until then."
            ),
            says(
                "You are told when the secretariat has answered. The secretariat sees who is waiting for an answer, and since when. Whenever the secretariat reads a chat, this is recorded."
            ),
        ),
    ),
    "account": Help(
        says("Your account"),
        (
            says("Here you see the browsers in which you are signed in, and can sign the others out."),
            says(
                "An access token lets a program of yours act with your rights. Treat it like a password, give each program its own, and revoke it when it is no longer needed."
            ),
        ),
    ),
}


def titles(language: Language) -> list[tuple[str, str]]:
    """Names and titles of all pages, in order."""
    return [(name, language.text(page.title)) for name, page in PAGES.items()]


def page(language: Language, name: str) -> Help:
    """One page in this language. Raises KeyError."""
    found = PAGES[name]
    return Help(language.text(found.title), tuple(language.text(text) for text in found.paragraphs))
