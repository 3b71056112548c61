"""robots.txt: what it says to us, and what is kept of it."""

from __future__ import annotations

import asyncio

import pytest

from article.errors import FetchFailed
from ingest.fetch.errors import StatusFailed
from ingest.fetch.response import Headers, Response
from ingest.fetch.robots import Disallowed, Robots, Rules, rules_of
from ingest.fetch.target import Target, target

SITE = "https://news.test"


def at(path: str, site: str = SITE) -> Target:
    found = target(site + path)
    assert found
    return found


@pytest.mark.parametrize(
    ("text", "allowed", "forbidden"),
    [
        ("", "/a", None),
        ("User-agent: *\nDisallow: /private", "/a", "/private/x"),
        ("User-agent: *\nDisallow:", "/a", None),
        ("User-agent: *\nDisallow: /\nAllow: /news", "/news/1", "/a"),
        ("User-agent: other\nDisallow: /", "/a", None),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Wirewatch\nDisallow: /x", "/a", "/x"),
        ("User-agent: WIREWATCH/2.0\nDisallow: /x", "/a", "/x"),
        ("User-agent: wirewatchers\nDisallow: /", "/a", None),
        ("User-agent: other\nUser-agent: wirewatch\nDisallow: /x", "/a", "/x"),
        (
            "User-agent: *\nDisallow: /x\nUser-agent: other\nDisallow: /a\nUser-agent: *\nDisallow: /y",
            "/a",
            "/y",
        ),
        ("\ufeffuser-agent:*\r\ndisallow:/x # reason\r\n", "/a", "/x"),
        ("User-agent: *\nSitemap: /s.xml\nDisallow: /*.pdf$", "/a.pdf?x", "/a.pdf"),
        ("Disallow: /\n<html>not found</html>", "/a", None),
        ("User-agent: wirewatch\n\nUser-agent: *\nDisallow: /x", "/a", "/x"),
    ],
)
def test_what_a_site_allows(text: str, allowed: str, forbidden: str | None) -> None:
    rules = rules_of(text)
    assert rules.allow(SITE + allowed)
    assert forbidden is None or not rules.allow(SITE + forbidden)


def test_a_site_says_how_fast() -> None:
    assert rules_of("User-agent: *\nCrawl-delay: 2.5\nDisallow: /x").delay == 2.5
    assert rules_of("User-agent: *\nCrawl-delay: never").delay == 0.0
    assert rules_of("").delay == 0.0


def test_many_names_before_many_rules_cost_no_more_than_their_lines() -> None:
    names = "".join(f"User-agent: a{number}\n" for number in range(15_000))
    rules = rules_of(names + "User-agent: *\n" + "".join(f"Disallow: /{n}\n" for n in range(4_000)))
    assert not rules.allow(SITE + "/3999")
    assert rules.allow(SITE + "/a")


def test_more_rules_than_anybody_needs_forbid_all() -> None:
    rules = rules_of("User-agent: *\n" + "Allow: /*a*b\n" * 30_000)
    assert not rules.allow(SITE + "/a")
    assert "30000 rules" in rules.why


class Web:
    """Answers for robots.txt, and counts the questions."""

    def __init__(self, *answers: str | int) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def get(self, url: str) -> Response:
        self.asked.append(url)
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            return Response(url=url, status=200, body=answer.encode())
        if answer == 0:
            raise FetchFailed(url, "cannot connect")
        raise StatusFailed(url, f"answers with status {answer}", "", status=answer, headers=Headers())


def test_it_is_asked_once_for_all_pages_of_a_site() -> None:
    web = Web("User-agent: *\nDisallow: /x\nCrawl-delay: 3")

    async def story() -> None:
        robots = Robots(web.get, at_once=4)
        found = await asyncio.gather(*(robots.check(at(f"/{number}")) for number in range(20)))
        assert {rules.delay for rules in found} == {3.0}
        with pytest.raises(Disallowed, match=r"robots\.txt of news\.test disallows it"):
            await robots.check(at("/x"))
        await robots.check(at("/", "http://news.test"))

    asyncio.run(story())
    assert web.asked == ["https://news.test/robots.txt", "http://news.test/robots.txt"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_none_there_allows_all(status: int) -> None:
    async def story() -> Rules:
        return await Robots(Web(status).get, at_once=1).check(at("/a"))

    assert asyncio.run(story()).delay == 0.0


@pytest.mark.parametrize("status", [0, 429, 500, 503])
def test_one_that_cannot_be_had_forbids_all_for_a_while(status: int) -> None:
    async def story() -> None:
        web = Web(status)
        robots = Robots(web.get, at_once=1)
        for _ in range(3):
            with pytest.raises(Disallowed, match="cannot be had"):
                await robots.check(at("/a"))
        assert len(web.asked) == 1

    asyncio.run(story())


def test_an_older_copy_counts_while_the_file_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.fetch.robots._FRESH", -1.0)  # old as soon as it is read

    async def story() -> None:
        robots = Robots(Web("User-agent: *\nDisallow: /x", 503).get, at_once=1)
        await robots.check(at("/a"))
        await robots.check(at("/a"))
        with pytest.raises(Disallowed, match="disallows"):
            await robots.check(at("/x"))

    asyncio.run(story())


def test_so_many_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.fetch.robots._MOST_SITES", 10)
    monkeypatch.setattr("ingest.fetch.robots._MOST_BYTES", 400)
    web = Web("User-agent: *\nDisallow: /" + "x" * 60)

    async def story() -> None:
        robots = Robots(web.get, at_once=1)
        for number in range(20):
            await robots.check(at("/", f"http://{number}.test"))
        assert robots._bytes <= 400
        await robots.check(at("/", "http://19.test"))
        assert len(web.asked) == 20
        await robots.check(at("/", "http://0.test"))
        assert len(web.asked) == 21

    asyncio.run(story())
