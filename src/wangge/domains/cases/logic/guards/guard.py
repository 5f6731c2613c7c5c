"""What a guard is: a question to a case that answers the reason of a refusal, or None."""

from __future__ import annotations

from collections.abc import Callable

from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState

Guard = Callable[[Rulebook, CaseState, Attempt, Surroundings], str | None]


def refuse(refused: bool, reason: str) -> str | None:
    """The reason when it holds, else None: go on."""
    return reason if refused else None


def named(*guards: Guard) -> dict[str, Guard]:
    """The guards by the names the table of moves calls them."""
    return {guard.__name__: guard for guard in guards}
