"""Service levels: minutes out of service of each line and month beside what its contract allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LineMonth:
    """One line in one month with faults; ``allowed`` None: the contract names no limit."""

    month: str
    line: str
    name: str
    contract: str
    minutes: int
    allowed: int | None

    @property
    def beyond(self) -> int:
        """Minutes beyond what is allowed; nothing where nothing is agreed."""
        return 0 if self.allowed is None else max(0, self.minutes - self.allowed)


def line_months(contracts: Mapping[str, Data], lines: Mapping[str, Data], faults: Iterable[Data]) -> list[LineMonth]:
    """Every line and month that has faults, newest month first; records by their keys."""
    minutes: dict[tuple[str, str], int] = defaultdict(int)
    for fault in faults:
        minutes[str(fault["began_on"])[:7], str(fault["line"])] += int(fault["minutes"])
    found = []
    for (month, key), sum_of in minutes.items():
        line = lines.get(key, {})
        contract = str(line.get("contract", ""))
        allowed = contracts.get(contract, {}).get("sla_minutes")
        told = None if allowed is None else int(allowed)
        found.append(LineMonth(month, key, str(line.get("line", key)), contract, sum_of, told))
    return sorted(found, key=lambda each: (each.month, each.beyond, each.line), reverse=True)
