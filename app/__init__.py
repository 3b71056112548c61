"""The command line: the only place that puts concrete parts together."""
