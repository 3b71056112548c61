"""What the server tells of itself and of its process."""
