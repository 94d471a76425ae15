"""The README's map is the house as it stands, and what it tells people to type is there."""

from __future__ import annotations

import re
import tomllib

from tests.house.sources import PACKAGE, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]
FIRST_SCREEN_LINES = 40


def rooms() -> set[str]:
    """The packages and modules right under `revmod_live/`."""
    packages = {p.parent.name for p in PACKAGE.glob("*/__init__.py")}
    return packages | {p.stem for p in PACKAGE.glob("*.py")} - {"__init__"}


def test_the_map_names_every_room_and_no_other() -> None:
    section = README.split("## Map", 1)[1].split("\n## ", 1)[0]
    named = set(re.findall(r"^\| +`(\w+)/?`", section, flags=re.MULTILINE))
    assert named == rooms()


def test_every_folder_on_the_map_is_there() -> None:
    section = README.split("## Map", 1)[1].split("\n## ", 1)[0]
    for folder in re.findall(r"`((?:web|tests|tools|revmod_live)/[\w/]*)`", section):
        assert (ROOT / folder).is_dir(), folder


def test_the_import_contract_names_every_room_and_brackets_only_what_is_not_there() -> None:
    (layers,) = [c["layers"] for c in CONTRACTS if c["type"] == "layers"]
    names = [piece.strip() for row in layers for piece in re.split(r"[|:]", row)]
    assert {n.strip("()") for n in names if not n.startswith("(")} == rooms()
    assert {n.strip("()") for n in names if n.startswith("(")} & rooms() == set()


def test_the_two_commands_are_on_the_first_screen() -> None:
    first = "\n".join(README.splitlines()[:FIRST_SCREEN_LINES])
    assert "make run" in first
    assert "make test" in first


def test_every_command_of_make_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    there = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    for text in (README, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        assert set(re.findall(r"`make ([a-z-]+)", text)) <= there


def test_every_setting_has_its_line() -> None:
    settings = (PACKAGE / "settings.py").read_text(encoding="utf-8")
    for setting in re.findall(r'\{PREFIX\}([A-Z_]+)"', settings):
        assert f"`REVMOD_{setting}`" in README
