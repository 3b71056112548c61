"""Two revisions side by side, as the page shows them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.errors import BadInput
from tests.web.article.story import REVISIONS, STORY
from web.article.difference import Change, difference
from web.article.revisions import ChangedParagraph, Unchanged, blocks, choose, compare, shortened


def test_the_latest_is_compared_with_the_one_before_unless_others_are_asked_for() -> None:
    first, second, third = REVISIONS
    assert choose(REVISIONS, old=None, new=None) == (second, third)
    assert choose(REVISIONS, old=1, new=None) == (first, third)
    assert choose(REVISIONS, old=None, new=2) == (first, second)
    assert choose(REVISIONS, old=3, new=1) == (first, third)
    assert choose(REVISIONS, old=None, new=1) == (first, first)
    assert choose(REVISIONS[2:], old=None, new=None) is None


def test_a_revision_that_is_not_kept_is_refused() -> None:
    with pytest.raises(BadInput, match="revision 1: is not kept; the stream has: 2, 3"):
        choose(REVISIONS[1:], old=1, new=3)


def test_paragraphs_without_a_change_are_folded() -> None:
    found = blocks(compare(*REVISIONS[1:]).text)
    assert [type(block) for block in found] == [Unchanged, ChangedParagraph, ChangedParagraph, Unchanged]
    assert isinstance(found[0], Unchanged)
    assert found[0].paragraphs == tuple(STORY.text.split("\n")[:3])
    assert isinstance(found[2], ChangedParagraph)
    assert [change.kind for change in found[2].changes] == ["new"]


def test_what_else_changed() -> None:
    other = replace(STORY, authors=("Somebody",), published=None)
    compared = compare(STORY, other)
    assert [(each.what, each.old, each.new) for each in compared.others] == [
        ("Published", "2026-05-10 09:00:00", ""),
        ("Authors", "Anna Keller, Adaeze Obi", "Somebody"),
    ]
    assert compare(REVISIONS[0], STORY).came == ("United Nations",)
    assert compare(STORY, REVISIONS[0]).left == ("United Nations",)


def test_a_long_stretch_that_is_the_same_is_cut_in_the_middle() -> None:
    words = [str(number) for number in range(200)]
    begin, left, end = shortened(Change(kind="same", text=" ".join(words)))
    assert (begin.split(), left, end.split()) == (words[:30], 140, words[-30:])
    assert shortened(Change(kind="new", text=" ".join(words)))[1] == 0


@given(*[st.lists(st.sampled_from(["a b", "c.", "d e f", "\n"]), max_size=12).map("".join)] * 2)
def test_the_blocks_hold_all_that_is_not_white_space(old: str, new: str) -> None:
    kept: list[str] = []
    for block in blocks(difference(old, new)):
        if isinstance(block, Unchanged):
            kept += block.paragraphs
        else:
            kept += [change.text for change in block.changes if change.kind != "gone"]
    assert "".join("".join(kept).split()) == "".join(new.split())
