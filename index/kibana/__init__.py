"""What Wirewatch brings into Kibana: a data view, searches, a map and a dashboard, and their import."""

from __future__ import annotations

from index.kibana.client import import_saved_objects

__all__ = ["import_saved_objects"]
