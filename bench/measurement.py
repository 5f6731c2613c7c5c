"""One line of the benchmark's report."""

from __future__ import annotations

from typing import TypedDict


class Measurement(TypedDict):
    """A figure of ours, what it must reach (None: it is only told), and the machine's own in the same run (0: none)."""

    name: str
    value: float
    unit: str
    target: float | None
    ok: bool
    limit: float
    ratio_to_limit: float


def at_least(name: str, value: float, unit: str, target: float, limit: float = 0) -> Measurement:
    """A rate that must reach its target."""
    return _made(name, value, unit, target, value >= target, limit)


def at_most(name: str, value: float, unit: str, target: float, limit: float = 0) -> Measurement:
    """A time or size that must stay below its target."""
    return _made(name, value, unit, target, value <= target, limit)


def stated(name: str, value: float, unit: str, limit: float = 0) -> Measurement:
    """A figure that is told beside others and has nothing to reach."""
    return _made(name, value, unit, None, True, limit)


def _made(name: str, value: float, unit: str, target: float | None, ok: bool, limit: float) -> Measurement:
    ratio = round(value / limit, 3) if limit else 0.0
    return Measurement(
        name=name, value=round(value, 1), unit=unit, target=target, ok=ok, limit=round(limit, 1), ratio_to_limit=ratio
    )
