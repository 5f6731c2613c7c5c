"""Lets Python's collector of circles rest while many plain values are made that hold none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_resting: list[object] = []


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No rounds of the collector for this while, which would look at every value made so far again and again.

    Of several threads the last to end wakes it; in a process that runs without it nothing changes.
    """
    with _lock:
        rests = bool(_resting) or gc.isenabled()
        if rests:
            _resting.append(object())
            gc.disable()
    try:
        yield
    finally:
        with _lock:
            if rests:
                _resting.pop()
                if not _resting:
                    gc.enable()
