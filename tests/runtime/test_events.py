"""Events are listed, and what is listed is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from runtime.events import EVENTS
from tests.test_architecture import ALL, ROOT

_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in ALL:
        if path.name != "events.py":
            yield str(path), ast.parse((ROOT / path).read_text("utf-8"))


def constants(node: ast.expr) -> Iterator[str]:
    """The strings that an expression may come to: itself, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def logged() -> Iterator[tuple[str, str, str]]:
    """File, level and event of every log call that names its event; `event=` of helpers has no level."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr in _LEVELS and node.args:
                for name in constants(node.args[0]):
                    yield path, node.func.attr, name
            for keyword in node.keywords:
                if keyword.arg == "event":
                    for name in constants(keyword.value):
                        yield path, "", name


CALLS = list(logged())


@pytest.mark.parametrize(("path", "level", "name"), CALLS, ids=lambda each: each or "helper")
def test_a_log_call_names_an_event_of_the_list(path: str, level: str, name: str) -> None:
    assert name in EVENTS, f"{path} logs {name}, which is not in runtime/events.py"
    assert level in ("", EVENTS[name].level), f"{path} logs {name} as {level}"


def test_every_event_of_the_list_is_logged_somewhere() -> None:
    texts = {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not set(EVENTS) - texts


@pytest.mark.parametrize("name", EVENTS)
def test_names_say_what_and_then_what_happened(name: str) -> None:
    assert re.fullmatch("[a-z]+[.][a-z_]+", name)
    assert EVENTS[name].meaning.endswith(".") or "`" in EVENTS[name].meaning
