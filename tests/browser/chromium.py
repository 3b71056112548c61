"""Debian's Chromium, driven by Playwright; no browser is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def found(*programs: str) -> str | None:
    """The path of the first of these programs that is there."""
    return next((path for path in map(shutil.which, programs) if path), None)


def require(package: str, *programs: str) -> str:
    """The path of the program. Without it the test is skipped; under CI=true it fails."""
    path = found(*programs)
    if path is None:
        said = f"needs {programs[0]}: apt-get install {package}"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    return path


def chromium_program() -> str:
    return require("chromium", *_NAMES)


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    """While it is open, no event loop can be run in this thread: Playwright has one of its own there."""
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=list(FLAGS), headless=True)
        yield opened
        opened.close()
