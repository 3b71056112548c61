"""What becomes of a delivery after a try. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from article.searches import Waiting
from runtime.backoff import Backoff
from runtime.settings import NotifySettings

_GONE = 410


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a receiver said. Without a `status` nothing was heard, and `problem` says why.

    `retry_after` is the seconds that it asks to be left alone, 0 where it asks for none.
    """

    status: int | None = None
    problem: str = ""
    retry_after: float = 0.0

    @property
    def good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """It wants no more of this, ever (RFC 9110 §15.5.11)."""
        return self.status == _GONE

    def told(self) -> str:
        if self.problem:
            return self.problem
        if self.status is not None and 300 <= self.status < 400:
            return f"answers with status {self.status}: redirects are not followed"
        return f"answers with status {self.status}"


def is_over(waiting: Waiting, now: datetime, settings: NotifySettings) -> bool:
    """Whether it has been tried for long enough."""
    return now - waiting.since >= timedelta(hours=settings.give_up_hours)


def pause(failures: int, answer: Answer, *, draw: float, settings: NotifySettings) -> float:
    """Seconds until the next try after so many failures in a row: full jitter, and what was asked for.

    A receiver that asks for longer than deliveries are kept is asked again before they are given up.
    """
    waits = Backoff(base=settings.retry_seconds, cap=settings.max_retry_seconds)
    asked = min(answer.retry_after, settings.give_up_hours * 1800)
    return max(waits.wait(failures, draw), asked)
