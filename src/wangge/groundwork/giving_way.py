"""Lets long work of the technical office give way to the people whom the same machine serves."""

from __future__ import annotations

import atexit
import os
from contextlib import suppress
from pathlib import Path

GIVES_WAY = 10
_SESSION = Path("/proc/self/autogroup")


def give_way() -> None:
    """From now on this process and what it starts compute only where nobody else wants to, or nearly so."""
    os.nice(max(0, GIVES_WAY - os.nice(0)))
    _session_gives_way()


def _session_gives_way() -> None:
    """Linux may weigh whole sessions against each other, so that a rank counts within its session only (sched(7)).

    The session is lowered where this work is what it is for: begun by a timer, by cron, by a shell. A shell's is given
    back at the end. Where sessions are not weighed nothing is there to be written.
    """
    leader = os.getsid(0)
    if leader not in (os.getpid(), os.getppid()):
        return
    with suppress(OSError, ValueError):
        before = int(_SESSION.read_text().rpartition(" ")[2])
        if before < GIVES_WAY:
            _rank_session(GIVES_WAY)
            if leader != os.getpid():
                atexit.register(_rank_session, before)


def _rank_session(rank: int) -> None:
    """The kernel takes one change of a rank in a tenth of a second, from root more: what it does not take is let be."""
    with suppress(OSError):
        _SESSION.write_text(str(rank))
