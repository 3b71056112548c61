"""Tells others of articles that match a saved search: matches to deliveries, deliveries to webhooks."""
