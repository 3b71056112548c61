"""Stage 2: what an article tells, added to it: language, entities, places, topics, embedding."""
