"""The pipeline page and its API: how far each stage is, and what it gave up."""
