"""What names mean that are no places: organisations, armed groups, regions, demonyms (see README.md)."""
