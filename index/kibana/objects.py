"""All saved objects, as the lines that Kibana imports."""

from __future__ import annotations

from index.kibana.dashboard import overview
from index.kibana.map import places_map
from index.kibana.saved import ALIAS, Json, packed
from index.kibana.views import data_view, searches


def saved_objects(*, alias: str = ALIAS) -> tuple[Json, ...]:
    """What is referred to comes before what refers to it."""
    return (data_view(alias), *searches(), places_map(), overview())


def ndjson(*, alias: str = ALIAS) -> bytes:
    """An object a line, over the index alias `alias`."""
    return "".join(packed(each) + "\n" for each in saved_objects(alias=alias)).encode()
