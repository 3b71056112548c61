"""Any history of a feed: every entry that was visible at a committed poll is published, once per content.

The machine plays a feed that does what feeds do, and polls it with the real decisions over a store that keeps
what is committed, part by part, and forgets everything else when the process dies. What must come of it is
told by a model that knows nothing of states and memories. It looks at what was *visible*: an entry is visible
at a poll when the document that was read shows it and its part of the poll was committed, and at every poll
after that at which the feed says that nothing has changed.

    first visible                               published
    visible with what was published last        nothing
    visible with anything else                  published again, unless it is held back
    held back                                   changed at three polls in a row and more, and the wait since
                                                the last publication is not over: 1 h, 2 h, 4 h … 24 h
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import blake2b

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from article.codec import decode, encode
from article.counts import Counts
from article.tables import FeedMemory, FeedState
from ingest.decide import Decision, decide, is_known_body, only_done
from ingest.entry import DeadEntry, Entry, Fetched, ParsedFeed
from ingest.lists.subscriptions import subscription
from ingest.rhythm.trust import Validators, validators
from runtime.settings import IngestSettings
from tests.ingest.documents import NOW

FEED = subscription("https://news.test/feed", now=NOW)
SETTINGS = IngestSettings(min_interval=60, max_interval=3600)
WHOLE = 100  # parts: more than any poll has
ENTRIES = st.integers(0, 5)
TEXTS = st.sampled_from("abcde")


@dataclass(kw_only=True)
class Feed:
    """What the site shows: entry to text. `epoch` is the age of its guids.

    `etag` is "" where it gives none, "true" where it changes with the document, "stuck" where it never does;
    "always 304" says "not modified" to whoever asks, with conditions or without.
    """

    shown: dict[int, str] = field(default_factory=dict)
    tickers: set[int] = field(default_factory=set)
    twice: int | None = None
    nothing: bool = False
    epoch: int = 0
    serial: int = 0
    etag: str = ""

    def tick(self) -> None:
        for number in self.tickers & self.shown.keys():
            self.serial += 1
            self.shown[number] = f"{self.serial} readers"

    def validator(self) -> str | None:
        return self.digest() if self.etag == "true" else self.etag or None

    def digest(self) -> str:
        return blake2b(repr(self.read()).encode(), digest_size=16).hexdigest()

    def read(self) -> ParsedFeed:
        entries = [self._entry(number, text) for number, text in self.shown.items()]
        if self.twice in self.shown:
            entries.append(self._entry(self.twice, "another"))
        dead = (DeadEntry(key="nothing", raw=b"<item/>", reason="says nothing"),) if self.nothing else ()
        return ParsedFeed(title="News", entries=tuple(entries), dead=dead)

    def _entry(self, number: int, text: str) -> Entry:
        """Odd numbers have no link, and are known by their guid; the others' guid is new in each epoch."""
        link, guid = (
            (None, f"urn:{number}") if number % 2 else (f"https://news.test/{number}", f"{self.epoch}")
        )
        return Entry(link=link, entry_id=guid, title=f"{number}", text=text, text_is_full=True)


@dataclass(kw_only=True)
class Bus:
    """What is committed, as it would be read after a restart."""

    state: bytes | None = None
    memory: bytes | None = None
    published: dict[int, list[str]] = field(default_factory=lambda: {number: [] for number in range(6)})
    outcomes: Counter[str] = field(default_factory=Counter)
    letters: int = 0

    def commit(self, part: Decision, *, letters: int) -> None:
        self.state = encode(part.state)
        if part.memory:
            self.memory = encode(part.memory)
        for draft in part.drafts:
            self.published[int(draft.article.title)].append(draft.article.text)
            self.outcomes[draft.outcome] += 1
        self.letters += letters

    def stands(self) -> tuple[FeedState | None, FeedMemory | None]:
        return (
            decode(FeedState, self.state) if self.state else None,
            decode(FeedMemory, self.memory) if self.memory else None,
        )


@dataclass(kw_only=True)
class Expected:
    """One entry as the model sees it. `due` are the texts that must have been published, in order."""

    text: str
    at: timedelta
    due: list[str]
    changes: int = 0

    def visible(self, text: str, at: timedelta) -> None:
        self.changes = self.changes + 1 if text != self.text else 0
        self.text = text
        if text != self.due[-1] and not self._waits(at):
            self.due.append(text)
            self.at = at

    def _waits(self, at: timedelta) -> bool:
        hours = min(24, 2 ** (self.changes - 3)) if self.changes >= 3 else 0
        return at - self.at < timedelta(hours=hours)

    @property
    def is_held(self) -> bool:
        return self.text != self.due[-1]


class History(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.feed = Feed()
        self.bus = Bus()
        self.time = timedelta()
        self.expected: dict[int, Expected] = {}
        self.last_seen: set[int] = set()  # the entries of the last document that were committed
        self.nothing_seen = False

    @initialize(shown=st.dictionaries(ENTRIES, TEXTS, max_size=6))
    def begins(self, shown: dict[int, str]) -> None:
        self.feed.shown = shown

    # What the feed does.

    @rule(number=ENTRIES, text=TEXTS)
    def shows(self, number: int, text: str) -> None:
        """A new entry, an edit, or one that comes back."""
        self.feed.shown[number] = text

    @rule(number=ENTRIES)
    def removes(self, number: int) -> None:
        self.feed.shown.pop(number, None)

    @rule(number=ENTRIES)
    def begins_or_ends_to_tick(self, number: int) -> None:
        self.feed.tickers ^= {number}

    @rule()
    def turns_its_order_round(self) -> None:
        self.feed.shown = dict(reversed(self.feed.shown.items()))

    @rule()
    def gives_all_entries_new_guids(self) -> None:
        self.feed.epoch += 1

    @rule(number=st.none() | ENTRIES)
    def shows_an_entry_twice(self, number: int | None) -> None:
        self.feed.twice = number

    @rule(nothing=st.booleans())
    def shows_an_entry_that_says_nothing(self, nothing: bool) -> None:
        self.feed.nothing = nothing

    @rule(etag=st.sampled_from(["", "true", "stuck", "always 304"]))
    def gives_an_etag(self, etag: str) -> None:
        self.feed.etag = etag

    # What Wirewatch does.

    @rule(minutes=st.sampled_from([1, 10, 60, 300, 3000]), size=st.integers(1, 3))
    def polls(self, minutes: int, size: int) -> None:
        self._poll(minutes, size, parts=WHOLE)

    @rule(times=st.integers(2, 6))
    def polls_often(self, times: int) -> None:
        for _ in range(times):
            self._poll(1, 2, parts=WHOLE)

    @rule(number=ENTRIES, texts=st.lists(TEXTS, min_size=2, max_size=4))
    def polls_between_edits(self, number: int, texts: list[str]) -> None:
        """Twice after each, so that the second finds nothing changed."""
        for text in texts:
            self.feed.shown[number] = text
            for _ in range(2):
                self._poll(1, 2, parts=WHOLE)

    @rule(minutes=st.sampled_from([1, 60]), size=st.integers(1, 3), parts=st.integers(0, 2))
    def dies_in_a_poll(self, minutes: int, size: int, parts: int) -> None:
        """After so many parts of it are committed."""
        self._poll(minutes, size, parts=parts)

    @rule(one=ENTRIES, other=ENTRIES)
    def dies_between_two_entries(self, one: int, other: int) -> None:
        """Of which the feed says nothing else afterwards."""
        for number in (one, other):
            self.feed.serial += 1
            self.feed.shown[number] = f"number {self.feed.serial}"
        self._poll(1, 1, parts=1)
        self._poll(1, 1, parts=WHOLE)

    @rule(number=ENTRIES)
    def loses_an_entry_that_ticks(self, number: int) -> None:
        self.feed.shown[number] = "ticking"
        self.feed.tickers.add(number)
        self.polls_often(5)
        self.feed.shown.pop(number)
        self._poll(1, 1, parts=WHOLE)

    @rule(minutes=st.sampled_from([1, 60]))
    def fails(self, minutes: int) -> None:
        self.time += timedelta(minutes=minutes)
        self.bus.commit(self._decide(Fetched(url=FEED.url, status=500, problem="is down")), letters=0)

    @rule()
    def comes_to_rest(self) -> None:
        """Whatever was held back is published when the feed stays as it is."""
        self.feed.tickers = set()
        if self.feed.etag in ("stuck", "always 304"):
            self.feed.etag = ""
        for _ in range(2):
            self._poll(1, 2, parts=WHOLE)
        for number, text in self.feed.shown.items():
            assert self.bus.published[number][-1] == text
        before = self.bus.outcomes.copy()
        self._poll(1, 2, parts=WHOLE)
        assert self.bus.outcomes == before

    def _poll(self, minutes: int, size: int, *, parts: int) -> None:
        self.time += timedelta(minutes=minutes)
        state, memory = self.bus.stands()
        fetched = self._fetch(state)
        decision = self._decide(fetched)
        if fetched.parsed is None:
            if parts:
                self.bus.commit(decision, letters=0)
            if parts and not decision.state.problem:
                self._visible({number: self.expected[number].text for number in self.last_seen})
            return
        letters = len(decision.dead)
        chunks = [decision.drafts[at : at + size] for at in range(0, len(decision.drafts), size)] or [()]
        done: set[str] = set()
        for chunk in chunks[:parts]:
            done |= {draft.key for draft in chunk}
            if len(done) == len(decision.drafts):
                part = replace(decision, drafts=chunk)
            else:
                part = replace(only_done(state, memory, decision, frozenset(done)), drafts=chunk)
            self.bus.commit(part, letters=letters)
            letters = 0
        if parts:
            waiting = {int(each.article.title) for each in decision.drafts if each.key not in done}
            visible = {number: text for number, text in self.feed.shown.items() if number not in waiting}
            self._visible(visible)
            self.last_seen = set(visible)
            self.nothing_seen |= self.feed.nothing

    def _fetch(self, state: FeedState | None) -> Fetched:
        self.feed.tick()
        etag = self._validators(state).etag
        if (etag and etag == self.feed.validator()) or self.feed.etag == "always 304":
            return Fetched(url=FEED.url, status=304, conditional=bool(etag))
        fetched = Fetched(
            url=FEED.url,
            status=200,
            etag=self.feed.validator(),
            body_hash=self.feed.digest(),
            conditional=bool(etag),
        )
        if is_known_body(state, self.feed.digest()):
            return fetched
        return replace(fetched, parsed=self.feed.read())

    def _validators(self, state: FeedState | None) -> Validators:
        return validators(state, now=NOW + self.time, settings=SETTINGS)

    def _decide(self, fetched: Fetched) -> Decision:
        state, memory = self.bus.stands()
        return decide(
            subscription=FEED,
            state=state,
            memory=memory if fetched.parsed else None,
            fetched=fetched,
            now=NOW + self.time,
            settings=SETTINGS,
        )

    def _visible(self, texts: dict[int, str]) -> None:
        for number, text in texts.items():
            if number not in self.expected:
                self.expected[number] = Expected(text=text, at=self.time, due=[text])
            else:
                self.expected[number].visible(text, self.time)

    # What must hold at every moment.

    @invariant()
    def everything_visible_is_published_once_per_content(self) -> None:
        due = {number: one.due for number, one in self.expected.items()}
        assert self.bus.published == {number: due.get(number, []) for number in range(6)}

    @invariant()
    def what_is_held_back_is_asked_for_again(self) -> None:
        state, _ = self.bus.stands()
        held = sum(self.expected[number].is_held for number in self.last_seen)
        assert (state.held if state else 0) == held
        if held:
            assert self._validators(state) == Validators()

    @invariant()
    def what_says_nothing_is_given_up_once(self) -> None:
        assert self.bus.letters == self.nothing_seen

    @invariant()
    def the_counts_balance(self) -> None:
        state, _ = self.bus.stands()
        counts = state.counts if state else Counts()
        assert counts.is_balanced
        assert (counts.published, counts.revised) == (
            self.bus.outcomes["published"],
            self.bus.outcomes["revised"],
        )
        assert counts.dead == self.bus.letters
        assert counts.published == len(self.expected)


History.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestHistory = History.TestCase
