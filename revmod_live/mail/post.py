"""Writing letters: put into words and laid into the outbox in the transaction of the command itself.

So a letter goes out if, and only if, what it tells of has happened. Knows nothing of how it is sent
(`delivery`), nor of what the words are (`Words`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from revmod_live.errors import NotFound
from revmod_live.events import LetterPosted
from revmod_live.ids import LetterId, MakeId, new_id
from revmod_live.mail import store
from revmod_live.mail.model import Letter, Recipient, Words
from revmod_live.mail.vault import Vault
from revmod_live.storage.database import WriteTx

PLACE: Final = "⟦…⟧"
"""Where the secret of a link goes when the letter is sent; what is stored has this instead."""


@dataclass(frozen=True, slots=True)
class Post:
    """What is needed to write a letter.

    site: the address that people reach the platform at, without a slash at the end.
    """

    words: Words
    site: str
    vault: Vault
    make_id: MakeId = new_id

    def write(
        self,
        tx: WriteTx,
        kind: str,
        to: Recipient,
        at: datetime,
        *,
        path: str = "/",
        secret: str | None = None,
        **values: object,
    ) -> LetterId:
        """Lay a letter into the outbox; it is sent after the commit.

        path:   of the page that `%(link)s` in the words leads to; with `secret`, that is appended.
        values: what the words need besides `link` and `site`.
        Raises KeyError for a kind without words.
        """
        link = f"{self.site}{path}" if secret is None else f"{self.site}{path}{PLACE}"
        worded = self.words(kind, to.language, {"link": link, "site": self.site, **values})
        letter = Letter(
            id=LetterId(self.make_id()),
            kind=kind,
            account=to.account,
            recipient=to.email,
            language=to.language,
            # a header is one line, whatever was put into it
            subject=" ".join(worded.subject.split())[:300],
            body=worded.body,
            sealed="" if secret is None else self.vault.seal(secret),
            made_at=at,
            tries=0,
            next_try_at=at,
            sent_at=None,
            last_problem="",
        )
        store.add_letter(tx, letter)
        tx.announce(LetterPosted(letter.id))
        return letter.id


def try_again(tx: WriteTx, letter_id: LetterId, at: datetime) -> None:
    """Have a letter that was not sent tried at once. Raises NotFound when there is none that waits."""
    if not store.set_next_try(tx, letter_id, at):
        raise NotFound("letter")
    tx.announce(LetterPosted(letter_id))
