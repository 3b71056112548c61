"""The page and the API over the article index, and over what app wires in."""
