"""The facts that figures are counted from: one row a step, its numbers here, what kind of step it was in ``what``.

Moments are civil minutes. 0 stands for *none* in every number, -1 for *none before* in the columns of what was before.
Codes (units, persons, classes) and places are numbers of a dictionary, so that millions of rows group fast. A row says
what was known when its step was written, so the rows recorded up to a moment are the city as it was known then. No row
holds a name, a word or a reporter.
"""

from __future__ import annotations

from typing import NamedTuple


class What(NamedTuple):
    """What kind of step it was: everything a definition may ask of a step that has few values."""

    verb: str
    from_stage: str
    to_stage: str
    post: str
    source: str
    complaint: str  # yes, no: by the source
    verified: str  # "", true, false: the field's latest answer after the step
    child: str  # yes, no: part of a divided case
    in_grid: str  # yes, no: lies in a responsibility grid
    from_ends: str  # yes, no: the stage before is an ending one, or there was none
    to_ends: str
    clock: str  # the stage clock that this step stopped, or empty
    clock_reading: str  # in_time, late: of that clock
    inner_reading: str  # in_time, late: of the clock inside a district
    reading: str  # in_time, late: this report of work done
    replaced: str  # in_time, late: the earlier report of work done of this cycle that this one replaces
    inner_replaced: str
    first: str  # in_time, late: the cycle's first report of work done
    on_time: str  # yes, no: how the case counted until this step (closings and granted appeals)
    units: str  # 1, 2+: units the cycle was sent to (closings and granted appeals)
    appeal: str  # kind of the appeal filed or judged
    answer: str  # of a call-back
    grade: str  # satisfied, other: of a citizen's grade
    filed_by_audit: str  # yes, no: whether a confirmed self-handled case counts as filed
    moved: str  # yes, no: the case came to another unit or class by this step
    done: str  # " dispatch file_case ": which verbs of ONCE_VERBS the cycle had before
    cycle: str  # 1, 2+


ONCE_VERBS = frozenset(
    {
        "file_case", "quick_dispatch", "dispatch", "order_rework", "fail_inspection", "approve_extension",
        "approve_suspension", "approve_postponement", "district_dispatch", "district_order_rework",
        "confirm_self_handled",
    }
)  # fmt: skip
"""The verbs that a definition may count once per case or cycle."""

WIDE = ("case",)
NUMBERS = (
    "case", "seq", "what", "at", "recorded", "reported", "place", "category", "unit", "inner", "collector", "seat",
    "component", "author", "former_unit",
    "unit_before", "category_before", "accepted", "filed", "handled", "reworked", "inspected", "closed", "due",
    "due_before", "due_after", "run_before", "run_after", "replaces",
)  # fmt: skip
"""The columns of a step, in order; all 32-bit numbers but ``case``."""

MOMENTS = frozenset(
    {
        "at", "reported", "accepted", "filed", "handled", "reworked", "inspected", "closed", "due", "due_before",
        "due_after", "run_before", "run_after", "replaces",
    }
)  # fmt: skip
PLACE = ("district", "street", "community", "grid")
"""The parts of a place."""
SEATS = frozenset({"acceptor", "duty_leader", "dispatcher"})
FIELD_STAGES = frozenset({"verifying", "inspecting"})
