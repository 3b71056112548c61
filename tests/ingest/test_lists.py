from __future__ import annotations

import codecs
import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from article.errors import BadInput
from ingest.lists.opml import write_opml
from ingest.lists.reading import Format, parse_list
from ingest.lists.subscriptions import subscription
from tests.ingest.documents import NOW

A, B = "https://a.test/feed", "https://b.test/feed"


def read(data: str | bytes, format: Format | None = None) -> list[tuple[str, str, str, str]]:
    raw = data.encode() if isinstance(data, str) else data
    return [(each.where, each.url, each.title, each.category) for each in parse_list(raw, format)]


def urls(data: str | bytes) -> list[str]:
    return [url for _, url, _, _ in read(data)]


def test_plain_lines_with_comments_and_titles() -> None:
    assert read(f"# mine\n\n{A}\n  {B}  B's <b>news</b>\nftp://c.test # old\nnonsense\n") == [
        ("line 3", A, "", ""),
        ("line 4", B, "B's news", ""),
        ("line 5", "ftp://c.test", "", ""),
        ("line 6", "nonsense", "", ""),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "header",
    [
        ("Category", "Title", "Feed URL"),
        ("folder", "name", "xmlUrl"),
        ("group", "source", "url"),
        ("TAGS", "Feed", "URL"),
    ],
)
def test_a_table_with_a_header_in_any_usual_naming(delimiter: str, header: tuple[str, ...]) -> None:
    rows = [header, ("World", "A, of A", A), ("World", "", B), ("World", "C", "")]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    assert read(out.getvalue()) == [
        ("line 2", A, "A, of A", "World"),
        ("line 3", B, "", "World"),
        ("line 4", "", "C", "World"),
    ]


def test_a_table_without_a_header() -> None:
    assert read(f"{A};Title A;World\n\n{B};Title B;Local\nx;Title C;Local\n") == [
        ("line 1", A, "Title A", "World"),
        ("line 3", B, "Title B", "Local"),
        ("line 4", "x", "Title C", "Local"),
    ]
    assert read(f'"Title, the first",{A}\n# comment\nSecond,{B}') == [
        ("line 1", A, "Title, the first", ""),
        ("line 3", B, "Second", ""),
    ]
    assert read(f"{A},World") == [("line 1", A, "World", "")]


def test_a_header_alone_over_addresses() -> None:
    assert read(f"url\n{A}\n{B}\n") == [("line 2", A, "", ""), ("line 3", B, "", "")]


def test_of_two_columns_that_may_hold_the_address_the_one_with_addresses_counts() -> None:
    assert read(f"feed,link\nNews of A,{A}\nNews of B,{B}\n")[0] == ("line 2", A, "News of A", "")
    assert read(f"title,link,feed\nA,https://a.test/,{A}\n") == [("line 2", A, "A", "")]


def test_addresses_with_commas_are_no_table() -> None:
    lines = [f"https://a.test/rss/0,2828,{number},00.xml" for number in range(3)]
    assert urls("\n".join(lines)) == lines


def test_a_title_over_two_lines_keeps_the_count_of_lines() -> None:
    assert read(f'url,title\n{A},"Two\nlines"\nbad,Next\n') == [
        ("line 2", A, "Two lines", ""),
        ("line 4", "bad", "Next", ""),
    ]


def test_a_quotation_mark_that_never_ends_is_named_with_its_line() -> None:
    with pytest.raises(BadInput, match="line 2: "):
        read(f'url,title\n{A},"Title\n' + "more\n" * 40_000, "csv")


def test_json_in_its_forms() -> None:
    items = [A, {"feedUrl": B, "title": "B", "categories": ["World", "x"]}, {"title": "C"}, 7]
    expected = [
        ("item 1", A, "", ""),
        ("item 2", B, "B", "World"),
        ("item 3", "", "C", ""),
        ("item 4", "", "", ""),
    ]
    assert read(json.dumps(items)) == expected
    assert read(json.dumps({"version": 1, "feeds": items}, indent=2)) == expected
    assert read("\n".join(map(json.dumps, items)), "json") == [
        (where.replace("item", "line"), url, title, category) for where, url, title, category in expected
    ]
    assert read(f'{{"url": "{A}"}}\n\n{{"url": "{B}"\n{{"url": "{B}"}}') == [
        ("line 1", A, "", ""),
        ("line 3", f'{{"url": "{B}"', "", ""),
        ("line 4", B, "", ""),
    ]


@pytest.mark.parametrize("data", ["[1,", "[" * 100_000, '{"url": '])
def test_json_that_is_broken_as_a_whole_is_refused(data: str) -> None:
    with pytest.raises(BadInput, match="JSON"):
        read(data)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "cp1252"),
    ],
)
@pytest.mark.parametrize(
    "text", [f"{A} Café du monde\n", f"url;title\n{A};Café du monde\n", f'[{{"url":"{A}"}}]']
)
def test_encodings(mark: bytes, encoding: str, text: str) -> None:
    ((_, url, title, _),) = read(mark + text.encode(encoding))
    assert (url, title) == (A, "" if text.startswith("[") else "Café du monde")


def test_opml_is_recognised_by_its_markup() -> None:
    opml = write_opml([subscription(A, now=NOW, title="A", category="x/y")])
    for before in (b"", codecs.BOM_UTF8, b"\n  "):
        ((_, *rest),) = read(before + opml)
        assert rest == [A, "A", "x/y"]
    assert urls(codecs.BOM_UTF16_LE + opml.decode().replace("UTF-8", "UTF-16").encode("utf-16-le")) == [A]
    with pytest.raises(BadInput, match="OPML"):
        read("<html></html>")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"# nothing\n", codecs.BOM_UTF8])
def test_an_empty_list_has_no_feeds(data: bytes) -> None:
    assert read(data) == []


TITLES = st.text("abc ÄÖ,;|\"'\t", max_size=12)


@given(st.lists(st.tuples(TITLES, TITLES), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_what_a_spreadsheet_writes_is_read_again(rows: list[tuple[str, str]], delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["title", "url", "category"])
    for number, (title, category) in enumerate(rows):
        writer.writerow([title, f"https://a.test/{number}", category])
    assert [(title, url, category) for _, url, title, category in read(out.getvalue())] == [
        (" ".join(title.split()), f"https://a.test/{number}", " ".join(category.split()))
        for number, (title, category) in enumerate(rows)
    ]


@settings(deadline=None)  # the first example loads the detector of encodings
@given(st.binary(max_size=200))
def test_whatever_it_is_given_it_lists_or_refuses(data: bytes) -> None:
    try:
        found = read(data)
    except BadInput:
        return
    assert all(where for where, *_ in found)
