"""All behaviours, and the table of them in docs/behaviours.md.

`python -m tests.behaviours.every` writes the table anew.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.behaviours.bombs import BOMBS
from tests.behaviours.formats import FORMATS
from tests.behaviours.good import GOOD
from tests.behaviours.hostile import HOSTILE
from tests.behaviours.manners import MANNERS
from tests.behaviours.odd_feeds import ODD_FEEDS
from tests.behaviours.odd_pages import ODD_PAGES
from tests.behaviours.odd_rhythms import ODD_RHYTHMS
from tests.behaviours.odd_sites import ODD_SITES

BEHAVIOURS = (
    *GOOD,
    *FORMATS,
    *MANNERS,
    *ODD_FEEDS,
    *ODD_SITES,
    *ODD_PAGES,
    *ODD_RHYTHMS,
    *HOSTILE,
    *BOMBS,
)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "behaviours.md"
_TABLE = re.compile(r"(<!-- behaviours: .*? -->\n).*?(<!-- /behaviours -->)", re.DOTALL)


def table() -> str:
    rows = [f"| `{each.name}` | {each.kind} | {each.server} | {each.wirewatch} |" for each in BEHAVIOURS]
    return "\n".join(["| name | kind | the site | Wirewatch |", "|---|---|---|---|", *rows, ""])


def with_table(text: str) -> str:
    return _TABLE.sub(lambda match: match[1] + table() + match[2], text)


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text("utf-8")), "utf-8")
