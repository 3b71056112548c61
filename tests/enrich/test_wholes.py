from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from article.records import EntityType
from enrich.mentions import Found
from enrich.wholes import restore_wholes
from tests.enrich.texts import found


def restored(text: str, *names: tuple[str, EntityType]) -> list[str]:
    return [mention.text for mention in restore_wholes({"title": "", "text": text}, found(text, *names))]


PENINSULA = "al Qaeda in the Arabian Peninsula"


def test_a_name_that_was_seen_whole_is_whole_where_it_was_split() -> None:
    text = f"{PENINSULA} said. Men of {PENINSULA} fled."
    names: list[tuple[str, EntityType]] = [
        (PENINSULA, "ORG"),
        ("al Qaeda", "ORG"),
        ("Arabian Peninsula", "LOC"),
    ]
    assert restored(text, *names) == [PENINSULA, PENINSULA]
    second = restore_wholes({"title": "", "text": text}, found(text, *names))[1]
    assert (second.start, second.type) == (text.rindex("al Qaeda"), "ORG")


def test_a_part_of_it_elsewhere_stays_as_it_is() -> None:
    text = f"{PENINSULA} said. The Arabian Peninsula is dry."
    assert restored(text, (PENINSULA, "ORG"), ("Arabian Peninsula", "LOC")) == [
        PENINSULA,
        "Arabian Peninsula",
    ]


def test_a_longer_name_that_begins_or_ends_within_is_left_alone() -> None:
    text = "New York rose. The New York Times fell, and so did Old New York."
    assert restored(text, ("New York", "LOC"), ("New York Times", "ORG"), ("Old New York", "ORG")) == [
        "New York",
        "New York Times",
        "Old New York",
    ]


def test_a_name_that_is_mostly_split_was_no_name() -> None:
    split: list[tuple[str, EntityType]] = [("Kabul", "LOC"), ("UN", "ORG")]
    text = "Kabul UN said. " * 5
    assert restored(text, ("Kabul UN", "ORG"), *split * 4) == ["Kabul UN", *["Kabul", "UN"] * 4]


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 12), st.sampled_from(["PER", "ORG", "LOC"])), max_size=12
    )
)
def test_mentions_stay_exact_in_order_and_apart(places: list[tuple[int, int, EntityType]]) -> None:
    text = "al Qaeda in Kabul and al Qaeda in Kabul, al Qaeda in Kabul"
    mentions: list[Found] = []
    for start, length, kind in sorted(places):
        end = min(start + length, len(text))
        if start < end and (not mentions or start >= mentions[-1].end):
            mentions.append(
                Found(field="text", start=start, end=end, text=text[start:end], type=kind, score=0.9)
            )
    result = restore_wholes({"title": "", "text": text}, mentions)
    assert all(text[each.start : each.end] == each.text for each in result)
    assert all(first.end <= second.start for first, second in pairwise(result))
    covered = {place for each in mentions for place in range(each.start, each.end)}
    assert covered <= {place for each in result for place in range(each.start, each.end)}
