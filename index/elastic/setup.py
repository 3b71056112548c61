"""`wirewatch setup` for the index: templates, and a first generation to write to. Again and again, safely."""

from __future__ import annotations

from datetime import UTC, datetime

from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from article.errors import BadConfiguration
from index.elastic.client import connect
from index.elastic.errors import REBUILD, error_in, reason_of, talking
from index.elastic.lanes import Aliases, Lane, Superseded
from index.elastic.mapping import mapping
from index.elastic.months import index_name, month_of
from index.elastic.templates import component_templates, index_template
from runtime.settings import ElasticSettings


def setup_index(settings: ElasticSettings) -> str:
    """Put the templates, and make the first generation where there is none. Says what is there then.

    Indices that are there get fields that this version adds. Raises Unavailable while the server is away,
    BadConfiguration where it refuses: a login, a privilege, an index whose fields cannot be changed.
    """
    client = connect(settings)
    try:
        put_templates(client, settings)
        aliases = Aliases(client, settings.index_prefix, settings.url)
        serving, following = aliases.state()
        for lane in (serving, following):
            if lane is not None:
                _add_fields(client, settings, lane)
        if serving is None:
            serving = _first_generation(aliases, settings)
        return f"index {settings.index_prefix}, generation {serving.generation}"
    finally:
        client.close()


def put_templates(client: Elasticsearch, settings: ElasticSettings) -> None:
    """What new indices are made of, in this version's form."""
    with talking(settings.url):
        server = server_version(client)
        for name, body in component_templates(settings, server=server).items():
            client.cluster.put_component_template(name=name, body=body)
        client.indices.put_index_template(name=settings.index_prefix, body=index_template(settings))


def server_version(client: Elasticsearch) -> tuple[int, int]:
    """(major, minor) of the oldest node."""
    nodes = client.nodes.info(filter_path="nodes.*.version")["nodes"].values()
    return min(
        (int(major), int(minor)) for major, minor, *_ in (node["version"].split(".") for node in nodes)
    )


def _add_fields(client: Elasticsearch, settings: ElasticSettings, lane: Lane) -> None:
    with talking(settings.url):
        try:
            client.indices.put_mapping(index=lane.alias, body=mapping())
        except BadRequestError as error:
            raise BadConfiguration(
                f"index {lane.alias}",
                f"cannot take this version's fields: {reason_of(error_in(error))}",
                REBUILD,
            ) from error


def _first_generation(aliases: Aliases, settings: ElasticSettings) -> Lane:
    """Made once, however many set up at the same time: what another one has just made is taken."""
    month = month_of(datetime.now(UTC))
    lane = Lane(alias=aliases.serving, generation=aliases.highest() or 1, months=frozenset([month]))
    index = index_name(settings.index_prefix, lane.generation, month)
    try:
        aliases.create(index)
        with talking(settings.url):
            aliases.act({"add": {"index": index, "alias": lane.alias}})
    except (NotFoundError, Superseded) as error:
        raise BadConfiguration(
            index, "was deleted as soon as it was made", "run `wirewatch setup` again"
        ) from error
    return lane
