"""Settings of the page and the API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from runtime.settings_section import Section


class WebSettings(Section):
    enabled: bool = True
    """Whether `wirewatch run` serves the page, too."""
    host: str = "127.0.0.1"
    """The address to serve on; by default this machine alone."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """The port to serve on; 0 takes a free one."""
