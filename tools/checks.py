"""Runs every check there is, two at a time where they are quiet, and stops at the first that fails.

The linters and the browser's unit tests run side by side and say one line each; pytest is shown as it
runs, because its own last line is the one that counts.
"""

import asyncio
import os
import re
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
WEB = ROOT / "web"
DEEP = os.environ.get("REVMOD_DEEP") == "1"


@dataclass(frozen=True)
class Check:
    """One command, its name, and the line of its output worth showing (a pattern) when it passes."""

    name: str
    command: tuple[str, ...]
    folder: Path = ROOT
    shows: str = ""
    environment: dict[str, str] = field(default_factory=dict)


class FailedError(Exception):
    """A check failed; its output has been shown."""


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(BIN / name), *arguments)


def _npm(script: str) -> tuple[str, ...]:
    return ("npm", "run", "--silent", script)


PYTHON_LANE = (
    Check("ruff", _tool("ruff", "check", "--quiet", ".")),
    Check("import contracts", _tool("lint-imports", "--no-logo"), shows=r"Contracts: .*"),
    Check("mypy --strict", _tool("mypy"), shows=r"Success: .*"),
)
WEB_LANE = (
    Check("one copy of yjs", _npm("one-yjs"), WEB),
    Check("tsc", _npm("check"), WEB),
    Check("vitest", _npm("test"), WEB, shows=r"Tests +.*", environment={"NO_COLOR": "1"}),
)
PYTEST = _tool("pytest", "-q", "--numprocesses=2", *(("--timeout=0", "-s") if DEEP else ()))
LOUD = (
    Check("pytest", (*PYTEST, "--dist=loadfile", "--ignore=tests/e2e")),
    Check("browser stories", (*PYTEST, "--dist=loadscope", "tests/e2e")),
)
NO_BROWSER = os.environ.get("REVMOD_NO_BROWSER") == "1"


def _say(mark: str, name: str, seconds: float, rest: str = "") -> None:
    print(f"{mark:<4} {name:<18} {seconds:6.1f} s  {rest}".rstrip(), flush=True)


async def _quiet(check: Check) -> None:
    begun = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *check.command, cwd=check.folder, stdout=PIPE, stderr=STDOUT, env=os.environ | check.environment
    )
    try:
        output = (await process.communicate())[0].decode(errors="replace")
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    seconds = time.monotonic() - begun
    if process.returncode:
        print(output, flush=True)
        _say("FAIL", check.name, seconds)
        raise FailedError(check.name)
    found = re.findall(check.shows, output) if check.shows else []
    _say("ok", check.name, seconds, found[-1].strip() if found else "")


async def _lane(checks: tuple[Check, ...]) -> None:
    for check in checks:
        await _quiet(check)


async def _loud(check: Check) -> None:
    begun = time.monotonic()
    print(f"---- {check.name}", flush=True)
    process = await asyncio.create_subprocess_exec(*check.command, cwd=check.folder)
    code = await process.wait()
    _say("FAIL" if code else "ok", check.name, time.monotonic() - begun)
    if code:
        raise FailedError(check.name)


async def _all() -> None:
    async with asyncio.TaskGroup() as lanes:
        lanes.create_task(_lane(PYTHON_LANE))
        lanes.create_task(_lane(WEB_LANE))
    for check in LOUD:
        if check.name == "browser stories" and NO_BROWSER:
            print("---- browser stories are left out: REVMOD_NO_BROWSER=1", flush=True)
            continue
        await _loud(check)


def main() -> int:
    """Run all checks; 0 when every one passed."""
    begun = time.monotonic()
    failed: list[str] = []
    try:
        asyncio.run(_all())
    except* FailedError as group:
        failed = [str(problem) for problem in group.exceptions]
    seconds = time.monotonic() - begun
    print(f"failed: {', '.join(failed)}" if failed else f"all checks passed in {seconds:.0f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
