"""The API for programs, `/api/v1`: search, articles, and the document that describes all of it."""
