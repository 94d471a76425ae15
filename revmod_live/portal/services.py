"""What the portal is handed: the parts of the running program that its handlers call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import web

from revmod_live.clock import Clock
from revmod_live.content.model import Content
from revmod_live.docs.receipt import Signing
from revmod_live.events import Bus
from revmod_live.ids import MakeId
from revmod_live.mail.post import Post
from revmod_live.settings import Settings
from revmod_live.storage.database import Database
from revmod_live.storage.files import Files
from revmod_live.sync.rooms import Rooms

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Services:
    """The parts, made and closed by the app. The portal opens nothing of its own."""

    db: Database
    rooms: Rooms
    bus: Bus
    clock: Clock
    settings: Settings
    content: Content
    make_id: MakeId
    post: Post
    signing: Signing

    @property
    def files(self) -> Files:
        """Scans and attachments, in a folder of the data."""
        return Files(self.settings.data_dir / "files")

    @property
    def now(self) -> datetime:
        """The time, for the commands that are handed one."""
        return self.clock.now()


SERVICES: Final = web.AppKey("services", Services)
