"""`pip install .` gives the whole program: pages, catalogues, migrations, and what Vite built."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.sources import PACKAGE, ROOT

MANIFEST = "revmod_live/portal/static/.vite/manifest.json"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    if not (ROOT / MANIFEST).is_file():
        pytest.fail("`make setup` builds the browser's assets first; two of these tests at once must not")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_has_the_browser_s_assets(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    manifest = json.loads(wheel.read(MANIFEST))
    for entry in manifest.values():
        assert f"revmod_live/portal/static/{entry['file']}" in names


def test_the_wheel_has_everything_that_the_package_reads(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    kept = {".py", ".html", ".po", ".json", ".toml", ".txt"}
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix in kept and "__pycache__" not in path.parts:
            assert path.relative_to(ROOT).as_posix() in names


def test_the_wheel_gives_the_command(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = [n for n in wheel.namelist() if n.endswith("entry_points.txt")]
    assert "revmod-live = revmod_live.__main__:main" in wheel.read(entry_points).decode()


def test_the_wheel_carries_nothing_of_the_workshop(wheel: zipfile.ZipFile) -> None:
    tops = {Path(n).parts[0] for n in wheel.namelist()}
    assert all(top == "revmod_live" or top.endswith(".dist-info") for top in tops)
