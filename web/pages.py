"""Templates to pages. Everything is escaped; a name that a template misses is an error, not nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from runtime.printable import printable
from web.relative import relative
from web.search.asked import when
from web.text import shown_text

HERE = Path(__file__).parent
STATIC = HERE / "static"


def page(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """The template, filled in. `request`, its path and who asks (`viewer`) are at hand in every template."""
    text = (
        _environment()
        .get_template(template)
        .render(request=request, path=request.url.path, viewer=request.state.viewer, **context)
    )
    return HTMLResponse(text, status_code=status)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["static"] = static_url
    made.filters |= {
        "rfc3339": rfc3339,
        "minute": minute,
        "second": second,
        "web_url": web_url,
        "count": count,
    }
    made.filters |= {"relative": relative, "printable": printable, "shown": shown_text, "when": when}
    return made


@cache
def static_url(name: str) -> str:
    """The address of a file that changes with what is in it, so that browsers may keep it."""
    return f"/static/{name}?{blake2b((STATIC / name).read_bytes(), digest_size=6).hexdigest()}"


def rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def minute(moment: datetime) -> str:
    """For people, in UTC: 10 May 2026, 12:00."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M}"


def second(moment: datetime) -> str:
    """As `minute`, to the second."""
    return f"{minute(moment)}:{moment:%S}"


def web_url(url: str | None) -> str | None:
    """The address where it leads to the web, None for whatever else stands there: feeds are not trusted."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def count(number: int) -> str:
    return f"{number:,}"
