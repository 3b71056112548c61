"""axe-core, the accessibility checker of Deque (MPL-2.0), from npm: downloaded once, its digest is pinned."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from stack.cache import cached
from tests.browser.chromium import require

VERSION = "4.14.1"
SHA512 = (
    "1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b73"
    "4f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5"
)
_MEMBER = "package/axe.min.js"
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.flatMap(
    rule => rule.nodes.map(node => ({
        rule: rule.id, impact: node.impact || rule.impact, at: node.target.join(" "), why: node.failureSummary
    })))"""


@dataclass(frozen=True, kw_only=True)
class Barrier:
    """What keeps somebody from using the page: the rule, how bad (minor to critical), where, and why."""

    rule: str
    impact: str
    at: str
    why: str


def barriers(page: Page) -> list[Barrier]:
    """What the checker finds on the page as it stands."""
    page.evaluate(_script().read_text("utf-8"))
    return [Barrier(**each) for each in page.evaluate(_RUN)]


def _script() -> Path:
    require("npm", "npm")
    return cached(f"axe-core-{VERSION}", _download) / "axe.min.js"


def _download(folder: Path) -> None:
    subprocess.run(
        ["npm", "pack", "--silent", f"axe-core@{VERSION}"], cwd=folder, check=True, capture_output=True
    )
    (archive,) = folder.glob("*.tgz")
    assert hashlib.sha512(archive.read_bytes()).hexdigest() == SHA512, "another package than the pinned one"
    with tarfile.open(archive) as packed:
        member = packed.extractfile(_MEMBER)
        assert member is not None
        (folder / "axe.min.js").write_bytes(member.read())
    archive.unlink()
