"""Addresses that hold for the life of the process: a page names some thirty, and Django works each out anew."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import reverse


def address_of(name: str) -> str:
    """The address of a page that takes nothing in its path, by its url name."""
    return _address(settings.ROOT_URLCONF, name)


@lru_cache(maxsize=512)
def _address(_addresses: str, name: str) -> str:
    return reverse(name)
