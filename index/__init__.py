"""Stage 3 and its reading side: the article index, the query that people type, and what comes back."""
