"""For all tests: an error that is logged and that no test asks for fails the test, as does an event that is
not listed, or not as it is listed; time never does."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import hypothesis
import pytest
import structlog
from hypothesis import HealthCheck, settings
from structlog.testing import capture_logs

from runtime.events import EVENTS

pytest_plugins = ["tests.servers"]

# How long an example takes says how busy the machine is.
settings.register_profile("patient", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("patient")
hypothesis.settings.register_profile("wirewatch", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("wirewatch")


def _kept(lines: list[MutableMapping[str, Any]]) -> structlog.types.Processor:
    """Keeps what tests may take out of their list."""

    def keep(_logger: object, level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        lines.append({"level": level, **event})
        return event

    return keep


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged. A test that expects errors takes them out of the list."""
    structlog.reset_defaults()  # a test may have configured another level
    everything: list[MutableMapping[str, Any]] = []
    with capture_logs(processors=[_kept(everything)]) as lines:
        yield lines
    for line in everything:
        listed = EVENTS.get(line["event"])
        assert listed, f"{line['event']} is not in runtime/events.py"
        assert line["level"] == listed.level, line
        assert not line["event"].startswith("article.") or line["article"], line
    assert not [line for line in lines if line["log_level"] == "error"]
