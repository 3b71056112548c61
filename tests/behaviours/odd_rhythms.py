"""Feeds that come, go, move and stop; servers that are wrong about what has changed."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.behaviours.declared import Behaviour, Told
from tests.behaviours.documents import ATOM, feed, full, rest, xml
from tests.behaviours.server import SITE, Answer, Reply, Request, Route, always, then
from tests.ingest.documents import LONG

_ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title><entry>"
    f"<title>Title 1</title><link href='{SITE}/1'/><id>1</id><published>2026-03-01T10:00:00Z</published>"
    f"<summary>A summary of what happened.</summary><content type='html'>{LONG}</content></entry></feed>"
)


def _health(told: Told, word: str) -> None:
    assert told.feed.listed["health"] == word


def _stopped(told: Told) -> None:
    _health(told, "stopped")
    assert len(told.asked()) == 1
    assert told.events("feed.stopped")


def _found_out(told: Told) -> bool:
    return told.feed.state is not None and told.feed.state.trust.lies > 0


def _asked_once(told: Told) -> None:
    assert len(told.asked()) == 1


def _stays(told: Told) -> None:
    assert told.feed.state
    assert told.feed.state.url is None
    assert len(told.asked()) >= 2


def _has_gaps(told: Told) -> None:
    assert told.feed.state
    assert told.feed.state.flow.gaps
    assert told.feed.listed["missed_up_to"]
    _health(told, "incomplete")


def _came_back(told: Told) -> bool:
    return bool(told.feed.state and told.feed.state.url is None and told.feed.state.trust.move_doubted_until)


def _stuck() -> Route:
    """Says "not modified" to whoever has an ETag, though there is a second entry from the third poll on."""

    def route(request: Request) -> Reply:
        if request.header("if-none-match"):
            return Answer(status=304, headers=(("ETag", '"always"'),))
        return feed(full(1), *([full(2)] if request.count > 2 else []), ETag='"always"')

    return route


def _skipping(hours: int) -> str:
    """skipHours of so many hours from this one on."""
    now = datetime.now(UTC).hour
    return f"<skipHours>{''.join(f'<hour>{(now + n) % 24}</hour>' for n in range(hours))}</skipHours>"


def _with(extra: str, *items: str) -> Answer:
    body = feed(*items).body.replace(b"</language>", b"</language>" + extra.encode())
    return xml(body)


ODD_RHYTHMS = (
    Behaviour(
        name="gone-for-good",
        kind="odd",
        server="answers 410, gone",
        wirewatch="polls it no more, and says so",
        routes=rest(Answer(status=410)),
        problem="answers with status 410",
        polls=1,
        check=_stopped,
    ),
    Behaviour(
        name="stuck-etag",
        kind="odd",
        server='says "not modified" to whoever has an ETag, whatever has changed',
        wirewatch="asks without the ETag now and then, finds what is new, and believes it no more for a day",
        routes={"/feed": _stuck()},
        titles=("Title 1", "Title 2"),
        until=_found_out,
        check=lambda told: _health(told, "untrue 304"),
    ),
    Behaviour(
        name="runs-on",
        kind="odd",
        server="has none of the entries of the time before at any poll",
        wirewatch="publishes what it sees, and says how many may have been missed",
        routes={"/feed": then(*(feed(*(full(10 * poll + n) for n in range(4))) for poll in range(3)))},
        titles=tuple(f"Title {10 * poll + n}" for poll in range(3) for n in range(4)),
        polls=4,
        check=_has_gaps,
    ),
    Behaviour(
        name="moves-and-fails",
        kind="odd",
        server="redirects with 301 to an address that fails after a while, and is back where it was",
        wirewatch="tries both in turn, and stays with the one that answers",
        routes={
            "/feed": then(Answer(status=301, headers=(("Location", "/new"),)), feed(full(1), full(2))),
            "/new": then(feed(full(1)), feed(full(1)), Answer(status=500)),
        },
        titles=("Title 1", "Title 2"),
        until=_came_back,
    ),
    Behaviour(
        name="moves-to-the-home-page",
        kind="odd",
        server="redirects with 301 to its home page, which happens to be a feed",
        wirewatch="follows, and does not move: that is where sites send whatever they no longer have",
        routes={
            "/feed": always(Answer(status=301, headers=(("Location", "/"),))),
            "/": always(feed(full(1))),
        },
        titles=("Title 1",),
        check=_stays,
    ),
    Behaviour(
        name="skips-these-hours",
        kind="good",
        server="asks not to be polled in this hour and the two after it (skipHours)",
        wirewatch="does not",
        routes=rest(_with(_skipping(3), full(1))),
        titles=("Title 1",),
        polls=1,
        check=_asked_once,
    ),
    Behaviour(
        name="skips-every-hour",
        kind="odd",
        server="asks not to be polled in any hour of the day (skipHours)",
        wirewatch="polls it as if it had not said so",
        routes=rest(_with(_skipping(24), full(1))),
        titles=("Title 1",),
        polls=4,
    ),
    Behaviour(
        name="retry-after",
        kind="good",
        server="answers 503 and asks to be left alone for an hour (Retry-After)",
        wirewatch="does so",
        routes=rest(Answer(status=503, headers=(("Retry-After", "3600"),))),
        problem="answers with status 503",
        polls=1,
        check=_asked_once,
    ),
    Behaviour(
        name="asks-for-a-year",
        kind="odd",
        server="says that its answer is fresh for a year, and has a ttl of a year",
        wirewatch="polls it at least as often as is set",
        routes=rest(
            *(
                xml(_with("<ttl>525600</ttl>", *items).body, headers=(("Cache-Control", "max-age=31536000"),))
                for items in ((full(1),), (full(1), full(2)))
            )
        ),
        titles=("Title 1", "Title 2"),
        polls=3,
    ),
    Behaviour(
        name="changes-format",
        kind="odd",
        server="was RSS and is Atom from one day to the next",
        wirewatch="reads both, makes no article twice, and says so",
        routes=rest(feed(full(1)), xml(_ATOM, kind=ATOM)),
        titles=("Title 1",),
        polls=3,
        check=lambda told: _health(told, "new format"),
    ),
)
