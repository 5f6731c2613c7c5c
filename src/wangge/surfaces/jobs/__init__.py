"""Timed and queued work."""
