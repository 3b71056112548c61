"""An article's page: what of it is the article, what stands in its way, when to try again."""
