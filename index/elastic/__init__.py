"""The article index on Elasticsearch. The only place that knows its client."""

from index.elastic.index import ElasticIndex
from index.elastic.setup import setup_index

__all__ = ["ElasticIndex", "setup_index"]
