"""Letters: written with the command, sent after its commit, never lost, hardly ever twice."""

from __future__ import annotations

import asyncio
import email
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest

from revmod_live.errors import Malformed, NotFound
from revmod_live.events import Event, LetterPosted
from revmod_live.ids import LetterId
from revmod_live.mail import delivery, store, vault
from revmod_live.mail.delivery import deliver_due, delivering, wait_after
from revmod_live.mail.model import Recipient
from revmod_live.mail.post import try_again
from revmod_live.mail.transports import Folder, Smtp, Undelivered, domain_of
from revmod_live.storage.database import WriteTx
from tests.mail.post_office import NOON, SECRET, Office, a_mail_server, an_office

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(tmp_path) as there:
        yield there


class Hand:
    """A transport that is told what to do with the next message, and tells when it has one."""

    def __init__(self, *answers: Undelivered | None) -> None:
        self.answers = list(answers)
        self.sent: list[EmailMessage] = []
        self.has_sent = asyncio.Event()

    async def send(self, message: EmailMessage) -> None:
        self.sent.append(message)
        self.has_sent.set()
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer


def read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)


# ------------------------------------------------------------------ written with the command


async def test_a_command_that_fails_sends_nothing(office: Office) -> None:
    heard: list[Event] = []
    office.bus.subscribe(heard.append)

    def fails(tx: WriteTx) -> None:
        office.post.write(tx, "hello", Recipient("ann@example.org", "en"), NOON)
        raise Malformed("something")

    with pytest.raises(Malformed):
        await office.db.write(fails)
    hand = Hand()
    assert await deliver_due(office.carrier(hand)) == 0
    assert (hand.sent, heard) == ([], [])


async def test_the_link_is_in_the_letter_and_only_encrypted_in_the_outbox(office: Office) -> None:
    letter = await office.letter(await office.write())
    assert SECRET not in str(letter)
    hand = Hand()
    await deliver_due(office.carrier(hand))
    assert f"https://review.example/x/{SECRET}\n" in hand.sent[0].get_content()


async def test_sent_the_outbox_forgets_the_link(office: Office) -> None:
    number = await office.write()
    await deliver_due(office.carrier(Hand()))
    letter = await office.letter(number)
    assert (letter.sealed, letter.sent_at, letter.next_try_at, letter.tries) == ("", NOON, None, 1)


async def test_a_letter_without_a_link_has_nothing_to_hide(office: Office) -> None:
    await office.write(secret=None)
    hand = Hand()
    await deliver_due(office.carrier(hand))
    assert "https://review.example/x/\n" in hand.sent[0].get_content()


async def test_what_people_call_themselves_breaks_no_header(office: Office) -> None:
    await office.write(name="Ann\r\nBcc: eve@example.org\r\n\r\n")
    hand = Hand()
    await deliver_due(office.carrier(hand))
    assert hand.sent[0]["Subject"] == "hello Ann Bcc: eve@example.org"
    assert hand.sent[0]["Bcc"] is None


async def test_an_address_that_makes_no_header_is_kept_with_the_problem(office: Office) -> None:
    number = await office.write("ann\r\nBcc: eve@example.org")
    other = await office.write()
    await deliver_due(office.carrier(Hand()))
    assert (await office.letter(number)).is_stuck
    assert (await office.letter(number)).last_problem
    assert (await office.letter(other)).sent_at == NOON


# ------------------------------------------------------------------ sent, and sent again


async def test_a_letter_goes_out_right_after_its_commit(office: Office) -> None:
    hand = Hand()
    async with asyncio.timeout(60), delivering(office.carrier(hand), office.bus):
        await office.write()
        await hand.has_sent.wait()
        hand.has_sent.clear()
        await office.write("ben@example.org")
        await hand.has_sent.wait()
    assert [message["To"] for message in hand.sent] == ["ann@example.org", "ben@example.org"]


async def test_what_waited_before_the_program_started_goes_out_too(office: Office) -> None:
    await office.write()
    hand = Hand()
    async with asyncio.timeout(60), delivering(office.carrier(hand), office.bus):
        await hand.has_sent.wait()


async def test_what_another_process_wrote_is_looked_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "LOOK_EVERY_S", 0.01)
    hand = Hand()
    async with asyncio.timeout(60), delivering(office.carrier(hand), type(office.bus)()):
        await office.write()
        await hand.has_sent.wait()


async def test_many_letters_all_go_out_each_once(office: Office) -> None:
    numbers = [await office.write(f"a{n}@example.org") for n in range(delivery.AT_ONCE * 2 + 1)]
    hand = Hand()
    carrier = office.carrier(hand)
    while await deliver_due(carrier):
        pass
    assert sorted(m["To"] for m in hand.sent) == sorted(f"a{n}@example.org" for n in range(len(numbers)))


async def test_two_programs_on_one_outbox_send_each_letter_once(office: Office) -> None:
    for n in range(10):
        await office.write(f"a{n}@example.org")
    one, other = Hand(), Hand()
    async with asyncio.TaskGroup() as group:
        group.create_task(deliver_due(office.carrier(one)))
        group.create_task(deliver_due(office.carrier(other)))
    assert len(one.sent) + len(other.sent) == 10


async def test_refused_for_now_it_is_tried_again_later_and_later_until_it_is_taken(office: Office) -> None:
    number = await office.write()
    hand = Hand(*[Undelivered("451 busy")] * 9)
    carrier = office.carrier(hand)
    waits = []
    while (await office.letter(number)).sent_at is None:
        await deliver_due(carrier)
        letter = await office.letter(number)
        if letter.next_try_at is not None:
            waits.append(letter.next_try_at - office.clock.now())
            office.later(waits[-1] - timedelta(seconds=1))
            assert await deliver_due(carrier) == 0
            office.later(timedelta(seconds=1))
    assert waits == [MINUTE * n for n in (1, 2, 4, 8, 16, 32, 60, 60, 60)]
    assert len({message["Message-ID"] for message in hand.sent}) == 1
    assert SECRET in hand.sent[-1].get_content()


async def test_refused_for_good_it_waits_for_somebody_to_look_at_it(office: Office) -> None:
    number = await office.write()
    hand = Hand(Undelivered("550 no such user", is_final=True))
    await deliver_due(office.carrier(hand))
    office.later(timedelta(days=30))
    assert await deliver_due(office.carrier(hand)) == 0
    letter = await office.letter(number)
    assert (letter.is_stuck, letter.last_problem) == (True, "550 no such user")
    await office.db.write(partial(try_again, letter_id=number, at=office.clock.now()))
    await deliver_due(office.carrier(hand))
    assert (await office.letter(number)).sent_at == office.clock.now()


async def test_what_was_sent_is_not_tried_again(office: Office) -> None:
    number = await office.write()
    await deliver_due(office.carrier(Hand()))
    for one in (number, LetterId("nothing")):
        with pytest.raises(NotFound):
            await office.db.write(partial(try_again, letter_id=one, at=NOON))


async def test_a_program_that_died_while_sending_loses_the_letter_to_the_next_one_after_a_while(
    office: Office,
) -> None:
    number = await office.write()
    letter = await office.letter(number)
    # dies between the try and its note
    assert await office.db.write(partial(store.begin_try, one=letter, until=NOON + delivery.LEASE))
    hand = Hand()
    assert await deliver_due(office.carrier(hand)) == 0
    office.later(delivery.LEASE)
    await deliver_due(office.carrier(hand))
    assert hand.sent[0]["Message-ID"] == f"<{number}@review.example>"
    assert (await office.letter(number)).tries == 2


async def test_sealed_with_a_key_that_is_gone_a_letter_says_so(office: Office) -> None:
    number = await office.write()
    async with an_office(Path(office.db._writer.url.database or "").parent) as other:
        await deliver_due(other.carrier(Hand()))
    assert (await office.letter(number)).last_problem == "letters-key"


def test_the_longest_wait_is_an_hour_however_often_it_was_tried() -> None:
    assert wait_after(10_000) == timedelta(hours=1)


# ------------------------------------------------------------------ the folder


async def test_in_the_folder_a_letter_is_a_file_that_a_mail_program_reads(
    office: Office, tmp_path: Path
) -> None:
    number = await office.write(name="آنا")
    folder = tmp_path / "outbox"
    await deliver_due(office.carrier(Folder(folder)))
    (path,) = folder.iterdir()
    message = read(path)
    assert path.name == f"{number}.eml"
    assert (message["To"], message["Subject"]) == ("ann@example.org", "hello آنا")
    assert SECRET in message.get_content()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_sent_twice_it_is_the_same_file(office: Office, tmp_path: Path) -> None:
    number = await office.write()
    letter = await office.letter(number)
    carrier = office.carrier(Folder(tmp_path / "outbox"))
    await delivery._try(carrier, letter)
    await delivery._try(carrier, letter)
    assert len(list((tmp_path / "outbox").iterdir())) == 1


async def test_a_folder_that_cannot_be_written_keeps_the_letter(office: Office, tmp_path: Path) -> None:
    number = await office.write()
    (tmp_path / "outbox").write_text("in the way")
    await deliver_due(office.carrier(Folder(tmp_path / "outbox")))
    letter = await office.letter(number)
    assert (letter.sent_at, letter.next_try_at) == (None, NOON + MINUTE)
    (tmp_path / "outbox").unlink()
    office.later(MINUTE)
    await deliver_due(office.carrier(Folder(tmp_path / "outbox")))
    assert (await office.letter(number)).sent_at is not None


# ------------------------------------------------------------------ the mail server


async def test_a_mail_server_gets_the_letter(office: Office) -> None:
    number = await office.write(name="آنا")
    async with a_mail_server() as (master, url):
        await deliver_due(office.carrier(Smtp(url)))
    (message,) = master.took
    assert master.recipients == ["ann@example.org"]
    assert message["From"] == "Review <no-reply@review.example>"
    assert message["Message-ID"] == f"<{number}@review.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "hello آنا"
    assert message["Content-Language"] == "en"
    assert SECRET in message.get_content()


@pytest.mark.parametrize(
    ("where", "answer", "is_final"),
    [
        pytest.param("ann@example.org", "550 no such user", True, id="nobody there"),
        pytest.param("ann@example.org", "452 mailbox full", False, id="a full mailbox"),
        pytest.param("DATA", "451 try again", False, id="busy"),
        pytest.param("DATA", "554 refused", False, id="refused by the server, for the operator to mend"),
    ],
)
async def test_what_the_server_says_decides_whether_it_is_tried_again(
    office: Office, where: str, answer: str, is_final: bool
) -> None:
    number = await office.write()
    async with a_mail_server() as (master, url):
        master.refuses[where] = answer
        await deliver_due(office.carrier(Smtp(url)))
        letter = await office.letter(number)
        assert (letter.sent_at, letter.is_stuck) == (None, is_final)
        assert answer[:3] in letter.last_problem
        master.refuses.clear()
        await office.db.write(partial(try_again, letter_id=number, at=NOON))
        await deliver_due(office.carrier(Smtp(url)))
    assert len(master.took) == 1


async def test_a_server_that_is_down_keeps_the_letter(office: Office) -> None:
    number = await office.write()
    async with a_mail_server() as (_, url):
        pass
    await deliver_due(office.carrier(Smtp(url)))
    letter = await office.letter(number)
    assert (letter.sent_at, letter.next_try_at) == (None, NOON + MINUTE)


async def test_a_server_that_must_encrypt_and_does_not_gets_nothing(office: Office) -> None:
    await office.write()
    async with a_mail_server() as (master, url):
        await deliver_due(office.carrier(Smtp(url.replace("smtp:", "smtp+starttls:"))))
    assert master.took == []


async def test_an_address_with_letters_of_any_alphabet_is_taken_where_the_server_can(office: Office) -> None:
    number = await office.write("أحمد@example.org")
    async with a_mail_server(enable_SMTPUTF8=True) as (master, url):
        await deliver_due(office.carrier(Smtp(url)))
    assert master.recipients == ["أحمد@example.org"], (await office.letter(number)).last_problem


@pytest.mark.parametrize(
    "url", ["", "smtp://", "http://mail.example", "mail.example", "smtp://mail.example:x", "smtp://h:0"]
)
def test_what_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(Malformed) as problem:
        Smtp(url)
    assert problem.value.place == "smtp_url"


@pytest.mark.parametrize("sender", ["", "Review", "Review <review>", "a@b\r\nBcc: c@d"])
def test_what_is_no_sender_is_refused(sender: str) -> None:
    with pytest.raises(Malformed):
        domain_of(sender)


# ------------------------------------------------------------------ the key


def test_the_key_is_made_once_and_readable_by_the_operator_alone(tmp_path: Path) -> None:
    sealed = vault.opened(tmp_path / "keys").seal("secret")
    assert vault.opened(tmp_path / "keys").open(sealed) == "secret"
    (path,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert vault.write_secret(path, b"one")
    assert not vault.write_secret(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


async def test_posting_is_announced(office: Office) -> None:
    heard: list[Event] = []
    office.bus.subscribe(heard.append)
    number = await office.write()
    assert heard == [LetterPosted(number)]
