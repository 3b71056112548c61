"""Where a process tells how it fares."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from runtime.settings_section import Section


class MonitorSettings(Section):
    listen: Annotated[str, Field(pattern=r"^(.+:\d{1,5})?$")] = ""
    """Where the process answers /metrics, /health/live and /health/ready, "127.0.0.1:9464"; each process
    needs a port of its own. Empty opens none. There is no login: keep it inside."""
