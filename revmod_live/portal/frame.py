"""What stands around every page: the places of the sidebar and of the person's own menu, in order.

Two tables. Who may go where is the route table's; here stands who is shown the way. The seven places
are the manual's (NAV-03, D-33); whoever is not approved is shown what is their own (PRO-08).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from revmod_live.accounts.model import Role
from revmod_live.portal.languages import says

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor

PROFILE: Final = "/profile"
"""Where somebody finds what is their own: the one page of whoever is not approved."""

CHAT: Final = "/profile/chat"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the sidebar or of a menu. within: what begins so belongs to it too."""

    path: str
    title: str
    within: tuple[str, ...] = ()
    secretariat: bool = False
    unapproved: bool = False

    def is_current(self, path: str) -> str:
        """How the page at `path` relates to it, as `aria-current` says it; empty for not at all."""
        if path == self.path:
            return "page"
        return "true" if any(path.startswith(start) for start in self.within) else ""


SIDEBAR: Final = (
    Place("/", says("Reviews"), within=("/reviews/", "/sections/")),
    Place("/directory", says("Governmental experts")),
    Place("/resources", says("Resources")),
    Place("/guidelines", says("Guidelines")),
    Place("/submissions", says("Submissions")),
    Place("/contact", says("Contact"), unapproved=True),
    Place(PROFILE, says("My profile"), within=(f"{PROFILE}/",), unapproved=True),
    Place("/console", says("Console"), within=("/console/",), secretariat=True),
)
ACCOUNT: Final = (
    Place(PROFILE, says("My profile"), within=(f"{PROFILE}/",), unapproved=True),
    Place("/account", says("Account and security"), within=("/account/",), unapproved=True),
)


def sidebar(actor: Actor) -> tuple[Place, ...]:
    """The places of the sidebar that this person is shown."""
    return _shown(SIDEBAR, actor)


def own_menu(actor: Actor) -> tuple[Place, ...]:
    """The places of the person's own menu, above *Log out* (PRO-09)."""
    return _shown(ACCOUNT, actor)


def chat_path(actor: Actor) -> str:
    """Where this person's chats with the secretariat are."""
    return "/console/chats" if actor.role is Role.SECRETARIAT else CHAT


def _shown(places: tuple[Place, ...], actor: Actor) -> tuple[Place, ...]:
    is_officer = actor.role is Role.SECRETARIAT
    return tuple(
        place
        for place in places
        if (actor.active or place.unapproved) and (is_officer or not place.secretariat)
    )
