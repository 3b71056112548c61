"""Articles into the lanes: each of them is written to in turn, and only what failed is sent again.

A write looks at the aliases when it begins. A rebuild relies on it: whatever was written to the serving
generation alone had been read from the stream before the next one could be seen (`generations`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from article.errors import BadRecord, Unavailable
from article.records import EnrichedArticle
from index.elastic.bulk import Answer, Bulk, Verdict
from index.elastic.documents import Prepared, prepared
from index.elastic.lanes import Lane, Lanes, Superseded
from index.faults import fault
from index.protocol import Refused, Written
from runtime.backoff import Backoff

MAX_FAILURES = 5  # passes in a row in which nothing went through, before the caller is told
LEAST_BYTES = 20_000  # requests are not cut smaller than this, about an article
MAX_LOOKS = 10  # looks at the aliases for one write; each follows a change that somebody else made

Outcome = Written | Refused
Answers = dict[str, Answer]


class Writer:
    """Safe to share between threads. `most_bytes` bounds a request, `sleep` waits for so many seconds."""

    def __init__(
        self,
        bulk: Bulk,
        lanes: Lanes,
        *,
        subject: str,
        most_bytes: int,
        backoff: Backoff,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._bulk = bulk
        self._lanes = lanes
        self._subject = subject
        self._most_bytes = most_bytes
        self._backoff = backoff
        self._sleep = sleep

    def write(self, articles: Sequence[EnrichedArticle]) -> list[Outcome]:
        ready = [_prepared(article) for article in articles]
        answers = self._deliver([one for one in ready if isinstance(one, Prepared)])
        return [
            _outcome(one, answers[one.id, one.revision]) if isinstance(one, Prepared) else one
            for one in ready
        ]

    def _deliver(self, articles: Sequence[Prepared]) -> dict[tuple[str, int], Answer]:
        """Of an id the highest revision is sent, and the next one only where that is refused."""
        answers: dict[tuple[str, int], Answer] = {}
        left: dict[tuple[str, int], Prepared] = {}
        for one in articles:
            left.setdefault((one.id, one.revision), one)  # of equals the first, as one after the other
        while left:
            highest: dict[str, Prepared] = {}
            for one in left.values():
                if one.id not in highest or one.revision > highest[one.id].revision:
                    highest[one.id] = one
            for name, answer in self._to_all_lanes(list(highest.values())).items():
                answers[name, highest[name].revision] = answer
                del left[name, highest[name].revision]
                if answer.verdict is not Verdict.REFUSED:
                    for key in [key for key in left if key[0] == name]:
                        del left[key]
                        answers[key] = Answer(id=name, verdict=Verdict.STALE)
        return answers

    def _to_all_lanes(self, articles: Sequence[Prepared]) -> Answers:
        done: dict[int, Answers] = {}
        for _ in range(MAX_LOOKS):
            lanes = self._lanes.read()
            try:
                for lane in lanes:
                    self._to_lane(lane, articles, done.setdefault(lane.generation, {}))
            except Superseded:
                continue
            return done[lanes[0].generation]
        raise Unavailable(
            self._subject, "the index is changed again and again", "is somebody deleting indices?"
        )

    def _to_lane(self, lane: Lane, articles: Sequence[Prepared], done: Answers) -> None:
        """Fills `done`. Raises Superseded when the lane is not what it was."""
        pending = {one.id: one for one in articles if one.id not in done}
        for month in sorted({one.month for one in pending.values()} - lane.months):
            self._lanes.join(lane, month)
        failures, most_bytes = 0, self._most_bytes
        while pending:
            later, before, gone = "", len(pending), False
            for answer in self._bulk.send(list(pending.values()), lane.generation, most_bytes=most_bytes):
                if answer.verdict is Verdict.GONE:
                    gone = True
                elif answer.verdict is Verdict.LATER:
                    later = answer.reason
                else:
                    done[answer.id] = answer
                    del pending[answer.id]
            if gone:
                raise Superseded
            if not pending:
                return
            failures = 1 if len(pending) < before else failures + 1
            # A busy server takes little at a time, or nothing.
            most_bytes = max(
                LEAST_BYTES, min(most_bytes, sum(len(one.body) for one in pending.values())) // 2
            )
            if failures > MAX_FAILURES:
                raise Unavailable(
                    self._subject, f"does not take articles now: {later}", "see the server's log"
                )
            self._sleep(self._backoff.wait(failures))


def _prepared(article: EnrichedArticle) -> Prepared | Refused:
    if reason := fault(article):
        return Refused(id=article.id, reason=reason)
    try:
        return prepared(article)
    except (BadRecord, OverflowError) as error:
        return Refused(id=article.id, reason=str(error))


def _outcome(article: Prepared, answer: Answer) -> Outcome:
    if answer.verdict is Verdict.REFUSED:
        return Refused(id=article.id, reason=answer.reason)
    return Written(id=article.id, revision=article.revision, stale=answer.verdict is Verdict.STALE)
