"""The key from which callbacks and secrets are made: a setting, or a file in the data folder."""

from __future__ import annotations

from article.errors import BadConfiguration
from ingest.websub.offer import Callbacks
from runtime.secret_file import kept_secret
from runtime.settings import Settings
from runtime.settings_section import SHORTEST_SECRET


def callbacks_of(settings: Settings) -> Callbacks | None:
    """None where hubs are not wanted. Raises BadConfiguration for a bad key."""
    base = settings.ingest.websub_url
    return Callbacks(base=base, key=_key(settings)) if base else None


def _key(settings: Settings) -> bytes:
    """Made once where there is none."""
    given = settings.ingest.websub_key.get_secret_value()
    if not given:
        path = settings.data_dir / "websub.key"
        return kept_secret(path, instead="WIREWATCH_INGEST__WEBSUB_KEY").encode()
    if len(given) < SHORTEST_SECRET:
        raise BadConfiguration(
            "setting ingest.websub_key", f"has fewer than {SHORTEST_SECRET} characters", "use a random one"
        )
    return given.encode()
