"""Shared page pieces: the values a page shows more than once, their words, and a gallery of every page."""
