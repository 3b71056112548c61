"""Settings of webhooks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from runtime.settings_section import Count, Seconds, Section


class NotifySettings(Section):
    allow_hosts: tuple[str, ...] = ()
    """Hosts ("name" or "name:port") that may have private addresses. By default no webhook reaches inside,
    because whoever may save a search could otherwise have this machine send requests there."""
    timeout: Seconds = 15.0
    """Seconds that a receiver has to answer, connecting included. It should answer first and work then."""
    retry_seconds: Seconds = 5.0
    """The longest wait after a first failure; it doubles at every other, and chance takes a part of it."""
    max_retry_seconds: Seconds = 3600.0
    """The longest wait between two tries."""
    give_up_hours: Annotated[float, Field(gt=0)] = 24.0
    """How long a delivery is tried before it is a dead letter. More bridges a longer outage of a receiver."""
    max_waiting: Count = 10_000
    """Deliveries that wait for one webhook, in each process; what comes beyond is a dead letter at once."""
    per_hook: Count = 4
    """Requests under way at once to one webhook. While it fails there is one."""
