"""Who sees a case, by the plainest reading of the table of sight, and of who once held it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.living_city.auditors import Kept
from tests.living_city.tables import rows_of

Post = tuple[str, str | None, str | None]
"""(post, unit, district) of somebody."""


def sees(case: Kept, key: str, posts: Iterable[Post]) -> bool:
    """Whether a person of this key with these posts may read the case as it stands."""
    held = list(posts)
    return any(_looks(case, key, post, row) for post in held for row in rows_of("sight") if row["post"] == post[0]) or (
        _once_held(case, key, held)
    )


def _looks(case: Kept, key: str, post: Post, row: Mapping[str, str]) -> bool:
    _name, unit, district = post
    if row["stages"] and case.stage not in row["stages"].split():
        return False
    inner = case.state.get("inner") or ["", ""]
    found = {
        "none": False,
        "own_reports": case.reporter == key,
        "own_task": bool(case.state.get("assignee")) and case.state["assignee"] == key,
        "own_unit": unit is not None and unit in (case.state.get("unit"), inner[1]),
        "desk": district in (None, case.district),
        "city": district in (None, case.district),
    }
    return found[row["scope"]]


def _once_held(case: Kept, key: str, posts: list[Post]) -> bool:
    """A task or the case itself, before the latest step: who holds it now is a matter of the windows."""
    tasks: list[str] = []
    units: list[str] = []
    for step in case.steps[:-1]:
        if step.verb in ("send_verification", "send_inspection"):
            tasks.append(step.args["assignee"])
        if step.verb in ("dispatch", "quick_dispatch", "redispatch", "rule_department", "district_dispatch"):
            units.append(step.args["department"])
    mine = {unit for post, unit, _district in posts if post in ("department", "district_dispatcher")}
    return key in tasks or bool(mine.intersection(units))
