"""`wirewatch doctor`: is everything in place, and if not, what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bus.protocol import Bus
    from enrich.tagger.tagger import Tagger
    from runtime.settings import Settings

_MIN_FREE_BYTES = 1_000_000_000
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a check found. A check that fails raises a WirewatchError, which says what to do."""

    detail: str


def register(cli: typer.Typer) -> None:
    cli.command("doctor")(doctor)


def doctor() -> None:
    """Check configuration, data folder, bus, index, model, clock; say what to do about what is wrong."""
    from app.wiring import configured
    from article.errors import WirewatchError

    settings = configured()
    worst = 0
    checks: dict[str, Callable[[Settings], Checked]] = {
        "configuration": _configuration,
        "data folder": _data_folder,
        "bus": _bus,
        "index": _index,
        "model": _model,
        "watchlists": _watchlists,
        "page": _page,
        "clock": _clock,
    }
    for name, check in checks.items():
        try:
            sys.stdout.write(f"ok      {name}: {check(settings).detail}\n")
        except WirewatchError as error:
            worst = max(worst, error.exit_code)
            sys.stdout.write(f"FAILED  {name}: {error}\n")
    if worst:
        raise typer.Exit(worst)


def _configuration(_: Settings) -> Checked:
    from runtime.settings import config_file

    source = config_file()
    return Checked(detail=f"{source if source.exists() else 'defaults'} and WIREWATCH_… variables")


def _data_folder(settings: Settings) -> Checked:
    import shutil
    import tempfile

    from article.errors import BadConfiguration, Unavailable

    folder = settings.data_dir.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        raise BadConfiguration(
            str(folder), f"cannot be written: {error.strerror}", "set WIREWATCH_DATA_DIR to a folder you own"
        ) from error
    if free < _MIN_FREE_BYTES:
        raise Unavailable(str(folder), f"has only {free // 1_000_000} MB left", "make room")
    return Checked(detail=f"{folder}, {free // 1_000_000_000} GB free")


def _bus(settings: Settings) -> Checked:
    from app.wiring import bus_kind, open_bus
    from bus.channels import ENRICHED, FEEDS, RAW

    # The log of a new data folder is made by looking at it; a broker's channels are `wirewatch setup`'s.
    bus = open_bus(settings, create=not settings.bus.kafka.bootstrap_servers)
    try:
        feeds = sum(1 for _ in bus.table(FEEDS).items())
        waiting = bus.lag(RAW, group="enrich").records
        unindexed = bus.lag(ENRICHED, group="index").records
        return Checked(
            detail=f"{bus_kind(settings)}: {feeds} feeds, {bus.count(ENRICHED)} articles enriched,"
            f" {waiting} wait for enrichment, {unindexed} for the index; {_ledger(bus)}"
        )
    finally:
        bus.close()


def _ledger(bus: Bus) -> str:
    """What became of all entries that were ever seen. Raises WirewatchError where a feed's do not add up."""
    from dataclasses import asdict

    from app.watched_feeds import watched
    from article.counts import Counts
    from article.errors import WirewatchError
    from ingest.urls import without_credentials

    total = Counts()
    for feed, state in watched(bus):
        counts = state.counts if state else Counts()
        if not counts.is_balanced:
            raise WirewatchError(
                without_credentials(feed.url),
                f"its entries are not all accounted for: {asdict(counts)}",
                "a fault in Wirewatch; please report it",
            )
        total = total.plus(counts)
    seen, *outcomes = (f"{count:,} {name}" for name, count in asdict(total).items())
    return f"entries {seen} = {' + '.join(outcomes)}"


def _index(settings: Settings) -> Checked:
    from app.wiring import open_index

    url = settings.index.elastic.url
    if not url and not (settings.data_dir / "index").exists():
        return Checked(detail="not made yet; the first `wirewatch run` does")
    index = open_index(settings, read_only=True)
    try:
        where = f"Elasticsearch at {url}" if url else "in the data folder"
        return Checked(detail=f"{where}: {index.count()} articles")
    finally:
        index.close()


def _model(settings: Settings) -> Checked:
    from article.errors import BadConfiguration
    from enrich.findings import Text
    from enrich.pipeline import Enricher
    from enrich.tagger.tagger import SENTENCE

    with Enricher(settings.enrich) as enricher:
        (found,) = enricher.enrich([Text(id="warm-up", title="", text=SENTENCE)])
        if enricher.tagger is None and not found.entities:
            raise BadConfiguration("model", "finds nothing in a test sentence", "use the bundled model")
        broken = [each for each in found.failures if not each.reason.startswith("unsupported language")]
        if broken:
            raise BadConfiguration("model", f"{broken[0].step} failed: {broken[0].reason}", "see the log")
        models = ", ".join(sorted(set(found.models.values())))
        if enricher.tagger is not None:
            return Checked(detail=f"{models}; {_other_model(enricher.tagger, settings)}")
    names = ", ".join(entity.name for entity in found.entities)
    return Checked(detail=f"{models}; found {names} in a test sentence")


def _other_model(tagger: Tagger, settings: Settings) -> str:
    """Looked at by itself: the test sentence may be in a language that it is not given."""
    languages = ", ".join(settings.enrich.entities.languages)
    found = ", ".join(tagger.example()) or "nothing"
    return (
        f"entities by {tagger.name} on {tagger.device}, {tagger.input_pieces} pieces at once, "
        f"for {languages}, labels {tagger.labels}; found {found} in a test sentence"
    )


def _watchlists(settings: Settings) -> Checked:
    from enrich.watchlists.check import problems
    from enrich.watchlists.lists import watched

    if not settings.enrich.watchlists:
        return Checked(detail="none; see docs/watchlists.md")
    together = watched(settings.enrich.watchlists)
    doubts = sum(1 for _ in problems(together.entries))
    told = f"; in doubt: {doubts}, see `wirewatch watchlists check`" if doubts else ""
    return Checked(detail=f"{len(together.entries)} entries and {len(together.topics)} topics{told}")


def _page(settings: Settings) -> Checked:
    from app.serving import address_of
    from web.access.policy import policy_of

    open_for = {
        "machine": "open for reading on this machine",
        "nobody": "closed without a login",
        "all": "open for reading to all who reach it",
    }
    return Checked(detail=f"{address_of(settings.web)}/, {open_for[policy_of(settings.web).open]}")


def _clock(_: Settings) -> Checked:
    from article.errors import BadConfiguration

    now = datetime.now(UTC)
    if now < _EARLIEST:
        raise BadConfiguration(
            "clock", f"says {now:%Y-%m-%d}, which is past", "set the machine's clock (NTP)"
        )
    return Checked(detail=f"{now:%Y-%m-%d %H:%M:%S} UTC")
