"""Calls at the seats."""
