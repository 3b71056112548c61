"""Fetching over HTTP: bounded, polite, and closed to private networks."""
