"""Hubs that tell when a feed has something new (WebSub)."""
