from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from enrich.mentions import Found
from enrich.propagate import DAMPING, MAX_ADDED, missed_mentions
from tests.enrich.texts import found


def missed(text: str, mentions: list[Found], title: str = "") -> list[tuple[str, int, str]]:
    added = missed_mentions({"title": title, "text": text}, mentions)
    return [(mention.field, mention.start, mention.text) for mention in added]


def test_a_name_of_two_words_is_found_again_with_a_lower_score() -> None:
    text = "The Haqqani Network grew. haqqani network. The Haqqani Networks. A Haqqani Network camp"
    mentions = found(text, ("Haqqani Network", "ORG"))
    (added,) = missed_mentions({"text": text}, mentions)
    assert (added.start, added.type) == (text.rindex("Haqqani Network"), "ORG")
    assert added.score == round(mentions[0].score * DAMPING, 4)


def test_one_capitalised_word_is_not_looked_for() -> None:
    text = "Reading is a town. Reading is fun."
    assert missed(text, found(text, ("Reading", "LOC"))) == []


def test_an_acronym_is_found_in_the_title_too_but_not_among_capitals_only() -> None:
    text = "WHO met."
    mentions = found(text, ("WHO", "ORG"))
    assert missed(text, mentions, title="What WHO says") == [("title", 5, "WHO")]
    assert missed(text, mentions, title="WHO WILL WIN") == []


def test_a_name_inside_a_mention_is_not_found_again() -> None:
    text = "New York and New York Times"
    mentions = found(text, ("New York", "LOC"), ("New York Times", "ORG"))
    assert missed(text, mentions) == []


def test_an_ambiguous_name_is_left_alone() -> None:
    text = "Hong Kong, Hong Kong, Hong Kong"
    assert missed(text, found(text, ("Hong Kong", "LOC"), ("Hong Kong", "ORG"))) == []


def test_hashtags_and_hyphens_join_words() -> None:
    text = "ISKP and #ISKP and pro-ISKP and ISKP-led"
    assert missed(text, found(text, ("ISKP", "ORG"))) == []


def test_what_is_added_is_bounded() -> None:
    text = "AA BB. " * (MAX_ADDED + 100)
    assert len(missed(text, found(text, ("AA BB", "ORG")))) == MAX_ADDED


@given(
    st.lists(st.sampled_from(["UN", "UN Women", "New York", "York", "the", "(UN)"]), max_size=30), st.data()
)
def test_mentions_never_overlap(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    count = data.draw(st.integers(0, len(words)))
    names = [(word, "ORG", 0.9) for word in words[:count] if word not in ("the", "(UN)")]
    mentions = found(text, *names)  # type: ignore[arg-type]
    every = sorted(
        (mention.start, mention.end) for mention in [*mentions, *missed_mentions({"text": text}, mentions)]
    )
    assert all(first[1] <= second[0] for first, second in pairwise(every))
