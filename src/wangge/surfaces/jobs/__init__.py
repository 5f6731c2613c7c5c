"""Timed and queued work: what happens in the city without a click."""
