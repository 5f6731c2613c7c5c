"""Pieces of pages drawn in Python: those that stand dozens of times on a page, where a template's loop was the page's
time. The plain templates they must equal stand in ``tests/web/plain``."""
