"""Notices that a city's own tables or calendars changed under a running process, so that they hold without a restart.

The files of the overlay are looked at every few seconds. A change counts once it stood still between two looks (a
file may be half written) and is free of faults; until then everything goes on with what was read before. The number of
changes seen is part of the key of whatever is kept from the tables.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from wangge.groundwork import clock
from wangge.standards.calendars import check_calendars
from wangge.standards.library import renew_tables

log = logging.getLogger(__name__)
LOOK_EVERY_SECONDS = 2.0

Files = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class _Watch:
    """One overlay: its files as they hold, as they were at the last look, as they were refused."""

    holds: Files
    last: Files
    looked_at_seconds: float
    refused: Files | None = None
    version: int = 0


_watches: dict[Path, _Watch] = {}
_lock = threading.Lock()


def version(overlay: Path | None) -> int:
    """How often the overlay's files have changed, for good, since this process first asked."""
    if overlay is None:
        return 0
    watch = _watches.get(overlay)
    now = clock.monotonic()
    if watch is not None and now - watch.looked_at_seconds < LOOK_EVERY_SECONDS:
        return watch.version
    with _lock:
        watch = _watches.get(overlay)
        if watch is None:
            files = _files(overlay)
            watch = _watches[overlay] = _Watch(files, files, now)
        elif now - watch.looked_at_seconds >= LOOK_EVERY_SECONDS:
            watch.looked_at_seconds = now
            _look(overlay, watch)
        return watch.version


def _look(overlay: Path, watch: _Watch) -> None:
    files, before = _files(overlay), watch.last
    watch.last = files
    if files != before or files in (watch.holds, watch.refused):
        return
    faults = check_calendars(overlay) or renew_tables(overlay)
    if faults:
        watch.refused = files
        for fault in faults:
            log.error("the city's changed tables are not taken over: %s", fault.text())
        return
    watch.holds, watch.refused = files, None
    watch.version += 1
    log.info("the city's changed tables hold from now on: %s", overlay)


def _files(overlay: Path) -> Files:
    """Name, time of change and size of every table, in order."""
    found = []
    for path in sorted((*overlay.glob("*.csv"), *(overlay / "calendars").glob("*.csv"))):
        try:
            known = path.stat()
        except OSError:  # gone since it was listed
            continue
        found.append((str(path), known.st_mtime_ns, known.st_size))
    return tuple(found)
