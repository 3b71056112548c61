"""An article: its text with names marked, its revisions, its way through the pipeline."""
