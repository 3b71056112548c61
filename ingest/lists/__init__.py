"""Which feeds are watched: lists in and out, finding the feeds of a site, one feed in two spellings."""
