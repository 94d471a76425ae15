"""How modules are made (architecture, "The house"): what a linter does not see."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.sources import PACKAGE, modules, name, tree

MOST_LINES = 450
"""Past four hundred one asks what the second module is called; here it has to be answered."""
MOST_LINES_OF_A_STORE = 1000
"""A list of tables and statements: long, never deep."""
PACKAGES = sorted(p for p in PACKAGE.rglob("__init__.py"))

CONTRACTS = sorted(
    [
        *(PACKAGE / "docs").rglob("*.py"),
        PACKAGE / "workflow" / "rules.py",
        PACKAGE / "sync" / "protocol.py",
    ]
)
OUR_ERRORS = {"Refused", "NotFound", "Stale", "Malformed", "Unavailable", "OutsideSchema"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.mark.parametrize("path", PACKAGES, ids=name)
def test_a_package_s_own_file_is_a_docstring_and_nothing_else(path: Path) -> None:
    assert len(tree(path).body) == 1
    assert ast.get_docstring(tree(path))


def test_no_module_grows_past_what_one_head_holds() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    long = {
        name(path): count
        for path, count in lines.items()
        if count > (MOST_LINES_OF_A_STORE if path.name == "store.py" else MOST_LINES)
    }
    assert long == {}, "what is the second module called?"


def test_every_task_has_an_owner() -> None:
    """Only a TaskGroup makes tasks: nothing called `loop` or `asyncio` does."""
    ownerless = [
        f"{name(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in {"create_task", "ensure_future", "run_coroutine_threadsafe"}
        and (
            isinstance(node.value, ast.Call)
            or (isinstance(node.value, ast.Name) and node.value.id in {"asyncio", "loop"})
        )
    ]
    assert ownerless == []


def test_nothing_is_held_back_by_sleeping_in_a_test() -> None:
    """A test waits for what it waits for; `sleep(0)`, which only lets others run, is fine."""
    tests = PACKAGE.parent / "tests"
    asleep = [
        f"{name(path)}:{node.lineno}"
        for path in sorted(tests.rglob("test_*.py"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sleep"
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    ]
    assert asleep == []


@pytest.mark.parametrize("path", [p for p in CONTRACTS if p.is_file()], ids=name)
def test_a_public_docstring_is_a_contract(path: Path) -> None:
    """Everything public says what it means, and names each error of ours that it raises itself."""
    silent = []
    for where, node in _public(tree(path)):
        words = ast.get_docstring(node) or ""
        if not words:
            silent.append(f"{where} has no docstring")
        elif isinstance(node, Function):
            silent += [
                f"{where} raises {e} and does not say so" for e in sorted(_raises(node)) if e not in words
            ]
    assert silent == []


def _public(module: ast.Module) -> list[tuple[str, ast.ClassDef | Function]]:
    found: list[tuple[str, ast.ClassDef | Function]] = []
    for node in module.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            found.append((node.name, node))
            if isinstance(node, ast.ClassDef):
                found += [
                    (f"{node.name}.{inner.name}", inner)
                    for inner in node.body
                    if isinstance(inner, Function) and not inner.name.startswith("_")
                ]
    return found


def _raises(function: Function) -> set[str]:
    raised = {
        call.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Raise)
        and isinstance(call := node.exc, ast.Call)
        and isinstance(call.func, ast.Name)
    }
    return raised & OUR_ERRORS
