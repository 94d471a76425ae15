"""Chats as the rule book has them: who reads and writes, what is there once, what is told and recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

import pytest
from sqlalchemy import text as sql

from revmod_live.accounts.model import Actor, Role
from revmod_live.errors import Allowed, NotFound, Refused
from revmod_live.events import ChatGrew, NoticeSent, NoticesRead
from revmod_live.ids import AccountId, ChatId, InstrumentCode
from revmod_live.workflow import chat_rules, chats, chats_store, queries_chats
from revmod_live.workflow.chat_pages import Message
from revmod_live.workflow.chat_rules import Chat, ChatKind
from revmod_live.workflow.model import Place, StepState
from tests.workflow.world import CAST, FA, PEOPLE, START, UNTOC, World, a_world, suspend

T = TypeVar("T")
SAID: Final = "3f0c9a52-5a4e-4a0e-9d4f-0b6f2f0e7a11"


@pytest.fixture
def world() -> Iterator[World]:
    made = a_world()
    yield made
    made.close()


def because(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.because


def says(
    world: World,
    who: str,
    text: str,
    *,
    to: str | None = None,
    message_id: str | None = None,
    at: datetime | None = None,
) -> Message:
    """Somebody writes into their own chat, or an officer into that of `to`."""
    actor = PEOPLE[who]
    wanted = chats.chat_of(PEOPLE[to or who].account)
    given = message_id or f"message-{world.at.timestamp():.0f}-{who}"
    return world.write(
        lambda tx: chats.say(tx, actor, wanted, message_id=given, text=text, at=at or world.at)
    )


def texts(world: World, who: str, *, of: str) -> list[str]:
    """What somebody reads in a person's chat."""
    view = world.read(lambda tx: queries_chats.profile_chat(tx, PEOPLE[who], PEOPLE[of].account))
    return [message.text for message in view.messages]


def reads(world: World, who: str, *, of: str, upto: int) -> None:
    chat = chats.chat_of(PEOPLE[of].account)
    world.write(lambda tx: chats.mark_read(tx, PEOPLE[who], chat, upto, world.at))


def log(world: World, act: str) -> list[str]:
    return world.read(
        lambda tx: [
            row.account
            for row in tx.execute(sql("select account from event_log where act = :a order by id"), {"a": act})
        ]
    )


class TestWhoMay:
    """The table of chats, row by row."""

    MINE = Chat(ChatId("c"), ChatKind.PROFILE, account=PEOPLE["bea"].account)

    def test_a_person_and_every_approved_officer_read_and_write_the_person_s_chat(self) -> None:
        allowed = {
            name
            for name, actor in PEOPLE.items()
            if isinstance(chat_rules.may_read_chat(actor, self.MINE, None), Allowed)
        }
        assert allowed == {"bea", "sue"}
        assert allowed == {
            name
            for name, actor in PEOPLE.items()
            if isinstance(chat_rules.may_write_chat(actor, self.MINE, None), Allowed)
        }

    def test_it_is_open_to_the_person_before_approval_and_to_no_officer_who_is_not_approved(self) -> None:
        bea, sue = (replace(PEOPLE[name], active=False) for name in ("bea", "sue"))
        assert isinstance(chat_rules.may_write_chat(bea, self.MINE, None), Allowed)
        assert chat_rules.may_read_chat(sue, self.MINE, None) == Refused("role")

    # requirements 1.2 and CHT-02 to CHT-07, written down a second time by hand
    EXPECTED: Final = {
        ("settings", None): {"RW": "ann ben cleo dan bas", "R": "sue"},
        ("answers", UNTOC): {"RW": "ann abe", "R": "amy"},
        ("discussion", None): {"RW": "ann abe ben bea bas cleo cal dan dot", "R": "amy bob coy dee sue"},
        ("feedback", UNTOC): {"RW": "ben bea bas cleo cal", "R": "bob coy sue"},
        ("feedback", FA): {"RW": "ben bea bas dan dot", "R": "bob dee sue"},
        ("observations", FA): {"RW": "ann abe ben bea bas dan dot sue", "R": "amy bob dee"},
        ("summary", UNTOC): {"RW": "ann abe ben bea bas cleo cal", "R": "amy bob coy sue"},
    }

    @pytest.mark.parametrize(("kind", "instrument"), EXPECTED)
    def test_the_chats_of_the_steps(self, kind: str, instrument: InstrumentCode | None) -> None:
        expected = {"RW": set(), "R": set(), "": set(PEOPLE)} | {
            rights: set(names.split()) for rights, names in self.EXPECTED[kind, instrument].items()
        }
        expected[""] -= expected["RW"] | expected["R"]
        chat = Chat(ChatId("c"), ChatKind(kind), instrument=instrument)
        found: dict[str, set[str]] = {"RW": set(), "R": set(), "": set()}
        for name, actor in PEOPLE.items():
            rights = chat_rules.rights_in(actor, chat, self._place(chat, StepState.OPEN))
            found["".join(sorted(rights))].add(name)
        assert found == expected

    @pytest.mark.parametrize("kind", [kind for kind in ChatKind if kind is not ChatKind.PROFILE])
    def test_a_sealed_step_s_chats_are_read_by_who_read_them_and_written_by_nobody(
        self, kind: ChatKind
    ) -> None:
        chat = Chat(ChatId("c"), kind, instrument=UNTOC)
        opened, sealed = (self._place(chat, state) for state in (StepState.OPEN, StepState.SEALED))
        locked = self._place(chat, StepState.LOCKED)
        for actor in PEOPLE.values():
            may = chat_rules.may_read_chat(actor, chat, opened)
            assert chat_rules.may_read_chat(actor, chat, sealed) == may
            because_of = "chat-closed" if isinstance(may, Allowed) else "role"
            assert chat_rules.may_write_chat(actor, chat, sealed) == Refused(because_of)
            assert chat_rules.rights_in(actor, chat, locked) == frozenset()
            assert chat_rules.rights_in(replace(actor, active=False), chat, opened) == frozenset()

    def test_a_representative_without_a_focal_point_stands_in_the_table_too(self) -> None:
        chat = Chat(ChatId("c"), ChatKind.ANSWERS, instrument=UNTOC)
        rex = PEOPLE["rex"]
        for mandates, expected in ((frozenset(), {"R"}), (frozenset({rex.state}), {"R", "W"})):
            cast = replace(CAST, without_focal_point=frozenset({rex.state}), mandates=mandates)  # type: ignore[arg-type]
            place = Place(cast, chat_rules.step_of(chat.kind), StepState.OPEN, UNTOC)  # type: ignore[arg-type]
            assert chat_rules.rights_in(rex, chat, place) == expected

    @staticmethod
    def _place(chat: Chat, state: StepState) -> Place:
        letter = chat_rules.step_of(chat.kind)
        assert letter is not None
        return Place(CAST, letter, state, chat.instrument)


class TestSayingSomething:
    def test_messages_stand_in_the_order_in_which_they_were_stored(self, world: World) -> None:
        says(world, "bea", "one")
        says(world, "sue", "two", to="bea")
        # a clock that went back changes nothing
        says(world, "bea", "three", at=START - timedelta(days=1))
        assert texts(world, "bea", of="bea") == texts(world, "sue", of="bea") == ["one", "two", "three"]

    def test_words_are_kept_as_they_are(self, world: World) -> None:
        for text in (
            "e\u0301 is not \u00e9",
            "  indented\n\n\tand tabbed",
            "غدًا 👩‍👩‍👧 明天",
            "<b>&amp;</b>",
        ):
            assert says(world, "bea", text).text == text
            assert texts(world, "sue", of="bea")[-1] == text

    def test_line_breaks_are_line_feeds_however_a_browser_sends_them(self, world: World) -> None:
        assert says(world, "bea", "one\r\ntwo\rthree\r\n").text == "one\ntwo\nthree"

    def test_a_message_that_comes_again_is_stored_once_and_answered_the_same(self, world: World) -> None:
        first = says(world, "bea", "one\ntwo", message_id=SAID)
        assert says(world, "bea", "one\r\ntwo", message_id=SAID) == first
        assert texts(world, "bea", of="bea") == ["one\ntwo"]
        assert len([event for event in world.announced if isinstance(event, ChatGrew)]) == 1
        assert log(world, "chat-said") == [PEOPLE["bea"].account]

    def test_another_s_id_another_chat_s_and_another_text_s_are_refused(self, world: World) -> None:
        says(world, "bea", "one", message_id=SAID)
        assert because(lambda: says(world, "abe", "one", message_id=SAID)) == "message-id"
        assert because(lambda: says(world, "bea", "two", message_id=SAID)) == "message-id"
        says(world, "sue", "three", to="abe", message_id=SAID.upper())
        assert because(lambda: says(world, "sue", "three", to="bea", message_id=SAID.upper())) == "message-id"
        assert texts(world, "sue", of="bea") == ["one"]

    @pytest.mark.parametrize("text", ["", " ", "\r\n\r\n", "\t \n"])
    def test_nothing_is_no_message(self, world: World, text: str) -> None:
        assert because(lambda: says(world, "bea", text)) == "message-empty"

    def test_four_thousand_characters_are_the_most(self, world: World) -> None:
        assert len(says(world, "bea", "👍" * 4000).text) == 4000
        assert because(lambda: says(world, "bea", "x" * 4001)) == "message-long"

    @pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x85"])
    def test_signs_without_a_look_are_refused(self, world: World, sign: str) -> None:
        assert because(lambda: says(world, "bea", f"a{sign}b")) == "message-signs"

    @pytest.mark.parametrize(
        "message_id", ["", "short", "x" * 65, "../../etc/passwd", "a b c d e f g", "é" * 10]
    )
    def test_an_id_is_letters_digits_and_hyphens(self, world: World, message_id: str) -> None:
        with pytest.raises(Refused, match="message-id"):
            world.write(
                lambda tx: chats.say(
                    tx,
                    PEOPLE["bea"],
                    chats.chat_of(PEOPLE["bea"].account),
                    message_id=message_id,
                    text="a",
                    at=START,
                )
            )

    def test_what_is_refused_leaves_nothing_behind(self, world: World) -> None:
        assert because(lambda: says(world, "bea", "")) == "message-empty"
        rows = world.read(lambda tx: tx.execute(sql("select count(*) from chats")).scalar())
        assert rows == 0
        assert world.announced == []

    def test_a_flood_is_held_back_and_comes_through_later(self, world: World) -> None:
        at = world.at
        for n in range(chats.MOST):
            says(world, "bea", f"{n}", message_id=f"message-{n:04}", at=at)
        assert because(lambda: says(world, "bea", "more", message_id="message-more", at=at)) == "rate"
        # one that is here already is answered all the same
        assert says(world, "bea", "0", message_id="message-0000", at=at).text == "0"
        later = at + chats.WITHIN
        assert says(world, "bea", "more", message_id="message-more", at=later).text == "more"

    def test_nobody_else_says_anything_in_a_person_s_chat(self, world: World) -> None:
        for name in PEOPLE:
            if name not in {"bea", "sue"}:
                assert because(lambda name=name: says(world, name, "hello", to="bea")) == "role"  # type: ignore[misc]

    def test_there_is_no_chat_with_somebody_who_is_not_there_or_with_an_officer(self, world: World) -> None:
        for account in (AccountId("nobody"), PEOPLE["sue"].account):
            with pytest.raises(NotFound):
                world.write(
                    lambda tx, of=account: chats.say(  # type: ignore[misc]
                        tx, PEOPLE["sue"], chats.chat_of(of), message_id=SAID, text="a", at=START
                    )
                )


class TestWhoHears:
    def test_the_person_and_the_approved_officers_and_nobody_else(self, world: World) -> None:
        says(world, "bea", "one")
        (grew,) = (event for event in world.announced if isinstance(event, ChatGrew))
        assert grew.accounts == {PEOPLE["bea"].account, PEOPLE["sue"].account}

        suspend(world, "sue")
        world.announced.clear()
        says(world, "bea", "two")
        (grew,) = (event for event in world.announced if isinstance(event, ChatGrew))
        assert grew.accounts == {PEOPLE["bea"].account}

    def test_an_answer_is_told_to_the_person_once_until_it_is_read(self, world: World) -> None:
        def told() -> list[object]:
            found: list[object] = [e for e in world.announced if isinstance(e, NoticeSent | NoticesRead)]
            world.announced.clear()
            return found

        says(world, "bea", "one")
        assert told() == []
        says(world, "sue", "two", to="bea")
        answer = says(world, "sue", "three", to="bea")
        assert told() == [NoticeSent(PEOPLE["bea"].account, "chat-answer", {"by": "Sue"})]
        reads(world, "bea", of="bea", upto=answer.number)
        assert told() == [NoticesRead(PEOPLE["bea"].account)]
        says(world, "sue", "four", to="bea")
        assert len(told()) == 1


class TestReading:
    def test_what_is_unread_is_what_others_said_since(self, world: World) -> None:
        def unread(who: str) -> int:
            return world.read(lambda tx: queries_chats.unread(tx, PEOPLE[who]))

        says(world, "bea", "one")
        assert (unread("bea"), unread("sue"), unread("abe")) == (0, 1, 0)
        answer = says(world, "sue", "two", to="bea")
        assert (unread("bea"), unread("sue")) == (1, 0)
        reads(world, "bea", of="bea", upto=answer.number)
        assert unread("bea") == 0

    def test_a_mark_goes_neither_back_nor_beyond_what_is_there(self, world: World) -> None:
        first = says(world, "sue", "one", to="bea")
        reads(world, "bea", of="bea", upto=10**15)
        reads(world, "bea", of="bea", upto=first.number - 1)
        says(world, "sue", "two", to="bea")
        assert world.read(lambda tx: queries_chats.unread(tx, PEOPLE["bea"])) == 1

    def test_the_list_begins_with_what_is_unread_and_waits_longest(self, world: World) -> None:
        for name in ("abe", "ann", "bea", "ben"):
            says(world, name, f"of {name}")
        says(world, "bea", "again")
        read = world.read(lambda tx: queries_chats.profile_chat(tx, PEOPLE["sue"], PEOPLE["ann"].account))
        reads(world, "sue", of="ann", upto=read.newest)
        says(world, "sue", "answer", to="abe")
        lines = world.read(lambda tx: queries_chats.profile_chats(tx, PEOPLE["sue"]))
        assert [(line.name, line.unread, line.waiting_since is None) for line in lines] == [
            ("Bea", 2, False),
            ("Ben", 1, False),
            ("Ann", 0, False),
            ("Abe", 0, True),
        ]

    def test_what_one_officer_answered_no_other_need_read(self, world: World) -> None:
        sam = Actor(AccountId("account-sam"), "Sam", None, Role.SECRETARIAT, active=True)
        says(world, "bea", "one")
        assert world.read(lambda tx: queries_chats.unread(tx, sam)) == 1
        says(world, "sue", "two", to="bea")
        assert world.read(lambda tx: queries_chats.unread(tx, sam)) == 0

    def test_only_the_secretariat_sees_the_list(self, world: World) -> None:
        for name, actor in PEOPLE.items():
            if name != "sue":
                assert (
                    because(lambda actor=actor: world.read(lambda tx: queries_chats.profile_chats(tx, actor)))  # type: ignore[misc]
                    == "role"
                )

    def test_an_officer_s_reading_is_recorded_and_a_person_s_is_not(self, world: World) -> None:
        message = says(world, "bea", "one")
        chat = chats.chat_of(PEOPLE["bea"].account)
        for name in ("sue", "bea", "sue"):
            world.write(
                lambda tx, name=name: chats.record_reading(  # type: ignore[misc]
                    tx, PEOPLE[name], chat, first=message.number, last=message.number, at=world.at
                )
            )
        assert log(world, "chat-read") == [PEOPLE["sue"].account] * 2

    def test_long_chats_come_a_page_at_a_time_and_miss_nothing(self, world: World) -> None:
        at = world.at
        for n in range(queries_chats.SHOWN + 20):
            later = at + timedelta(minutes=n)
            says(world, "bea", f"{n}", message_id=f"message-{n:04}", at=later)
        bea = PEOPLE["bea"]
        newest = world.read(lambda tx: queries_chats.profile_chat(tx, bea, bea.account))
        before = newest.messages[0].number
        older = world.read(lambda tx: queries_chats.profile_chat(tx, bea, bea.account, before=before))
        assert (newest.older, older.older) == (True, False)
        both = [message.text for message in (*older.messages, *newest.messages)]
        assert both == [f"{n}" for n in range(queries_chats.SHOWN + 20)]
        after = older.newest
        since = world.read(lambda tx: queries_chats.profile_chat(tx, bea, bea.account, after=after))
        assert since.messages == newest.messages


def test_there_is_one_chat_of_each_place(world: World) -> None:
    step = world.step("b")
    wanted = Chat(ChatId("first"), ChatKind.FEEDBACK, step=step, instrument=UNTOC)
    world.write(lambda tx: chats_store.add_chat(tx, wanted, world.at))
    assert world.read(lambda tx: chats_store.chat_like(tx, replace(wanted, id=ChatId("")))) == wanted
    assert world.read(lambda tx: chats_store.chat_like(tx, replace(wanted, instrument=FA))) is None
    with pytest.raises(Exception, match="UNIQUE"):
        world.write(lambda tx: chats_store.add_chat(tx, replace(wanted, id=ChatId("second")), world.at))


def test_a_step_s_chat_is_written_in_by_the_same_code(world: World) -> None:
    world.advance_to("b")
    chat = Chat(ChatId(""), ChatKind.FEEDBACK, step=world.step("b"), instrument=UNTOC)

    def say(who: str, message_id: str) -> Message:
        actor = PEOPLE[who]
        return world.write(
            lambda tx: chats.say(tx, actor, chat, message_id=message_id, text=who, at=world.at)
        )

    say("ben", "message-of-ben")
    say("cleo", "message-of-cleo")
    for name in ("dan", "ann", "bob", "sue", "eve"):
        assert because(lambda name=name: say(name, f"message-of-{name}")) == "role"  # type: ignore[misc]
    stored = world.read(lambda tx: chats.found(tx, chat))
    assert [m.text for m in world.read(lambda tx: chats_store.messages_after(tx, stored.id, 0))] == [
        "ben",
        "cleo",
    ]
