"""The article index on Elasticsearch. The only place that knows its client."""
