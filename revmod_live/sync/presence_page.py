"""Who is present on a page: one awareness for all its sections, identity set here.

Owns whose state goes to whom, and when: with the next commit, or after a few milliseconds alone.
Cursors go only to members who have that section open; nobody hears their own state
(sync-protocol.md, "Presence"). The bytes are `presence`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from revmod_live.errors import Allowed, Refused
from revmod_live.ids import SectionId
from revmod_live.sync import gate, presence
from revmod_live.sync.frames import PRESENCE_MAX_BYTES, Close, Denied, DeniedReason, Mode, Notice, Opened
from revmod_live.sync.frames import Presence as PresenceFrame
from revmod_live.sync.gate import Pace
from revmod_live.sync.mark import Mark
from revmod_live.sync.presence import Entry, User
from revmod_live.sync.protocol import encode, page_name
from revmod_live.workflow import rules

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.ids import PageId, StepId
    from revmod_live.sync.member import Member
    from revmod_live.workflow.model import Place


class Someone(Protocol):
    """Somebody on a page: what others see of them, and how they hear of others."""

    entry: Entry | None

    def opens(self) -> Collection[SectionId]:
        """The sections this member has open."""
        ...

    def hear_presence(self, telling: Telling) -> None:
        """Others have moved, come or gone."""
        ...

    def hear_notice(self, frame: bytes) -> None:
        """News of the page, as a frame of `/live`."""
        ...

    def judge(self) -> None:
        """Rights on the page may have changed."""
        ...


class News:
    """An entry to tell of: to everybody, or to those who have one of these sections open.

    about: the sections in which a cursor or what was seen has moved; None when it concerns everybody.
    """

    __slots__ = ("about", "entry")

    def __init__(self, entry: Entry, about: Collection[str] | None) -> None:
        self.entry: Final = entry
        self.about: Final = about


class Telling:
    """What has changed on a page since the last telling, written once for all who see the same."""

    __slots__ = ("_changed", "_frames", "_is_for_all", "_parts", "_sections", "name")

    def __init__(self, name: str, changed: Mapping[Someone | None, Sequence[News]]) -> None:
        self.name: Final = name
        self._changed: Final = changed
        self._is_for_all = False
        self._sections: Final[set[str]] = set()
        for news in changed.values():
            for one in news:
                self._is_for_all = self._is_for_all or one.about is None
                self._sections.update(one.about or (), one.entry.present.cursors if one.entry.present else ())
        self._parts: Final[dict[frozenset[str], list[tuple[Someone | None, bytes]]]] = {}
        self._frames: Final[dict[frozenset[str], bytes | None]] = {}

    def entries(self, opens: Collection[str]) -> list[tuple[Someone | None, Entry]]:
        """Whose, and what somebody is told who has these sections open, with the cursors they may see."""
        return [
            (whose, visible(one.entry, opens))
            for whose, news in self._changed.items()
            for one in news
            if one.about is None or any(section in opens for section in one.about)
        ]

    def frame(self, listener: Someone) -> bytes | None:
        """The frame for `listener`, of all but itself; None when there is nothing to tell."""
        opened = listener.opens()
        if not self._is_for_all and self._sections.isdisjoint(opened):
            return None
        opens = frozenset(self._sections.intersection(opened))
        if listener in self._changed:
            return self._framed([part for whose, part in self._written(opens) if whose is not listener])
        if opens not in self._frames:
            self._frames[opens] = self._framed([part for _, part in self._written(opens)])
        return self._frames[opens]

    def _written(self, opens: frozenset[str]) -> list[tuple[Someone | None, bytes]]:
        parts = self._parts.get(opens)
        if parts is None:
            parts = [(whose, presence.written(entry)) for whose, entry in self.entries(opens)]
            self._parts[opens] = parts
        return parts

    def _framed(self, parts: list[bytes]) -> bytes | None:
        return encode(self.name, PresenceFrame(presence.joined(parts))) if parts else None


class Page:
    """One instrument of a step, and who has it open."""

    def __init__(
        self, page: PageId, step: StepId, place: Place, sections: Collection[SectionId], due: PageDue
    ) -> None:
        """`sections`: those on it. `due` is called when something is to be told soon."""
        self.id: Final = page
        self.step: Final = step
        self.name: Final = page_name(page)
        self.place = place
        self.sections: Final = frozenset(sections)
        self.place_mark: Final = Mark()
        self.present: Final[dict[Someone, None]] = {}
        self._told: Final[dict[Someone, Entry]] = {}
        self._changed: dict[Someone | None, list[Entry]] = {}
        self._due: Final = due

    def moved(self, whose: Someone) -> None:
        """Somebody's state is another now."""
        if whose.entry is not None:
            if not self._changed:
                self._due(self)
            self._changed[whose] = [whose.entry]

    def join(self, whose: Someone) -> None:
        """Somebody comes."""
        self.present[whose] = None

    def others(self, than: Someone) -> list[Entry]:
        """How everybody else stands."""
        return [one.entry for one in self.present if one is not than and one.entry is not None]

    def leave(self, whose: Someone) -> None:
        """Somebody goes; the others are told."""
        if whose not in self.present:
            return
        del self.present[whose]
        self.gone(whose)

    def gone(self, whose: Someone) -> None:
        """What `whose` showed is no longer true."""
        self._changed.pop(whose, None)
        self._told.pop(whose, None)
        entry = whose.entry
        if entry is not None and entry.present is not None:
            if not self._changed:
                self._due(self)
            self._changed.setdefault(None, []).append(replace(entry, clock=entry.clock + 1, present=None))

    def is_taken(self, client: int, by: Someone) -> bool:
        """Whether somebody else on the page already shows as `client`."""
        for one in self.present:
            entry = one.entry
            if entry is not None and entry.client == client and one is not by:
                return True
        return False

    def tell(self) -> None:
        """Tell everybody what has changed, as far as it concerns what they have open."""
        changed, self._changed = self._changed, {}
        if not changed:
            return
        news: dict[Someone | None, list[News]] = {}
        for whose, entries in changed.items():
            told = None if whose is None else self._told.get(whose)
            news[whose] = [News(entry, _moved(told, entry)) for entry in entries]
            if whose is not None:
                self._told[whose] = entries[-1]
        telling = Telling(self.name, news)
        for one in self.present:
            one.hear_presence(telling)

    def notice(self, kind: str, body: dict[str, object]) -> None:
        """News of the page for everybody on it."""
        frame = encode(self.name, Notice(kind, body))
        for one in self.present:
            one.hear_notice(frame)


class PageDue(Protocol):
    """Called with a page that has something to tell."""

    def __call__(self, page: Page, /) -> None:
        """Tell it with the next commit, or soon."""
        ...


def _moved(told: Entry | None, now: Entry) -> Collection[str] | None:
    """The sections in which `now` is another than what was told; None when all must hear of it."""
    if told is None or told.present is None or now.present is None or told.user != now.user:
        return None
    before, after = told.present, now.present
    return _differ(before.cursors, after.cursors) | _differ(before.seen, after.seen)


def _differ(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """The keys under which two mappings differ."""
    return {key for key in (*before, *after) if before.get(key) != after.get(key)}


def visible(entry: Entry, opens: Collection[str]) -> Entry:
    """The entry as somebody sees it who has these sections open."""
    present = entry.present
    if present is None or all(section in opens for section in present.cursors):
        return entry
    cursors = {section: cursor for section, cursor in present.cursors.items() if section in opens}
    return replace(entry, present=replace(present, cursors=cursors))


def user_of(actor: Actor, place: Place | None = None) -> User:
    """Who somebody is, as others are told; before a place, whether it is one who drafts there."""
    drafts = place is not None and isinstance(rules.may_draft(actor, place), Allowed)
    return User(account=actor.account, name=actor.name, state=actor.state or "", drafts=drafts)


class PageSeat:
    """A `/live` member on a page."""

    def __init__(self, member: Member, page: Page) -> None:
        self.member: Final = member
        self.page: Final = page
        self.entry: Entry | None = None
        self._user = user_of(member.actor, page.place)
        self._is_held = False
        self._pace: Final = Pace(member.host.limits.presence_per_s, 1.0)

    def opens(self) -> Collection[SectionId]:
        """The sections open on this socket."""
        return self.member.seats.keys()

    def show(self, entries: Iterable[Entry]) -> None:
        """Send these, as far as this member may see them."""
        shown = [visible(entry, self.opens()) for entry in entries]
        if shown and not self.member.is_lagging:
            self.member.outgoing.put(encode(self.page.name, PresenceFrame(presence.write(shown))))

    def hear_presence(self, telling: Telling) -> None:
        """Others have moved, come or gone."""
        if not self.member.is_lagging:
            frame = telling.frame(self)
            if frame is not None:
                self.member.outgoing.put(frame)

    def hear_notice(self, frame: bytes) -> None:
        """News of the page."""
        if not self.member.is_lagging:
            self.member.outgoing.put(frame)

    def take(self, payload: bytes) -> None:
        """What the client shows of itself. One too large is dropped; too many, and only the last counts.

        Raises Malformed for what is no presence.
        """
        if len(payload) > PRESENCE_MAX_BYTES:
            return
        entry = presence.read(payload, user=self._user)
        known = self.entry
        if self.page.is_taken(entry.client, self) or (
            known is not None and entry.client == known.client and entry.clock <= known.clock
        ):
            return
        if known is not None and entry.client != known.client:
            # a new document on the same socket: the earlier self goes
            self.page.gone(self)
        self.entry = entry
        self._is_held = self._pace.is_over(self.member.host.clock.monotonic())
        if not self._is_held:
            self.page.moved(self)

    def look_after(self) -> None:
        """Housekeeping: tell what came too fast to be told at once."""
        if self._is_held:
            self._is_held = False
            self.page.moved(self)

    def section_opened(self, section: SectionId) -> None:
        """This member may now see the cursors in `section`, and hears who has seen what there."""
        self.show(
            entry
            for entry in self.page.others(self)
            if entry.present is not None
            and (section in entry.present.cursors or section in entry.present.seen)
        )

    def section_closed(self, section: SectionId) -> None:
        """The section is no longer open here, so there is no cursor in it."""
        entry = self.entry
        if entry is not None and entry.present is not None and section in entry.present.cursors:
            cursors = {key: cursor for key, cursor in entry.present.cursors.items() if key != section}
            self.entry = replace(entry, present=replace(entry.present, cursors=cursors))
            self.page.moved(self)

    def caught_up(self) -> None:
        """The member lagged, and has missed what others did."""
        self.show(self.page.others(self))

    def judge(self) -> None:
        """Rights may have changed: whoever may not read the page any more is told so, and leaves."""
        self._user = user_of(self.member.actor, self.page.place)
        if self.entry is not None:
            self.entry = replace(self.entry, user=self._user)
        decision = rules.may_open_page(self.member.actor, self.page.place)
        if isinstance(decision, Refused):
            self.member.outgoing.put(encode(self.page.name, Close(gate.denied_reason(decision))))
            self.member.pages.pop(self.page.id, None)
            self.leave()

    def leave(self) -> None:
        """The page is no longer open here."""
        self.page.leave(self)


async def open_page(member: Member, page_id: PageId) -> PageSeat | None:
    """Answer an Open of a page: Denied, or Opened and who is there."""
    name = page_name(page_id)

    def deny(reason: DeniedReason) -> None:
        member.outgoing.put(encode(name, Denied(reason)))

    page = await member.host.page(page_id)
    if page is None:
        deny(DeniedReason.UNKNOWN)
        return None
    decision = rules.may_open_page(member.actor, page.place)
    if isinstance(decision, Refused):
        deny(gate.denied_reason(decision))
        return None
    seat = PageSeat(member, page)
    member.outgoing.put(encode(name, Opened(Mode.READ)))
    page.join(seat)
    seat.show(page.others(seat))
    return seat
