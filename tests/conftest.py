"""For all tests: an error that is logged and that no test asks for fails the test; time never does."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import hypothesis
import pytest
import structlog
from hypothesis import HealthCheck, settings
from structlog.testing import capture_logs

pytest_plugins = ["tests.servers"]

# How long an example takes says how busy the machine is.
settings.register_profile("patient", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("patient")
hypothesis.settings.register_profile("wirewatch", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("wirewatch")


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged. A test that expects errors takes them out of the list."""
    structlog.reset_defaults()  # a test may have configured another level
    with capture_logs() as lines:
        yield lines
    assert not [line for line in lines if line["log_level"] == "error"]
