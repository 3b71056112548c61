"""Finding and adding feeds as a person does it: the real program, its output and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.program import DocumentServer, environment, json_lines, wirewatch
from tests.ingest.documents import item, page, rss

URL = "https://one.example/rss"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path / "data")


def watched(env: dict[str, str]) -> list[object]:
    return [feed["url"] for feed in json_lines(wirewatch("feeds", "list", "--json", env=env).stdout)]


def test_a_feed_that_only_looks_like_a_watched_one_is_added_by_force(env: dict[str, str]) -> None:
    assert wirewatch("feeds", "add", URL, env=env).stdout == f"added: {URL}\n".encode()
    again = wirewatch("feeds", "add", "feed://www.one.example/rss/", env=env)
    said = (
        f"already watched as {URL}: http://www.one.example/rss/; if it is another feed, add it with --force\n"
    )
    assert again.stdout.decode() == said
    assert watched(env) == [URL]
    wirewatch("feeds", "add", "http://one.example/rss/", "HTTPS://one.example/rss#x", "--force", env=env)
    assert watched(env) == ["http://one.example/rss/", URL]


def test_a_long_list_is_imported_at_once(env: dict[str, str]) -> None:
    lines = [f"https://{number}.example/rss,Title {number}" for number in range(3000)]
    result = wirewatch(
        "feeds", "import", "-", env=env, stdin="\n".join([*lines, "bad,x", *lines[:9]]).encode()
    )
    assert result.stdout == b"3000 added, 9 already watched, 1 left out\n"
    assert result.returncode == 65
    assert result.stderr.startswith(b"wirewatch: -: line 3001: bad: is not the address of a feed")
    assert result.stderr.count(b"\n") == 1
    assert len(watched(env)) == 3000


def test_a_list_may_be_said_to_be_of_a_format(env: dict[str, str]) -> None:
    assert wirewatch("feeds", "import", "-", "--format", "lines", env=env, stdin=b"[1]\n").returncode == 65
    empty = wirewatch("feeds", "import", "-", env=env, stdin=b"# nothing\n")
    assert (empty.returncode, b"lists no feeds" in empty.stderr) == (65, True)
    assert wirewatch("feeds", "import", "-", "--format", "no", env=env, stdin=b"").returncode == 2


def test_feeds_are_discovered_and_added(env: dict[str, str]) -> None:
    head = "<link rel='alternate' type='application/rss+xml' href='/feed'>"
    documents = {
        "/": ("text/html", page("Text.", head=head)),
        "/feed": ("application/rss+xml", rss(item(), title="[News]")),
        "/none": ("text/html", page("Text.")),
    }
    with DocumentServer(documents) as site:
        found = wirewatch("feeds", "discover", site.url, "--json", "--add", env=env)
        assert found.returncode == 0
        (feed,) = json_lines(found.stdout)
        assert (feed["url"], feed["title"], feed["entries"]) == (f"{site.url}/feed", "[News]", 1)
        assert (feed["found_as"], feed["newest"]) == ("link", "2026-03-01T10:00:00Z")
        assert found.stderr == f"added: {site.url}/feed\n".encode()
        assert watched(env) == [f"{site.url}/feed"]
        shown = wirewatch("feeds", "discover", site.url, env=env).stdout.decode()
        assert "[News]" in shown
        none = {"/": documents["/none"]}
    with DocumentServer(none) as site:
        nothing = wirewatch("feeds", "discover", site.url, env=env)
        assert nothing.returncode == 65
        assert f"no feed was found; tried: {site.url}/feed, ".encode() in nothing.stderr
    away = wirewatch("feeds", "discover", site.url, env=env)
    assert (away.returncode, away.stdout) == (69, b"")
