"""What makes a password good enough (manual section 1, ACC-03; D-30), and argon2id around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revmod_live.accounts import passwords
from revmod_live.errors import ALLOWED, Refused
from tests.accounts.people_there import ANNS, CHEAP

FEW = ("few-lower", "few-upper", "few-digits", "few-special")


@pytest.mark.parametrize(
    ("password", "unmet"),
    [
        pytest.param("rUd-TEK-ke-914", (), id="three of each in twelve or more"),
        pytest.param("rUd-Te-keo-914", ("few-upper",), id="two capitals only"),
        pytest.param("RUD-TEK-Ke-914", ("few-lower",), id="one small letter only"),
        pytest.param("rUd-TEK-keo-14", ("few-digits",), id="two digits only"),
        pytest.param("rUd-TEKoke-914", ("few-special",), id="one sign only"),
        pytest.param("rUTEKde9-1-4", ("few-special",), id="twelve, two signs"),
        pytest.param("uTKRde914-_", ("too-short", "few-special"), id="eleven"),
        pytest.param("", ("too-short", *FEW, "repetitive"), id="none"),
        pytest.param("aaaAAA111---", ("repetitive",), id="four different signs"),
        pytest.param("x" * 257, ("too-long",), id="longer than anybody types"),
        pytest.param("ПАРоль-tea-914-х", (), id="letters of any alphabet"),
    ],
)
def test_every_rule_that_is_not_met_is_named(password: str, unmet: tuple[str, ...]) -> None:
    assert passwords.unmet(password) == unmet


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("PASSWORDpassword123!?!#", id="the one printed in the manual"),
        pytest.param("PASSWORDpassword123!?!", id="the same, shortened"),
        pytest.param("password123!?!#PASSWORD", id="the same, turned round"),
        pytest.param("P4$$w0rd-P4$$W0RD-12", id="spelt with lookalikes"),
        pytest.param("QWErty123!!!456", id="keys in a row"),
        pytest.param("REVmod2026!?!live"[:13] + "!?!", id="the name of the house"),
        pytest.param("WELcome!!!123abc", id="a welcome"),
    ],
)
def test_what_everybody_tries_first_is_refused_though_composed_by_the_rules(password: str) -> None:
    assert "well-known" in passwords.unmet(password)


def test_the_owner_s_own_name_counts_for_nothing() -> None:
    assert passwords.unmet("ANN-example-914-x") == ()
    assert passwords.unmet("ANN-example-914-x", about=("Ann Example", "ann@example.org")) == ("well-known",)


def test_a_refusal_carries_the_rules_that_are_not_met() -> None:
    assert passwords.may_choose(ANNS) is ALLOWED
    assert passwords.may_choose("rUd-Te-keo-914") == Refused("weak-password", unmet=("few-upper",))


@given(st.text(max_size=40))
def test_no_text_at_all_breaks_the_policy(text: str) -> None:
    passwords.unmet(text, about=(text,))


def test_a_hash_matches_its_password_only_and_never_twice_the_same() -> None:
    one, other = passwords.hashed(ANNS, CHEAP), passwords.hashed(ANNS, CHEAP)
    assert one != other
    assert passwords.matches(one, ANNS)
    assert not passwords.matches(one, ANNS + " ")
    assert ANNS not in one


def test_a_password_is_the_same_however_the_keyboard_composes_it() -> None:
    assert passwords.matches(passwords.hashed("é-\ufb01-914-TEA", CHEAP), "e\u0301-fi-914-TEA")


def test_a_hash_that_cannot_be_read_matches_nothing_and_is_outdated() -> None:
    assert not passwords.matches("not a hash", ANNS)
    assert passwords.is_outdated("not a hash")


def test_a_hash_made_at_another_cost_is_outdated() -> None:
    assert passwords.is_outdated(passwords.hashed(ANNS, CHEAP))
    assert not passwords.is_outdated(passwords.hashed(ANNS))


def test_the_decoy_costs_what_a_real_hash_costs_today() -> None:
    assert not passwords.is_outdated(passwords.DECOY)
    assert not passwords.matches(passwords.DECOY, ANNS)


def test_today_s_cost_is_the_one_of_rfc_9106() -> None:
    assert passwords.Cost(passes=3, memory_kib=65536, lanes=4) == passwords.TODAY
    assert passwords.hashed("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
