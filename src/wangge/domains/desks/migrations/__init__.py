"""The migrations of desks."""
