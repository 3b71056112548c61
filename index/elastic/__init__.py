"""The article index on Elasticsearch. The only place that knows its client."""

from index.elastic.generations import ElasticGenerations
from index.elastic.index import ElasticIndex
from index.elastic.setup import setup_index

__all__ = ["ElasticGenerations", "ElasticIndex", "setup_index"]
