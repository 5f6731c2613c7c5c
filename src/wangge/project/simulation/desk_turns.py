"""Owns what the centre's desks do next with a simulated case, until a unit has it.

Pure. One function per stage; each answers the next turn, or None when nothing more will come.
"""

from __future__ import annotations

from wangge.project.simulation.scene import DAY, MINUTE, NO_ARGS, SITE, SYSTEM, Scene, Turn


def entry_turn(scene: Scene) -> Turn:
    """The report itself."""
    story = scene.story
    if story.self_handled:
        args = {"source": story.source, "category": story.category}
        evidence = ("photo_before", "photo_after", "location")
        return Turn("report_self_handled", "collector", scene.collector(), story.at, args, evidence)
    verb = scene.rules.entries[story.source].entry
    if verb == "receive_report":
        args = {"source": story.source, "external_no": f"S{story.at}{int(scene.chance.random() * 1e6):06d}"}
        return Turn(verb, SYSTEM, SYSTEM, story.at, args, ("location", "description"))
    args = {"source": story.source, "category": story.category}
    if verb == "register_report":
        return Turn(verb, "acceptor", scene.desk("acceptor"), story.at, args, ("location", "description"))
    return Turn(verb, "collector", scene.collector(), story.at, args, ("photo_before", "location"))


def self_handled(scene: Scene) -> Turn:
    at, by = scene.later(5, 705), scene.desk("acceptor")
    if scene.story.fate == "reject":
        return Turn("reject_self_handled", "acceptor", by, at, {"reason": "现场未真正解决"})
    if scene.story.fate == "decline":
        return Turn("decline_self_handled", "acceptor", by, at, {"reason": "重复上报"})
    return Turn("confirm_self_handled", "acceptor", by, at)


def reported(scene: Scene) -> Turn:
    story, state, at = scene.story, scene.state, scene.soon()
    by = scene.desk("acceptor")
    if scene.rules.entries[story.source].needs_verification and state.verification != "true":
        if state.verification == "false":
            return Turn("decline_report", "acceptor", by, at, {"reason": "核实不属实"})
        return Turn("send_verification", "acceptor", by, at, {"assignee": scene.collector()})
    if story.fate == "decline":
        return Turn("decline_report", "acceptor", by, at, {"reason": "不属于城市管理范围"})
    if story.fate.startswith("merge:"):
        return Turn("merge", "acceptor", by, at, {"lead_case": story.fate[6:]})
    return _accept(scene, by, at)


def _accept(scene: Scene, by: str, at: int) -> Turn:
    """Accepting; where the city has the composite act for this case, filing and dispatching with it."""
    story, rules = scene.story, scene.rules
    act = rules.composites.get("desk_act")
    limit = rules.limits[story.category, story.condition]
    ordinary = story.source == "collector" and not limit.unit.startswith("urgent")
    if act is None or not ordinary or story.fate in ("outside", "split") or story.stop_at in ("accepted", "filed"):
        return Turn("accept", "acceptor", by, at, {"category": story.category})
    args = {
        "category": story.category,
        "condition_seq": str(story.condition),
        "department": scene.cast.competent_unit(story.category, story.place),
        "act": "desk_act",
    }
    first, *later = (Turn(verb, act.post, by, at, args) for verb in act.steps)
    scene.queued.extend(later)
    return first


def verifying(scene: Scene) -> Turn:
    false = scene.happens("verification_false") and not scene.story.stop_at
    args = {"result": "false" if false else "true"}
    return Turn("reply_verification", "verifier", scene.state.assignee, scene.later(8, 28), args, SITE)


def accepted(scene: Scene) -> Turn:
    story = scene.story
    if not story.stop_at and scene.once("back to the desk") and scene.happens("sent_back_to_desk"):
        by = scene.desk("duty_leader")
        return Turn("return_to_acceptor", "duty_leader", by, scene.soon(), {"reason": "类别有误，请核对"})
    post = scene.rules.settings["file_post"]
    args = {"category": story.category, "condition_seq": str(story.condition)}
    return Turn("file_case", post, scene.desk(post), scene.soon(), args)


def filed(scene: Scene) -> Turn:
    story, state, at = scene.story, scene.state, scene.soon()
    if state.outside == "done":
        by = scene.desk("duty_leader", state.filer)
        return Turn("close_outside", "duty_leader", by, at, NO_ARGS, SITE)
    by = scene.desk("dispatcher")
    if story.fate == "outside" and scene.once("outside"):
        return Turn("forward_outside", "dispatcher", by, at, {"body": "省公路局养护中心", "reason": "权属在外单位"})
    if story.fate == "split" and not state.parent:
        units = [scene.cast.competent_unit(story.category, story.place), _another_unit(scene)]
        return Turn("split", "dispatcher", by, at, {"departments": " ".join(units), "reason": "两家各管一段"})
    post = scene.rules.settings["dispatch_post"]
    args = {"department": scene.cast.competent_unit(story.category, story.place)}
    return Turn("dispatch", post, scene.desk(post), at, args)


def _another_unit(scene: Scene) -> str:
    """A unit that could be meant as well: a street office of the district, or another department."""
    streets = scene.cast.streets_of.get(scene.story.place.district or "", ())
    choice = [code for code in (*streets, *scene.cast.units) if code != scene.state.unit]
    own = scene.cast.competent_unit(scene.story.category, scene.story.place)
    return next(code for code in choice if code != own)


def outside(scene: Scene) -> Turn:
    at = scene.now + int((1 + scene.chance.random() * 5) * DAY)
    return Turn("outside_answered", "dispatcher", scene.desk("dispatcher"), at, {"result": "done"}, ("answer_letter",))


def returned(scene: Scene) -> Turn:
    args = {"department": _another_unit(scene)}
    return Turn("redispatch", "dispatcher", scene.desk("dispatcher"), scene.soon(), args)


def awaiting_ruling(scene: Scene) -> Turn:
    args = {"department": scene.state.unit, "reason": "会议协调明确"}
    return Turn("rule_department", "duty_leader", scene.desk("duty_leader"), scene.later(10, 55), args)


def awaiting_children(scene: Scene) -> Turn | None:
    """The parent hears of each child's end, and closes when all have ended."""
    if scene.children_end:
        at, child = scene.children_end.pop(0)
        return Turn("child_closed", SYSTEM, SYSTEM, max(at, scene.now), {"child": child})
    if len(scene.state.children_ended) < len(scene.state.children):
        return None
    return Turn("close_parent", "duty_leader", scene.desk("duty_leader", scene.state.filer), scene.soon())


def feedback(scene: Scene) -> Turn:
    return Turn("forward_result", "dispatcher", scene.desk("dispatcher"), scene.soon())


def awaiting_inspection(scene: Scene) -> Turn:
    return Turn("send_inspection", "acceptor", scene.desk("acceptor"), scene.soon(), {"assignee": scene.collector()})


def inspecting(scene: Scene) -> Turn:
    longest = 60 if scene.chance.random() < 0.04 else 20
    at = scene.now + int((7 + scene.chance.random() * longest) * MINUTE)
    by = scene.state.assignee
    if scene.story.fate == "rework" and scene.once("rework"):
        return Turn("fail_inspection", "verifier", by, at, {"reason": "仍有遗留，未达结案标准"}, SITE)
    return Turn("pass_inspection", "verifier", by, at, NO_ARGS, SITE)


def awaiting_close(scene: Scene) -> Turn:
    state = scene.state
    if not scene.story.stop_at and scene.once("inspected again") and scene.happens("inspected_again"):
        by = scene.desk("duty_leader", state.filer, *state.hands)
        return Turn("inspect_again", "duty_leader", by, scene.soon(), {"reason": "照片看不清，请重新核查"})
    post = scene.rules.settings["close_post"]
    return Turn("close_case", post, scene.desk(post, state.filer, *state.hands), scene.soon())
