"""What changed between two texts: exact, readable, and bounded in work."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from web.article.difference import Change, difference


def told(old: str, new: str) -> str:
    """[-gone-] and {+new+}."""
    shown = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return "".join(shown[change.kind].format(change.text) for change in difference(old, new))


def sides(changes: tuple[Change, ...]) -> tuple[str, str]:
    old = "".join(change.text for change in changes if change.kind != "new")
    return old, "".join(change.text for change in changes if change.kind != "gone")


def test_words_are_compared_and_not_letters() -> None:
    old = "At least 12 people died when the ferry sank."
    new = "At least 19 people died when the ferry sank."
    assert told(old, new) == "At least [-12-]{+19+} people died when the ferry sank."


def test_what_was_added_and_taken_away() -> None:
    assert told("one two three", "one three") == "one [-two -]three"
    assert told("The end.", "The very end. Indeed.") == "The {+very +}end{+. Indeed+}."


def test_nothing_changed() -> None:
    assert difference("same", "same") == (Change(kind="same", text="same"),)
    assert difference("", "") == ()


def test_little_that_is_the_same_between_two_changes_does_not_break_them_up() -> None:
    old = "He told the minister on Monday of the plan."
    new = "He told a journalist in May of the plan."
    assert told(old, new) == "He told [-the minister on Monday-]{+a journalist in May+} of the plan."


def test_a_paragraph_that_says_something_else_is_shown_whole() -> None:
    old = "Same before.\nThe council met on Tuesday to vote.\nSame after."
    new = "Same before.\nRescuers found three survivors, police said.\nSame after."
    assert told(old, new) == (
        "Same before.\n[-The council met on Tuesday to vote.\n-]"
        "{+Rescuers found three survivors, police said.\n+}Same after."
    )


def test_a_paragraph_that_came_between_is_shown_as_one() -> None:
    old = "It rained a lot.\nSnow fell."
    new = "It rained little.\nThe dam held on Monday.\nSnow fell."
    assert told(old, new) == "It rained [-a lot-]{+little+}.\n{+The dam held on Monday.\n+}Snow fell."
    assert told(new, old) == "It rained [-little-]{+a lot+}.\n[-The dam held on Monday.\n-]Snow fell."


def test_scripts_without_spaces_are_compared_by_character() -> None:
    assert told("台风造成三人死亡", "台风造成五人死亡") == "台风造成[-三-]{+五+}人死亡"


WORDS = st.lists(st.sampled_from(["a", "flood", " ", "\n", ". ", "é", "人", "\r\n"]), max_size=30).map(
    "".join
)


@given(WORDS, WORDS, st.sampled_from([0, 5, 50, 1_000_000]))
def test_both_texts_can_be_had_back(old: str, new: str, steps: int) -> None:
    changes = difference(old, new, steps=steps)
    assert sides(changes) == (old, new)
    assert all(change.text for change in changes)
    kinds = [change.kind for change in changes]
    assert all(one != other for one, other in pairwise(kinds))
    assert ("new", "gone") not in pairwise(kinds)


def test_texts_of_a_hundred_thousand_words_are_compared_with_bounded_work() -> None:
    draw = random.Random(7)  # noqa: S311 - a text, no secret
    words = [draw.choice(["flood", "rain", "river", "the", "a", "of"]) for _ in range(100_000)]
    other = [word if draw.random() < 0.5 else "other" for word in words]
    few = [word if draw.random() < 0.0005 else "new" for word in words[:50]] + words[50:]
    for changed in (other, few, words[::-1], ["x", *words, "y"]):
        old, new = " ".join(words), " ".join(changed)
        assert sides(difference(old, new)) == (old, new)


def test_a_change_in_a_long_text_is_still_found_by_word() -> None:
    old = " ".join(f"word{number}" for number in range(100_000))
    new = old.replace("word50000 ", "ANOTHER ").replace("word100 ", "")
    assert [change for change in difference(old, new) if change.kind != "same"] == [
        Change(kind="gone", text="word100 "),
        Change(kind="gone", text="word50000"),
        Change(kind="new", text="ANOTHER"),
    ]
