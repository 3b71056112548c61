"""`wirewatch watchlists`: check, list and import the names that somebody watches for."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from enrich.watchlists.importers import Item

cli = typer.Typer(no_args_is_help=True, help="Names to watch for: check, list, import (docs/watchlists.md).")
imports = typer.Typer(no_args_is_help=True, help="Make a watchlist of a list of others; YAML on stdout.")
cli.add_typer(imports, name="import")

ListFile = Annotated[Path, typer.Argument(help="The file as it was downloaded.")]
ListName = Annotated[str, typer.Option("--name", help="Name of the watchlist; part of its entries' ids.")]


class Kind(StrEnum):
    person = "person"
    organisation = "organisation"
    group = "group"
    place = "place"
    other = "other"


@cli.command("check")
def check(
    files: Annotated[
        list[Path], typer.Argument(help="Watchlists, or folders of them, that are used together.")
    ],
) -> None:
    """Tell names that stand there twice and names of several entries; exit code 65 where any are.

    A file or topic that cannot be used is an error of configuration.
    """
    from article.errors import BadInput
    from enrich.watchlists.check import problems
    from enrich.watchlists.lists import watched

    together = watched(files)
    found = 0
    for problem in problems(together.entries):
        found += 1
        sys.stdout.write(f"{problem}\n")
    if found:
        raise typer.Exit(BadInput.exit_code)
    topics = f" and {len(together.topics)} topics" if together.topics else ""
    sys.stderr.write(f"{len(together.entries)} entries{topics}, nothing to tell\n")


@cli.command("list")
def show(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """The watchlists that are configured, with the numbers of their entries, names and topics."""
    from app.wiring import configured
    from enrich.watchlists.lists import load_watchlist, watchlist_files

    for path in watchlist_files(configured().enrich.watchlists):
        watchlist = load_watchlist(path)
        names = sum(1 for entry in watchlist.entries for _ in entry.names)
        if as_json:
            line = json.dumps(
                {
                    "name": watchlist.name,
                    "file": str(path),
                    "entries": len(watchlist.entries),
                    "names": names,
                    "topics": len(watchlist.topics),
                }
            )
        else:
            counts = f"{len(watchlist.entries):>8} entries {names:>8} names {len(watchlist.topics):>4} topics"
            line = f"{watchlist.name:<20} {counts}  {path}"
        sys.stdout.write(f"{line}\n")


@imports.command("un")
def import_un(file: ListFile, name: ListName = "un") -> None:
    """The consolidated list of the UN Security Council, XML."""
    from enrich.watchlists import importers

    _write(name, importers.import_un(file))


@imports.command("ofac")
def import_ofac(file: ListFile, name: ListName = "ofac") -> None:
    """OFAC's list of Specially Designated Nationals: SDN.XML, or SDN.CSV with ALT.CSV beside it."""
    from enrich.watchlists import importers

    _write(name, importers.import_ofac(file))


@imports.command("names")
def import_names(
    file: ListFile,
    name: ListName,
    kind: Annotated[Kind, typer.Option("--type", help="What all of them are.")] = Kind.person,
) -> None:
    """A text file with one name a line."""
    from enrich.watchlists import importers

    _write(name, importers.import_names(file, kind.value))


def _write(name: str, items: list[Item]) -> None:
    from enrich.watchlists.document import write_document

    sys.stdout.write(write_document({"name": name, "entries": items}))
