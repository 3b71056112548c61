"""The map of the world: its projection and the outlines of countries."""
