"""Lets long work of the technical office give way to the people whom the same machine serves."""

from __future__ import annotations

import os

GIVES_WAY = 10


def give_way() -> None:
    """From now on this process and what it starts compute only where nobody else wants to, or nearly so."""
    os.nice(max(0, GIVES_WAY - os.nice(0)))
