"""What is under version control belongs to no machine, and the lock files to no registry."""

from __future__ import annotations

import json
import re
from importlib import metadata

import pytest

from tests.house.sources import ROOT, name, tracked

LOCKS = ("requirements.lock", "requirements-test.lock")
PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[\w.+!]+)( +#.*)?")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:wor[k]|roo[t]|hom[e]/\w|op[t])/")
ONCE = ("yjs", "y-protocols", "lib0", "y-prosemirror", "prosemirror-model", "prosemirror-state")


def texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            found[name(path)] = data.decode("utf-8", errors="replace")
    return found


def test_no_file_names_a_place_on_somebody_s_machine() -> None:
    found = [
        f"{where}:{number}: {line.strip()[:80]}"
        for where, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATHS.search(line)
    ]
    assert found == []


def test_what_is_built_or_kept_is_not_under_version_control() -> None:
    made = ("revmod_live/portal/static/", "web/node_modules/", "var/", ".venv/", "dist/")
    assert [name(p) for p in tracked() if name(p).startswith(made)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_and_names_no_address(lock: str) -> None:
    lines = [line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if line.strip()]
    assert [line for line in lines if not PIN.fullmatch(line) and not line.lstrip().startswith("#")] == []
    assert [line for line in lines if "://" in line] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_installed_is_what_the_lock_says(lock: str) -> None:
    """`make test` installed from the locks just before: this is what came of it."""
    pins = [
        m for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if (m := PIN.fullmatch(line))
    ]
    assert len(pins) > 20
    assert {m["name"]: metadata.version(m["name"]) for m in pins} == {m["name"]: m["version"] for m in pins}


def test_the_browser_s_lock_names_no_address_and_holds_one_copy_of_what_must_be_one() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert [where for where, package in packages.items() if "resolved" in package] == []
    for once in ONCE:
        assert [where for where in packages if where.endswith(f"node_modules/{once}")] == [
            f"node_modules/{once}"
        ]


def test_the_browser_s_packages_are_pinned_exactly() -> None:
    package = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert {n: v for n, v in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", v)} == {}
