"""The article index on one machine, on tantivy. The only place that knows the library."""

from index.embedded.generations import EmbeddedGenerations
from index.embedded.index import EmbeddedIndex

__all__ = ["EmbeddedGenerations", "EmbeddedIndex"]
