"""A week of articles on a real Elasticsearch, for what Kibana asks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import pytest
from elasticsearch import Elasticsearch

from index.elastic import ElasticIndex, setup_index
from index.protocol import Written
from runtime.settings import ElasticSettings
from stack.elastic import ElasticServer
from tests.kibana.news import corrected, first_revision, week
from tests.kibana.reading import Json

ALIAS = "kibana-panels"

Ask = Callable[[Json], Json]
"""A search over the alias: the body, and the answer."""


@pytest.fixture(scope="session")
def ask(elastic: ElasticServer) -> Iterator[Ask]:
    """The articles are behind the alias, those that were corrected in two revisions."""
    settings = ElasticSettings(url=elastic.url, index_prefix=ALIAS)
    setup_index(settings)
    index = ElasticIndex(settings)
    articles = week()
    for batch in ([first_revision(article) for article in articles if corrected(article)], articles):
        assert all(isinstance(outcome, Written) for outcome in index.write(batch))
    index.close()
    with Elasticsearch(elastic.url) as client:
        client.indices.refresh(index=ALIAS)
        yield lambda body: cast("Json", client.search(index=ALIAS, body=body).body)
