"""The page objects of a shift's handover: how things stand, what is written down, who signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.elements.pieces import Figure
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """One handover; ``sign`` is the form of whoever may take it over."""

    number: int
    shift: str
    written_at: datetime
    written_by: str
    standing: tuple[tuple[str, int], ...]
    promised: str
    unusual: str
    signed_at: datetime | None
    signed_by: str
    remark: str
    sign: Form | None


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """How things stand now, the form of who goes, and the handovers before."""

    shell: Shell
    heading: str
    standing: tuple[Figure, ...]
    form: Form
    handovers: tuple[HandoverRow, ...]
    next_url: str
