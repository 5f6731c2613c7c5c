"""The writers of calls."""
