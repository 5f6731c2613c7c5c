"""Texts that a spreadsheet program would run as a formula, and how they are written so that it does not."""

from __future__ import annotations

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def looks_like_formula(text: str) -> bool:
    """Whether Excel and its kin would take a text for a formula."""
    return text.startswith(_BEGINNINGS)


def quoted(text: str) -> str:
    """The text with a quote before it where it looks like a formula: for CSV, which knows no types."""
    return f"'{text}" if looks_like_formula(text) else text
