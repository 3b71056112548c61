"""Models of other makers for entities: `enrich.entities.model`."""
