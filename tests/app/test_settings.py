"""What an operator can set: read once, refused with the variable's name when it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from revmod_live.accounts.model import Role
from revmod_live.errors import Malformed
from revmod_live.settings import ROLES, Settings, from_environment


def test_nothing_set_letters_go_to_a_folder_and_any_change_suspends() -> None:
    settings = from_environment({})
    assert (settings.smtp_url, settings.outbox) == ("", Path("var/outbox"))
    assert (settings.suspend_on, settings.second_factor_for) == ("any", ())


def test_everything_set() -> None:
    settings = from_environment(
        {
            "REVMOD_SMTP_URL": "smtps://mail.example",
            "REVMOD_MAIL_FROM": "Review <review@un.example>",
            "REVMOD_SECOND_FACTOR_FOR": "secretariat, focal_point",
            "REVMOD_SUSPEND_ON": "identity",
            "REVMOD_ORIGINS": "https://review.example,https://other.example",
        }
    )
    assert (settings.smtp_url, settings.mail_from) == ("smtps://mail.example", "Review <review@un.example>")
    assert settings.second_factor_for == ("secretariat", "focal_point")
    assert (settings.suspend_on, settings.site) == ("identity", "https://review.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("SECOND_FACTOR_FOR", "officers", id="a role that there is not"),
        pytest.param("SUSPEND_ON", "never", id="a rule that there is not"),
        pytest.param("PORT", "x", id="no port"),
        pytest.param("ORIGINS", "review.example", id="no origin"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(Malformed) as problem:
        from_environment({f"REVMOD_{name}": value})
    assert problem.value.place == f"REVMOD_{name}"


def test_the_roles_that_a_setting_names_are_those_there_are() -> None:
    assert {role.value for role in Role} == ROLES


def test_letters_lead_to_where_it_listens_when_no_origin_is_set() -> None:
    assert Settings(data_dir=Path(), host="127.0.0.1", port=8420).site == "http://127.0.0.1:8420"
