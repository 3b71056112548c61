from __future__ import annotations

import pytest

from ingest.formats.boilerplate import is_boilerplate, without_boilerplate

BODY = [f"This is sentence number {number} of the article." for number in range(30)]


@pytest.mark.parametrize(
    "line",
    [
        "skip to Main Content",
        "Skip to content",
        "Back To Top",
        "Back to top ↑",
        "Share this",
        "Share this article",
        "Share on Facebook",
        "Facebook Twitter WhatsApp",
        "Advertisement",
        "ADVERTISEMENT",
        "— Advertisement —",
        "Article continues below this ad",
        "Story continues below advertisement",
        "Comments",
        "Leave a comment",
        "Sign up for our newsletter",
        "Related stories",
        "Accept all cookies",
        "© 2026 The Daily Example. All rights reserved.",
    ],
)
def test_furniture_goes_anywhere(line: str) -> None:
    text = "\n".join([*BODY[:15], line, *BODY[15:]])
    expected = text if line.endswith(".") else "\n".join(BODY)
    assert without_boilerplate(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Minister resigns after vote",
        "Also read: What the treaty says",
        "RELATED: How we got here",
        "Find us on Telegram",
        "Tags: water, treaty",
    ],
)
def test_link_lines_go_at_the_ends_only(line: str) -> None:
    assert without_boilerplate("\n".join([*BODY, line])) == "\n".join(BODY)
    inside = "\n".join([*BODY[:15], line, *BODY[15:]])
    assert without_boilerplate(inside) == inside


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell on Monday.",
        "Advertising revenue fell by a third.",
        "Read more books, the minister told children.",
        "Advertisement spending is up, and the company says it will stay so.",
        "“Back to top form,” the coach said of her.",
        "The post office closed.",
        "Skip to the end of the queue, he was told.",
        "Home prices",
        "Watch what happens next",
    ],
)
def test_the_article_stays(line: str) -> None:
    assert not is_boilerplate(line, at_end=True)


def test_a_closing_list_of_headlines_goes() -> None:
    links = ["More from World", "Treaty signed after years of talks", "Who drinks what"]
    assert without_boilerplate("\n".join([*BODY, *links])) == "\n".join(BODY)


def test_a_heading_over_sentences_stays_with_them() -> None:
    text = "\n".join([*BODY[:5], "More on the treaty", *BODY[5:]])
    assert without_boilerplate(text) == text
