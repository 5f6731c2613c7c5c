"""Owns which stage of a simulated case asks whom: the next turn, by the stage it stands in.

Pure.
"""

from __future__ import annotations

from collections.abc import Callable

from wangge.project.simulation import closing_turns, desk_turns, unit_turns
from wangge.project.simulation.scene import Scene, Turn

_BY_STAGE: dict[str, Callable[[Scene], Turn | None]] = {
    "self_handled": desk_turns.self_handled,
    "reported": desk_turns.reported,
    "verifying": desk_turns.verifying,
    "accepted": desk_turns.accepted,
    "filed": desk_turns.filed,
    "outside": desk_turns.outside,
    "returned": desk_turns.returned,
    "awaiting_ruling": desk_turns.awaiting_ruling,
    "awaiting_children": desk_turns.awaiting_children,
    "handling": unit_turns.handling,
    "feedback": desk_turns.feedback,
    "awaiting_inspection": desk_turns.awaiting_inspection,
    "inspecting": desk_turns.inspecting,
    "awaiting_close": desk_turns.awaiting_close,
    "closed": closing_turns.closed,
}


def next_turn(scene: Scene) -> Turn | None:
    """What comes next, or None."""
    if scene.queued:
        return scene.queued.pop(0)
    after = _BY_STAGE.get(scene.state.stage)
    return None if after is None else after(scene)
