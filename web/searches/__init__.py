"""Saved searches: pages, feeds of each, API."""
