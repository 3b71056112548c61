"""How many requests a client may make: token buckets, for a bounded number of clients."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limits:
    """Each client has `burst` requests, and gets `rate` new ones a second; a rate of 0 sets no limit.

    Remembers the `most` clients that asked last. One that is forgotten begins with a full bucket, which is
    no more than it would have had after burst / rate seconds. For one thread.
    """

    def __init__(self, *, rate: float, burst: int, most: int = 10_000) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._most = most
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def wait(self, client: str, now: float) -> float:
        """How long `client` has to wait before a request, in seconds of the monotonic clock `now` is of."""
        if not self._rate:
            return 0.0
        bucket = self._buckets.get(client)
        if bucket is None:
            return 0.0
        left = min(self._burst, bucket.left + (now - bucket.at) * self._rate)
        return 0.0 if left >= 1 else (1 - left) / self._rate

    def take(self, client: str, now: float) -> None:
        """The client has made a request."""
        if not self._rate:
            return
        bucket = self._buckets.pop(client, None) or _Bucket(left=self._burst, at=now)
        bucket.left = max(0.0, min(self._burst, bucket.left + (now - bucket.at) * self._rate) - 1)
        bucket.at = now
        self._buckets[client] = bucket
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
