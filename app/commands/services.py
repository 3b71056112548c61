"""`wirewatch run`, and each stage as a service of its own."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

NOTIFYING = ("notify", "deliver")
"""Its two halves: what matches, and what is sent."""


def register(cli: typer.Typer) -> None:
    cli.command("run")(run)
    cli.command("ingest")(ingest)
    cli.command("enrich")(enrich)
    cli.command("index")(index)
    cli.command("notify")(notify)
    cli.command("serve")(serve)


def run(
    sample: Annotated[
        bool,
        typer.Option(
            "--sample", help="Also serve a small feed on loopback, and begin with well-known feeds."
        ),
    ] = False,
) -> None:
    """Run all in one process: poll, enrich, index, tell webhooks, serve the page. Ctrl-C ends it."""
    from app.pipeline import run_pipeline
    from app.wiring import configured

    settings = configured()
    stages = ("ingest", "enrich", "index", *NOTIFYING, *(["serve"] if settings.web.enabled else []))
    run_pipeline(settings, stages=stages, sample=sample)


def ingest() -> None:
    """Run the feed pollers alone."""
    _one("ingest")


def enrich() -> None:
    """Run the enrichment worker alone."""
    _one("enrich")


def index() -> None:
    """Run the indexer alone."""
    _one("index")


def notify() -> None:
    """Run the webhooks alone: what matches a saved search is sent where it says."""
    _some(NOTIFYING)


def serve(
    show_token: Annotated[
        bool,
        typer.Option("--show-token", help="Show the token and a link that logs a browser in; serve nothing."),
    ] = False,
) -> None:
    """Serve the page and the API alone."""
    if show_token:
        from app.serving import shown_token
        from app.wiring import configured

        sys.stdout.write(shown_token(configured()))
    else:
        _one("serve")


def _one(stage: str) -> None:
    _some((stage,))


def _some(stages: tuple[str, ...]) -> None:
    from app.pipeline import run_pipeline
    from app.wiring import configured

    run_pipeline(configured(), stages=stages, sample=False)
