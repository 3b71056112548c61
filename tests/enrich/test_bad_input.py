"""Text that is broken, hostile or far too long: every step ends, its work grows no faster than the text, and
offsets stay exact. Work is counted in lines that Python runs, which no other load on the machine changes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import FrameType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from article.records import EntityType
from enrich.encoder import Encoded
from enrich.entities import gather
from enrich.evidence import MOST, read_sentences
from enrich.findings import Findings, Text
from enrich.gazetteer.lookup import load_gazetteer
from enrich.knowledge.entries import Entry
from enrich.language import LanguageDetector
from enrich.linker import Linker
from enrich.mentions import Found, find_mentions, join
from enrich.pieces import Pieces
from enrich.pipeline import Enricher
from enrich.sentences import sentences
from runtime.settings import EnrichSettings
from tests.enrich.texts import MESSY

TraceFunction = Callable[[FrameType, str, Any], Any]

SYLLABLES = ["ka", "bul", "mor", "tan", "lis", "var", "go", "rim", "pel", "dus"]
MARKUP = '<div class="x"><p><a href="https://a.example/?q=1">&nbsp;</a></p></div>'
SCRIPTS = "Kabul كابل 喀布尔 Кабул काबुल קאבול Καμπούλ กรุงคาบูล 카불 "
RIGHT_TO_LEFT = "\u202eقالت الحكومة United Nations יום שני\u202c NATO. \u2067Kabul\u2069 "
EMOJI = "👩‍👩‍👧‍👦 Kabul 🇦🇫 Taliban 👍🏽 e\u0301\u0323 "
CONTROLS = "Kabul\x00\x07\x1b[31m Taliban\x85\u2028 NATO\ufeff\u00ad\u200b. "
SURROGATES = "Kabul \ud83d Taliban \udc00\ud800 NATO. "


def name(number: int) -> str:
    """A different name for each number."""
    digits = [SYLLABLES[int(digit)] for digit in f"{number:04}"]
    return f"{''.join(digits[:2]).title()} {''.join(digits[2:]).title()}"


def check(text: Text, findings: Findings) -> None:
    for entity in findings.entities:
        for mention in entity.mentions:
            assert getattr(text, mention.field)[mention.start : mention.end] == mention.text
    for topic in findings.topics:
        assert len(topic.evidence) <= MOST
        for span in topic.evidence:
            sentence = getattr(text, span.field)[span.start : span.end]
            assert sentence
            assert sentence == sentence.strip()


@pytest.fixture(scope="module")
def bounded() -> Iterator[Enricher]:
    """Reads 1,000 pieces of an article by the model; the other steps have the whole of it."""
    with Enricher(EnrichSettings(threads=1, max_pieces=1_000)) as loaded:
        yield loaded


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", ""),
        ("\n", "\t \u3000"),
        ("Taliban take Kabul", ""),
        ("", "Taliban take Kabul"),
        ("Taliban in Kabul", "word " * 100_000),
        ("Taliban in Kabul", "The Taliban took Kabul. " * 25_000),
        ("", "x" * 50_000),
        ("x" * 50_000, "x" * 50_000),
        ("Kabul" * 10_000, "Kabul"),
        ("Markup", MARKUP * 2_000),
        (SCRIPTS, SCRIPTS * 500),
        (RIGHT_TO_LEFT, RIGHT_TO_LEFT * 500),
        (EMOJI, EMOJI * 500),
        (CONTROLS, CONTROLS * 500),
        (SURROGATES, SURROGATES * 500),
        ("\u0301" * 5_000, "a" + "\u0301" * 20_000),
        ("The Haqqani Network", "Haqqani Network fighters left. " * 3_000),
        ("Names", ", ".join(map(name, range(5_000))) + "."),
        ("Definitions", " ".join(f"{name(number)} (ABC{number:04})." for number in range(3_000))),
        ("Stops", ". . . " * 20_000),
        ("Quotes", "\"'”’)" * 20_000),
        ("Spaces", "Kabul." + " " * 50_000 + "end"),
    ],
    ids=lambda part: repr(part[:14]),
)
def test_every_step_ends_with_exact_offsets(bounded: Enricher, title: str, text: str) -> None:
    given = Text(id="hostile", title=title, text=text)
    (findings,) = bounded.enrich([given])
    check(given, findings)
    reasons = [failure.reason for failure in findings.failures]
    assert all(reason.startswith(("unsupported language", "text longer than")) for reason in reasons)


PARTS = st.sampled_from(
    ["The Taliban said in Kabul.", SCRIPTS, RIGHT_TO_LEFT, EMOJI, CONTROLS, SURROGATES, MARKUP, "\n\n", " "]
)


@settings(max_examples=40)
@given(title=st.lists(PARTS, max_size=3).map("".join), text=st.lists(PARTS | MESSY, max_size=12).map("".join))
def test_any_mixture_has_exact_offsets(enricher: Enricher, title: str, text: str) -> None:
    given = Text(id="mixture", title=title, text=text)
    (findings,) = enricher.enrich([given])
    check(given, findings)


def lines_run(function: Callable[[], object]) -> int:
    """How many lines of Python the call runs."""
    count = 0

    def trace(_frame: FrameType, event: str, _: Any) -> TraceFunction:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


def assert_linear(work: Callable[[int], Callable[[], object]]) -> None:
    """Four times as much to read is at most six times as much work."""
    counts = [lines_run(work(size)) for size in (250, 1_000, 4_000)]
    for smaller, larger in pairwise(counts):
        assert larger <= 6 * smaller + 1_000, counts


def mentions(names: list[str], kind: EntityType = "PER", between: str = ", ") -> tuple[str, list[Found]]:
    """A text of the names, and where they stand."""
    found, start = [], 0
    for each in names:
        found.append(Found(field="text", start=start, end=start + len(each), text=each, type=kind, score=0.9))
        start += len(each) + len(between)
    return between.join(names), found


@pytest.mark.parametrize("kind", ["PER", "ORG", "LOC"])
@pytest.mark.parametrize(
    "names",
    [
        lambda size: [name(number) for number in range(size)],
        lambda size: ["Haqqani Network"] * size,
        lambda size: [name(number).split()[number % 2] for number in range(size)],
        lambda size: [f"{name(number)} Haqqani" for number in range(size - 1)] + ["Haqqani"],
        lambda size: ["NATO", "North Atlantic Treaty Organization"] * (size // 2),
        lambda size: [f"A{number:03}B"[:10] for number in range(size)],
    ],
    ids=["different", "one", "surnames", "family", "acronyms", "codes"],
)
def test_gathering_is_linear_in_the_mentions(kind: EntityType, names: Callable[[int], list[str]]) -> None:
    def work(size: int) -> Callable[[], object]:
        text, found = mentions(names(size), kind)
        return lambda: gather("", text, found)

    assert_linear(work)


@pytest.mark.parametrize("kind", ["PER", "ORG", "LOC"])
@pytest.mark.parametrize("times", [1, 1_000_000], ids=["different", "one"])
def test_linking_is_linear_in_the_mentions(kind: EntityType, times: int) -> None:
    watched = [
        Entry(id=f"watch:own/{number}", name=name(number), type=kind, source="own") for number in range(50)
    ]
    linker = Linker(load_gazetteer(), watched)

    def work(size: int) -> Callable[[], object]:
        text, found = mentions([name(number // times) for number in range(size)], kind)
        article = Text(id="many", text=text)
        return lambda: linker(article, linker.gather(article, found))

    assert_linear(work)


def test_a_chain_of_definitions_is_linear() -> None:
    def work(size: int) -> Callable[[], object]:
        names = [f"A{'BCDEFGHIJK'[number % 10]}{number:04}X"[:9] for number in range(size)]
        text, found = mentions(names, "ORG", between=" (")
        return lambda: gather("", f"{text})", found)

    assert_linear(work)


@pytest.mark.parametrize(
    "unit",
    ["The Taliban took Kabul. ", "word ", ". ", ".", "\n", "U.S. ", "“Go.” ", " ", "a.b.", "\u202e. x"],
    ids=repr,
)
def test_finding_sentences_is_linear_in_the_text(unit: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = unit * size
        return lambda: list(sentences("", text, upto=len(text)))

    assert_linear(work)


def words_encoded(text: str) -> Encoded:
    """Each word a piece, every other one a name."""
    words = text.split(" ")
    starts, position = [], 0
    for word in words:
        starts.append(position)
        position += len(word) + 1
    count = len(starts)
    at = np.array(starts, np.int64)
    tags = np.zeros((count, 11), np.float32)
    tags[::2, 1], tags[1::2, 0] = 9.0, 9.0
    numbers = np.arange(count, dtype=np.int64)
    read = min(count, 254)
    return Encoded(
        pieces=Pieces(ids=numbers, starts=at, ends=at + len(words[0]), words=numbers, cases=numbers * 0),
        tags=tags,
        topics=np.zeros(17, np.float32),
        embedding=np.zeros(384, np.float32),
        states=np.ones((read, 384), np.float32),
        attention=np.zeros(read, np.float32),
    )


def test_finding_mentions_is_linear_and_evidence_is_bounded() -> None:
    types: tuple[EntityType, ...] = ("PER", "ORG", "LOC", "NORP", "MISC")

    def work(size: int) -> Callable[[], object]:
        text = " ".join(["Kabul"] * size)
        encoded = words_encoded(text)
        return lambda: find_mentions("", text, join("", text), encoded, types)

    assert_linear(work)
    texts = [" ".join(["Gone."] * size) for size in (1_000, 4_000)]
    counts = [
        lines_run(lambda text=text: read_sentences("", text, words_encoded(text)))  # type: ignore[misc]
        for text in texts
    ]
    assert counts[1] - counts[0] <= 30_000  # making the pieces; sentences come from the first window alone


def test_the_language_is_told_by_the_beginning() -> None:
    detector = LanguageDetector()
    long = "The government said on Monday that it would not raise taxes. " * 20
    counts = [lines_run(lambda times=times: detector.detect("", long * times)) for times in (1, 50)]  # type: ignore[misc]
    assert counts[0] == counts[1]
