"""The live view: articles as they are enriched, by server-sent events."""
