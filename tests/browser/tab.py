"""A tab of the browser that keeps what goes wrong in it, and what its pages weigh."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

from tests.browser.axe import barriers

MAX_WEIGHT = 100_000  # bytes over the wire, of a first page with all that it needs
MAX_SCRIPTS = 1
PATIENCE = 30_000  # ms: how long to wait for what has to come, on a machine that others load
GONE = ("net::ERR_ABORTED",)  # what a page had asked for when it was left


@dataclass(kw_only=True)
class Tab:
    """`page` is Playwright's. At its end a test fails for what is in `problems`: errors on the console,
    requests that failed, any request to another host. What it means to happen it takes out with `expect`."""

    page: Page
    url: str
    problems: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("requestfailed", self._failed)

    def goto(self, path: str = "/") -> Page:
        self.page.goto(self.url + path)
        return self.page

    def path(self) -> str:
        """Of the page that is shown, with its query."""
        at = urlsplit(self.page.url)
        return at.path + (f"?{at.query}" if at.query else "")

    def expect(self, part: str) -> None:
        """One problem with this in it was meant to happen."""
        (expected, *_) = [each for each in self.problems if part in each] or [""]
        assert expected, f"no {part!r} among {self.problems}"
        self.problems.remove(expected)

    def weight(self) -> int:
        """Bytes over the wire of all that was asked for since the tab was opened."""
        self.page.wait_for_load_state("networkidle")
        sizes = [request.sizes() for request in self.requests]
        return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)

    def check(self) -> None:
        """That the page stands in nobody's way, is not wider than the window, and holds one main heading."""
        assert not barriers(self.page)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(wide) == 0, "scrolls sideways"
        assert self.page.locator("h1").count() == 1
        assert self.page.locator("main").count() == 1

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith(self.url + "/"):
            self.problems.append(f"another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure not in GONE:
            self.problems.append(f"failed: {request.url}: {request.failure}")
