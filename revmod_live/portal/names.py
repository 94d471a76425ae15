"""What things are called on the screen: instruments, steps, sections, fields, roles, States.

Codes come from `content` and `workflow`; this is the one place that puts them into words. Titles of
articles and names of States are data of `content`; the titles' other languages are in the catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from revmod_live.ids import InstrumentCode
from revmod_live.portal.languages import Language, says

if TYPE_CHECKING:
    from revmod_live.content.model import Content

INSTRUMENTS: Final = {
    "untoc": says("Organized Crime Convention"),
    "tip": says("Trafficking in Persons Protocol"),
    "som": says("Smuggling of Migrants Protocol"),
    "fa": says("Firearms Protocol"),
}
INSTRUMENT_TITLES: Final = {
    "untoc": says("United Nations Convention against Transnational Organized Crime"),
    "tip": says(
        "Protocol to Prevent, Suppress and Punish Trafficking in Persons, Especially Women and Children"
    ),
    "som": says("Protocol against the Smuggling of Migrants by Land, Sea and Air"),
    "fa": says(
        "Protocol against the Illicit Manufacturing of and Trafficking in Firearms, "
        "Their Parts and Components and Ammunition"
    ),
}
STEPS: Final = {
    "0": says("Preliminary consultation"),
    "a": says("Questionnaire"),
    "b": says("Written feedback"),
    "c": says("List of observations"),
    "d": says("Summary"),
}
STEP_STATES: Final = {
    "locked": says("Not open yet"),
    "open": says("Open"),
    "sealed": says("Sealed"),
}
CAPACITIES: Final = {
    "sur": says("State under review"),
    "reviewer": says("Reviewing State"),
}
ROLES: Final = {
    "focal_point": says("Focal point"),
    "expert": says("Governmental expert"),
    "observer": says("Observer"),
    "secretariat": says("Secretariat"),
    "representative": says("Permanent representative"),
}
STATEMENTS: Final = {
    "reservation": says("Reservation"),
    "declaration": says("Declaration"),
}
SECTIONS: Final = {
    "general": says("General remarks"),
    "process": says("Process"),
    "gaps": says("Gaps and challenges"),
    "best-practices": says("Best practices"),
    "suggestions": says("Suggestions"),
    "technical-assistance": says("Technical assistance needs"),
    "ratification": says("Ratification"),
}
FIELDS: Final = {
    "text": says("Text"),
    "measures": says("Measures taken"),
    "successes": says("Successes"),
    "challenges": says("Challenges"),
    "questions": says("Questions to the State under review"),
    "sources": says("Supplementary sources"),
    "means": says("Means of dialogue"),
    "gaps": says("Gaps and challenges"),
    "best-practices": says("Best practices"),
    "suggestions": says("Suggestions"),
    "technical-assistance": says("Technical assistance needs"),
}
CLUSTERS: Final = {
    1: says("Criminalization and jurisdiction"),
    2: says("Prevention, technical assistance, protection measures and other measures"),
    3: says("Law enforcement and the judicial system"),
    4: says("International cooperation, mutual legal assistance and confiscation"),
}
ONLY_FIELD: Final = "text"
"""A section whose one field has this name needs no heading for it."""


@dataclass(frozen=True, slots=True)
class Names:
    """The words for codes, in one language. Every method raises KeyError or NotFound for a code unknown."""

    language: Language
    content: Content

    def instrument(self, code: str) -> str:
        """The short name of an instrument."""
        return self.language.text(INSTRUMENTS[code])

    def instrument_title(self, code: str) -> str:
        """Its full title."""
        return self.language.text(INSTRUMENT_TITLES[code])

    def step(self, letter: str) -> str:
        """The name of a step."""
        return self.language.text(STEPS[letter])

    def step_state(self, state: str) -> str:
        """Where a step stands."""
        return self.language.text(STEP_STATES[state])

    def capacity(self, capacity: str) -> str:
        """In what part a State takes part."""
        return self.language.text(CAPACITIES[capacity])

    def role(self, role: str) -> str:
        """What a person is."""
        return self.language.text(ROLES[role])

    def state(self, code: str | None) -> str:
        """The name of a State as the register has it; of nobody's, the secretariat."""
        if code is None:
            return self.role("secretariat")
        known = (state for state in self.content.demo_states if state.code == code)
        return next((state.names[self.language.code] for state in known), code)

    def statement(self, kind: str) -> str:
        """What a State deposited."""
        return self.language.text(STATEMENTS[kind])

    def states(self) -> list[tuple[str, str]]:
        """Every State of the register by code and name, in the order of the names."""
        known = [(state.code, self.state(state.code)) for state in self.content.demo_states]
        return sorted(known, key=lambda one: one[1].casefold())

    def roles(self) -> list[tuple[str, str]]:
        """Every role by code and name."""
        return [(code, self.role(code)) for code in ROLES]

    def titled(self, subject: str, what: str) -> str:
        """Two names as one line; the sign between them, and its blanks, are the language's own."""
        return self.language.text(says("%(subject)s: %(what)s"), subject=subject, what=what)

    def review(self, state: str) -> str:
        """What a review is called: by the State under review."""
        return self.language.text(says("Review of %(state)s"), state=self.state(state))

    def cluster(self, phase: int) -> str:
        """The subject of a phase: its cluster's."""
        return self.language.text(CLUSTERS[self.content.cluster(phase).number])

    def section(self, key: str) -> str:
        """The heading of a section, by its key `step/instrument/name`."""
        _step, instrument, name = key.split("/")
        if name in SECTIONS:
            return self.language.text(SECTIONS[name])
        number = int(name.removeprefix("art-"))
        return self.language.text(
            says("Article %(number)s. %(title)s"),
            number=number,
            title=self.language.text(self.content.article_title(InstrumentCode(instrument), number)),
        )

    def section_briefly(self, key: str) -> str:
        """A short heading, for lists: of an article its number alone."""
        name = key.split("/")[2]
        if name in SECTIONS:
            return self.language.text(SECTIONS[name])
        return self.language.text(says("Article %(number)s"), number=int(name.removeprefix("art-")))

    def field(self, name: str) -> str:
        """The heading of a field; of an answer, its question."""
        if name in FIELDS:
            return self.language.text(FIELDS[name])
        asked = (question.text for question in self.content.questions if question.id == name)
        return self.language.text(next(asked, name))
