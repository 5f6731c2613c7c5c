"""Checks of who decides: approval tiers, rules of the system, composite acts, ladders, settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from wangge.standards.checks.moving import unknown
from wangge.standards.city_settings import SCOPE, city_settings, is_allowed, scopes_of
from wangge.standards.conditions import parse_conditions
from wangge.standards.findings import Finding, gettext_noop
from wangge.standards.tables import Automation, Composite, Move, Origin, Tables, Tier

_YES_NO = r"yes|no"
_NUMBER = r"\d+"
_TIER_CONDITIONS = {
    "kind": r"[a-z_]+",
    "count": _NUMBER,
    "minutes": _NUMBER,
    "days": _NUMBER,
    "stage": r"[a-z_]+",
}
_RULE_CONDITIONS = {
    "evidence": r"[a-z_]+",
    "assignee": "on_duty",
    "hours": r"(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)",
    "complaint": _YES_NO,
    "urgent": _YES_NO,
    "rework": _NUMBER,
    "on_time": _YES_NO,
    "closed_for": r"[1-9]\d* [a-z_]+",
    # place, time and content of the photos agree with the report
    "plausible": _YES_NO,
}
_ACT_CONDITIONS = {"source": r"[a-z_]+", "urgent": _YES_NO, "complaint": _YES_NO, "evidence": r"[a-z_]+"}


def conditions_can_be_read(t: Tables) -> Iterator[Finding]:
    for tier in t.approval_tiers:
        yield from _conditions(t, tier.at, tier.condition, _TIER_CONDITIONS)
    for rule in t.automations:
        yield from _conditions(t, rule.at, rule.condition, _RULE_CONDITIONS)
    for act in t.composites:
        yield from _conditions(t, act.at, act.condition, _ACT_CONDITIONS)


def _conditions(t: Tables, at: Origin, text: str, known: dict[str, str]) -> Iterator[Finding]:
    try:
        conditions = parse_conditions(text)
    except ValueError as error:
        yield _condition(at, str(error), known)
        return
    tables_of = {
        "source": {entry.source for entry in t.entries},
        "stage": {stage.stage for stage in t.stages},
        "evidence": {piece for move in t.moves for piece in move.evidence},
        "closed_for": {unit.unit for unit in t.time_units},
    }
    for c in conditions:
        value = c.value.split()[-1]
        if c.name not in known or not re.fullmatch(known[c.name], c.value):
            yield _condition(at, f"{c.name}{c.operator}{c.value}", known)
        elif c.name in tables_of and value not in tables_of[c.name]:
            yield unknown(at, "condition", value)


def _condition(at: Origin, part: str, known: dict[str, str]) -> Finding:
    return Finding(
        at,
        gettext_noop("无法理解条件“%(part)s”。"),
        gettext_noop("条件写作 名称=值，用“ & ”连接；可用的名称：%(known)s。"),
        {"part": part, "known": " ".join(sorted(known))},
    )


def _allowed(t: Tables, key: str) -> list[str]:
    return next((setting.allowed.split("; ") for setting in t.settings if setting.key == key), [])


def requests_of(t: Tables) -> set[str]:
    """The kinds of request that tiers decide on: all ``request_…`` verbs but the ruling."""
    prefix = "request_"
    return {m.verb.removeprefix(prefix) for m in t.moves if m.verb.startswith(prefix)} - {"ruling"}


def tiers_cover_every_request(t: Tables) -> Iterator[Finding]:
    table = Origin("approval_tiers.csv", 1)
    requests = requests_of(t)
    for tier in t.approval_tiers:
        if tier.request not in requests:
            yield unknown(tier.at, "request", tier.request)
        if tier.set not in _allowed(t, "approval_tiers"):
            yield unknown(tier.at, "set", tier.set)
    for name in _allowed(t, "approval_tiers"):
        for request in sorted(requests):
            rows = sorted(
                (tier for tier in t.approval_tiers if (tier.set, tier.request) == (name, request)),
                key=lambda tier: tier.seq,
            )
            numbered = [tier.seq for tier in rows] == list(range(1, len(rows) + 1))
            covered = bool(rows) and not rows[-1].condition and all(tier.condition for tier in rows[:-1])
            if not (numbered and covered):
                yield Finding(
                    rows[-1].at if rows else table,
                    gettext_noop("“%(set)s”中对“%(request)s”的分级审批没有覆盖全部情形。"),
                    gettext_noop("seq 从 1 起连续，只有最后一行的条件为空。"),
                    {"set": name, "request": request},
                )
            for tier in rows:
                yield from _tier_is_sound(t, tier)


def _tier_is_sound(t: Tables, tier: Tier) -> Iterator[Finding]:
    deciding = [m for m in t.moves if decides(m, tier.request)]
    sound = all(
        tier.deciding_post in move.posts and f"tier:{tier.request}" in move.post_by and "not_requester" in move.guards
        for move in deciding
    )
    if not sound or not deciding:
        yield Finding(
            tier.at,
            gettext_noop("岗位“%(post)s”不能决定“%(request)s”。"),
            gettext_noop("moves.csv 的批准与驳回行须含该岗位、tier:%(request)s 和 not_requester。"),
            {"post": tier.deciding_post, "request": tier.request},
        )
    may_sign = {post for move in t.moves if move.verb == "endorse_request" for post in move.posts}
    for post in tier.endorsers:
        if post not in may_sign or post == tier.deciding_post or tier.endorsers.count(post) > 1:
            yield unknown(tier.at, "endorsers", post)
    if tier.request == "void" and not tier.second_person:
        yield Finding(
            tier.at,
            gettext_noop("作废必须由第二人决定。"),
            gettext_noop("second_person 写 yes。"),
        )


def decides(move: Move, request: str) -> bool:
    """Whether a row approves or refuses requests of this kind."""
    return move.verb in (f"approve_{request}", f"refuse_{request}") or (request == "reopen" and move.verb == "reopen")


def rules_stand_on_moves(t: Tables) -> Iterator[Finding]:
    rows = {(move.verb, move.from_stage): move for move in t.moves}
    for rule in t.automations:
        move = rows.get((rule.verb, rule.stage))
        if move is None or "system" not in move.posts or "automation" not in move.post_by:
            yield Finding(
                rule.at,
                gettext_noop("自动规则“%(name)s”的动作“%(verb)s”在环节“%(stage)s”不向系统开放。"),
                gettext_noop("moves.csv 中该行的 post 须含 system，post_by 须含 automation。"),
                {"name": rule.name, "verb": rule.verb, "stage": rule.stage},
            )
        yield from _share(t, rule)
    for act in t.composites:
        yield from _share(t, act)
        yield from _act_is_sound(t, act)


def _share(t: Tables, row: Automation | Composite) -> Iterator[Finding]:
    if row.set not in _allowed(t, "automation"):
        yield unknown(row.at, "set", row.set)
    drawn = row.second_look_percent
    if drawn > 100 or (row.second_look in ("before", "after")) != (drawn != 0):
        yield Finding(
            row.at,
            gettext_noop("抽查比例与抽查方式不符。"),
            gettext_noop("比例 0 至 100；大于 0 时 second_look 写 before 或 after，为 0 时留空。"),
        )


def _act_is_sound(t: Tables, act: Composite) -> Iterator[Finding]:
    stage = ""
    for verb in act.steps:
        move = next((m for m in t.moves if m.verb == verb and stage in ("", m.from_stage)), None)
        if move is None or act.post not in move.posts or "act?" not in move.args:
            yield Finding(
                act.at,
                gettext_noop("组合动作“%(act)s”的步骤“%(verb)s”接不上。"),
                gettext_noop("各步须首尾相接，岗位含“%(post)s”，args 含 act?。"),
                {"act": act.act, "verb": verb, "post": act.post},
            )
            return
        stage = move.to_stage


def ladders_have_three_rungs(t: Tables) -> Iterator[Finding]:
    units = {unit.unit for unit in t.time_units}
    verbs = {"urge": "urge", "supervision": "supervise"}
    for ladder, verb in verbs.items():
        rungs = [rung for rung in t.ladders if rung.ladder == ladder]
        may = {post for move in t.moves if move.verb == verb for post in move.posts}
        if [rung.level for rung in rungs] != ["1", "2", "3"]:
            yield Finding(
                rungs[0].at if rungs else Origin("ladders.csv", 1),
                gettext_noop("“%(ladder)s”须有 1、2、3 三级。"),
                gettext_noop("请在 ladders.csv 中按顺序补齐。"),
                {"ladder": ladder},
            )
        for rung in rungs:
            for post in set(rung.from_posts) - may:
                yield unknown(rung.at, "from_post", post)
    for rung in t.ladders:
        if rung.ladder not in verbs:
            yield unknown(rung.at, "ladder", rung.ladder)
        if not re.fullmatch(r"[1-9]\d* [a-z_]+", rung.answer_within) or (rung.answer_within.split()[1] not in units):
            yield unknown(rung.at, "answer_within", rung.answer_within)


def settings_have_allowed_values(t: Tables) -> Iterator[Finding]:
    defaults = {setting.key: setting.default for setting in t.settings}
    for key in _NEEDED_SETTINGS - set(defaults):
        yield unknown(Origin("settings.csv", 1), "key", key)
    for setting in t.settings:
        forms = setting.allowed.split("; ")
        if (
            all(re.fullmatch(r"[a-z_0-9]+", form) for form in forms)
            and len(forms) > 1
            and (setting.default not in forms)
        ):
            yield _value_not_allowed(setting.at, setting.key, setting.default, setting.allowed)
    for row in t.setting_values:
        if row.key not in defaults:
            yield unknown(row.at, "key", row.key)
        elif SCOPE.fullmatch(row.scope) is None:
            yield Finding(
                row.at,
                gettext_noop("无法理解适用范围“%(scope)s”。"),
                gettext_noop("写 city、district:代码、department:代码 或 shift:名称。"),
                {"scope": row.scope},
            )
        else:
            yield from _value_is_allowed(t, row.at, row.key, row.value, row.scope)


_NEEDED_SETTINGS = {
    "automation",
    "approval_tiers",
    "rating_grades",
    "rating_satisfied",
    "shifts",
    "label_late",
}


def _value_is_allowed(t: Tables, at: Origin, key: str, value: str, scope: str) -> Iterator[Finding]:
    """The value must fit on every day it holds: lists of grades and shifts may change meanwhile."""
    days = {at.valid_from or date.min}
    days |= {row.at.valid_from for row in t.setting_values if row.at.valid_from and at.holds_on(row.at.valid_from)}
    for day in sorted(days):
        beside = city_settings(t, on=day, scopes=("city", scope))
        if not is_allowed(t, key, value, beside):
            allowed = next(setting.allowed for setting in t.settings if setting.key == key)
            yield _value_not_allowed(at, key, value, allowed)
            return


def _value_not_allowed(at: Origin, key: str, value: str, allowed: str) -> Finding:
    return Finding(
        at,
        gettext_noop("设置“%(key)s”不能取值“%(value)s”。"),
        gettext_noop("允许的值：%(allowed)s。"),
        {"key": key, "value": value, "allowed": allowed},
    )


def satisfied_grades_are_grades(t: Tables) -> Iterator[Finding]:
    """Whoever changes the grades must change those that count as satisfied, on each day and in each scope."""
    days = {row.at.valid_from or date.min for row in t.setting_values} | {date.min}
    for scope in scopes_of(t.setting_values):
        for day in sorted(days):
            values = city_settings(t, on=day, scopes=("city", scope))
            value = values.get("rating_satisfied", "")
            if set(value.split()) <= set(values.get("rating_grades", "").split()):
                continue
            changed = [row.at for row in t.setting_values if row.key in ("rating_grades", "rating_satisfied")]
            yield _value_not_allowed(
                changed[-1] if changed else Origin("settings.csv", 1),
                "rating_satisfied",
                value,
                "part of rating_grades",
            )
            return


DECIDING_CHECKS = (
    conditions_can_be_read,
    tiers_cover_every_request,
    rules_stand_on_moves,
    ladders_have_three_rungs,
    settings_have_allowed_values,
    satisfied_grades_are_grades,
)
