"""Waiting for the library only so long: some of its calls wait without end for a broker that is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from article.errors import Unavailable
from bus.kafka.errors import own_errors

T = TypeVar("T")


def bounded(work: Callable[[], T], *, seconds: float, subject: str) -> T:
    """The result of `work`, or Unavailable while it goes on in a thread that nobody waits for."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again below, in the caller's thread
            errors.append(error)

    thread = threading.Thread(target=run, name="kafka-call", daemon=True)
    thread.start()
    thread.join(seconds)
    with own_errors(subject):
        for error in errors:
            raise error
    if not results:
        raise Unavailable(subject, f"Kafka has not answered for {seconds:g} s", "is it running?")
    return results[0]
