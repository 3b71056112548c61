"""When a host may be asked next: a pause between requests, and a longer one when it asks for that. Pure."""

from __future__ import annotations

_MANY = 10_000  # hosts


class Pacing:
    """Times are seconds of one monotonic clock, hosts those that were asked lately."""

    def __init__(self) -> None:
        self._next: dict[str, float] = {}
        self._rests: dict[str, float] = {}

    def turn(self, host: str, *, now: float, delay: float, patience: float) -> float | None:
        """Seconds until this request's turn, which is then taken; None where that is more than `patience`.

        The next turn is `delay` after this one.
        """
        start = max(now, self._next.get(host, now), self._rests.get(host, now))
        if start - now > patience:
            return None
        if delay > 0:
            self._next = _without_past(self._next, now)
            self._next[host] = start + delay
        return start - now

    def rest(self, host: str, *, until: float, now: float) -> None:
        """The host asked for no requests before `until`."""
        self._rests = _without_past(self._rests, now)
        self._rests[host] = max(until, self._rests.get(host, until))

    def resting(self, host: str, *, now: float) -> float:
        """Seconds until the host wants to be asked again, 0 for most."""
        return max(0.0, self._rests.get(host, now) - now)


def _without_past(times: dict[str, float], now: float) -> dict[str, float]:
    if len(times) < _MANY:
        return times
    return {host: time for host, time in times.items() if time > now}
