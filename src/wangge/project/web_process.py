"""Owns how a process of the web server begins: before Django, and before anything of ours that asks for it."""

from __future__ import annotations

import gc
import os
import sys

SWITCH_SECONDS = 0.001
"""A thread that comes back from the database waits this long for one that computes. With Python's 5 ms a page of eight
statements waited 40 ms behind another page."""


def begin(settings: str) -> None:
    """Name the settings; leave the directory it was started in out of the import path.

    granian puts that directory before everything else: a file there named like a module of Python's own would be run in
    its place.
    """
    sys.path[:] = [each for each in sys.path if each not in ("", os.getcwd())]
    sys.setswitchinterval(SWITCH_SECONDS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)


def settle() -> None:
    """Read what every request needs, and let full collections of garbage pass over it for the life of the process.

    The addresses bring nearly all modules along. Without this the first visitor waits for them, and every few hundred
    pages all others wait while a quarter of a million lasting objects are looked through.
    """
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018  # reading them imports the views
    gc.collect()
    gc.freeze()
