"""Owns the question which coordinate system a file is in: its own word, the person's, and what the ground says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wangge.domains.geography.logic import systems
from wangge.domains.geography.logic.measures import Figures
from wangge.domains.geography.logic.reports import FileFinding, FileProblem, ImportReport
from wangge.domains.geography.logic.systems import System
from wangge.domains.geography.queries import stored_city_epsg


@dataclass(frozen=True, slots=True)
class Reading:
    """How the person wants the file read."""

    system: str = ""
    """One of the platform's words or a definition; empty: as the file says."""
    swap_axes: bool = False
    repair: bool = False
    complete: bool = False
    accept_offset: bool = False
    without_bad: bool = False
    closed: bool = False
    """Whether ground that is covered must stay so."""


@dataclass(frozen=True, slots=True)
class KnownGround:
    """What the platform knows of where rows should lie."""

    known: Mapping[str, Any] = field(default_factory=dict)
    parents: Mapping[str, Any] = field(default_factory=dict)
    parent_of: Mapping[str, str] = field(default_factory=dict)


def in_known_system(
    figures: Figures, codes: Sequence[str], *, ground: KnownGround, reading: Reading, stated: str, report: ImportReport
) -> Figures | None:
    """The figures in WGS-84; None when the system is not certain, with the reason in the report."""
    if not len(figures):
        report.problems.append(FileFinding(FileProblem.NO_ROWS))
        return None
    given = reading.system or stated
    if given and not systems.is_known(given):
        report.problems.append(FileFinding(FileProblem.UNKNOWN_SYSTEM, values={"given": given}))
        return None
    epsg = stored_city_epsg()
    system = System(systems.system_named(given), reading.swap_axes)
    report.system = system.word
    if given and not systems.is_same_datum(given):
        report.problems.append(
            FileFinding(FileProblem.OTHER_DATUM, reading.system == "", values={"given": system.word})
        )
    report.problems += _system_findings(figures, codes, ground, system, epsg, reading)
    if any(problem.refuses for problem in report.problems):
        return None
    return systems.in_degrees(figures, system=system, city_epsg=epsg)


def _system_findings(
    figures: Figures, codes: Sequence[str], ground: KnownGround, system: System, epsg: int, reading: Reading
) -> list[FileFinding]:
    """What the known ground says to the system the file is read in."""
    own, better = systems.fitting_system(
        figures,
        list(codes),
        stated=system,
        city_epsg=epsg,
        known=ground.known,
        parents=ground.parents,
        parent_of=ground.parent_of,
    )
    if not system.name:
        offered = better.system if better else System("")
        return [FileFinding(FileProblem.NO_SYSTEM, system=offered.name, swapped=offered.swapped)]
    if better is not None and own is not None:
        if better.system == System(system.name, not system.swapped):
            return [FileFinding(FileProblem.SWAPPED_AXES, system=system.name, swapped=not system.swapped)]
        values = {"given": system.word, "metres": _metres(own.off_by_m)}
        return [FileFinding(FileProblem.WRONG_SYSTEM, True, values, better.system.name, better.system.swapped)]
    if own is not None and own.off_by_m > systems.OFF_BY_M and own.uniform:
        return [FileFinding(FileProblem.OFFSET, not reading.accept_offset, {"metres": _metres(own.off_by_m)})]
    if own is None:
        swapped = systems.plausible_without_ground(figures, stated=system, city_epsg=epsg)
        if swapped is not None:
            return [FileFinding(FileProblem.SWAPPED_AXES, system=swapped.name, swapped=swapped.swapped)]
    return []


def _metres(value: float) -> str:
    return f"{value:,.0f}" if np.isfinite(value) else "∞"
