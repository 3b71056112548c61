"""When a feed is polled, how far its server is believed, and how it fares. Pure."""
