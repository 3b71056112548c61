"""docs/behaviours.md says what is declared, and the declarations can be told apart."""

from __future__ import annotations

from tests.behaviours.every import BEHAVIOURS, DOCUMENT, with_table


def test_the_table_in_the_documents_is_what_is_declared() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert with_table(text) == text, "run: python -m tests.behaviours.every"
    assert all(f"| `{each.name}` |" in text for each in BEHAVIOURS)


def test_each_name_is_given_once() -> None:
    names = [each.name for each in BEHAVIOURS]
    assert sorted(set(names)) == sorted(names)


def test_there_are_behaviours_of_each_kind() -> None:
    kinds = [each.kind for each in BEHAVIOURS]
    assert len(kinds) >= 60
    assert min(kinds.count(kind) for kind in ("good", "odd", "hostile")) >= 15
