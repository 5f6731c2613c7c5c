"""Owns how a process of the web server begins: before Django, and before anything of ours that asks for it."""

from __future__ import annotations

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
