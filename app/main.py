"""The program `wirewatch`. Commands import what they need when they run, so that `--help` is fast."""

from __future__ import annotations

import os
import sys

import typer

from app.commands import (
    annotate,
    dead,
    doctor,
    documents,
    feeds,
    feeds_add,
    feeds_discover,
    feeds_health,
    rebuild,
    search,
    searches,
    services,
    setup,
    tail,
    watchlists,
    why,
)
from article.errors import WirewatchError

cli = typer.Typer(
    name="wirewatch",
    help="Watches news feeds and makes every article findable by who, where and what it is about.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
services.register(cli)
feeds_add.register(feeds.cli)
feeds_discover.register(feeds.cli)
feeds_health.register(feeds.cli)
cli.add_typer(feeds.cli, name="feeds")
search.register(cli)
cli.add_typer(searches.cli, name="searches")
tail.register(cli)
why.register(cli)
cli.add_typer(dead.cli, name="dead")
cli.add_typer(watchlists.cli, name="watchlists")
setup.register(cli)
rebuild.register(cli)
annotate.register(cli)
documents.register(cli)
doctor.register(cli)


def main() -> None:
    """Run a command; a known error is one line on stderr and its exit code, never a traceback."""
    try:
        cli()
    except WirewatchError as error:
        sys.stderr.write(f"wirewatch: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`). Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
