"""The user's own names: lists in YAML, checked, imported and loaded (docs/watchlists.md)."""
