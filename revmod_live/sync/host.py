"""What a connected member asks of the server around it: a narrow view of `Rooms`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.clock import Clock
    from revmod_live.ids import AccountId, OutboxId, PageId, SectionId
    from revmod_live.storage.database import Database
    from revmod_live.sync.activity import Activity
    from revmod_live.sync.arrivals import Arrivals
    from revmod_live.sync.channel import Post
    from revmod_live.sync.claims import Claims
    from revmod_live.sync.forged import Forged
    from revmod_live.sync.journal import Journal
    from revmod_live.sync.limits import Limits
    from revmod_live.sync.outbox import Outbox
    from revmod_live.sync.presence_page import Page
    from revmod_live.sync.room import Room


class Host(Protocol):
    """The server as a member sees it."""

    @property
    def db(self) -> Database:
        """Where everything lies."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def limits(self) -> Limits:
        """What the server bears."""
        ...

    @property
    def post(self) -> Post:
        """Who is to be written to this turn."""
        ...

    @property
    def journal(self) -> Journal:
        """The way to disk."""
        ...

    @property
    def claims(self) -> Claims:
        """Who was heard of."""
        ...

    @property
    def arrivals(self) -> Arrivals:
        """Who comes to a section."""
        ...

    @property
    def activity(self) -> Activity:
        """Who does something in which session."""
        ...

    @property
    def forged(self) -> Forged:
        """Who pushed without the right to."""
        ...

    async def room(self, section: SectionId) -> Room | None:
        """The live room of a section, opened if need be; None when there is no such section."""
        ...

    async def fresh(self, room: Room) -> None:
        """Look again at the workflow, if something was announced since the last look."""
        ...

    async def outbox(self, room: Room, account: AccountId, outbox: OutboxId) -> Outbox:
        """How far this outbox has come."""
        ...

    async def page(self, page: PageId) -> Page | None:
        """The live page, opened if need be; None when there is no such page."""
        ...

    async def fresh_page(self, page: Page) -> None:
        """Look again at who may be on a page, if something was announced since the last look."""
        ...

    async def actor(self, account: AccountId) -> Actor | None:
        """The person as they are now."""
        ...
