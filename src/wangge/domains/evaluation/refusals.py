"""Refusals of evaluation's checks."""

from __future__ import annotations


class CheckRefused(Exception):
    """A draw, finding, adjustment or verdict is refused; the text says what to do."""
