"""The writers of desks."""
