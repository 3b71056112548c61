"""What the page and the API stand on besides the index: over the bus and ingest."""
