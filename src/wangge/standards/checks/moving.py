"""Checks of the table of moves: stages, posts, clocks, guards with their reasons, entries, dead ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from wangge.standards.findings import Finding, gettext_noop
from wangge.standards.tables import Move, Origin, Tables

CLOCK_OPERATIONS = frozenset(
    {"start", "stop", "pause", "resume", "cancel", "reset", "extend", "rework"}
    | {"resume_or_restart", "pause_if_listed", "resume_if_paused"}
)
HANDLING_CLOCK = frozenset({"idle", "paused", "running or paused", "stopped"})
# who is told besides posts: the person named as handler
_ALSO_TOLD = frozenset({"handler"})


def unknown(at: Origin, column: str, word: str) -> Finding:
    """A word that no other table defines."""
    return Finding(
        at,
        gettext_noop("“%(column)s”列中的“%(word)s”没有定义。"),
        gettext_noop("请改正写法，或先在相应的表中加上它。"),
        {"column": column, "word": word},
    )


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z_]+", text))


def moves_use_known_words(t: Tables) -> Iterator[Finding]:
    stages = {stage.stage for stage in t.stages}
    posts = {post.post for post in t.posts}
    clocks = clock_names(t)
    for move in t.moves:
        for column, used, known in (
            ("from_stage", (move.from_stage,), stages),
            ("to_stage", (move.to_stage,), stages),
            ("post", move.posts, posts),
            ("message_to", move.message_to, posts | _ALSO_TOLD),
            ("clock_ops", tuple(clock for _, clock in move.clock_ops), clocks),
            ("clock_ops", tuple(operation for operation, _ in move.clock_ops), CLOCK_OPERATIONS),
            ("kind", (move.kind,), {"entry", "move", "overlay"}),
        ):
            for word in used:
                if word not in known:
                    yield unknown(move.at, column, word)
        for arg in move.args:
            if not re.fullmatch(r"[a-z_]+\??", arg):
                yield unknown(move.at, "args", arg)
        if not move.posts:
            yield unknown(move.at, "post", "")


def clock_names(t: Tables) -> set[str]:
    """Every clock a case can have: those of the stages, the unit's own, the district's inner one, and all."""
    return {limit.stage_clock for limit in t.stage_limits} | {"handling", "inner", "all"}


def moves_are_of_their_kind(t: Tables) -> Iterator[Finding]:
    counted = Counter(move.move_id for move in t.moves)
    names: dict[str, Move] = {}
    for move in t.moves:
        stays = move.from_stage == move.to_stage
        if (move.kind == "overlay") != stays or (move.kind == "entry") != (move.from_stage == "new"):
            yield Finding(
                move.at,
                gettext_noop("类型“%(kind)s”与环节 %(a)s → %(b)s 不符。"),
                gettext_noop("环节不变的是 overlay，从 new 开始的是 entry，其余是 move。"),
                {"kind": move.kind, "a": move.from_stage, "b": move.to_stage},
            )
        if counted[move.move_id] > 1:
            yield Finding(
                move.at,
                gettext_noop("编号“%(id)s”重复。"),
                gettext_noop("每一行用自己的 move_id。"),
                {"id": move.move_id},
            )
        named_so = names.setdefault(move.verb, move)
        if named_so.verb_zh.split("(")[0] != move.verb_zh.split("(")[0]:
            yield Finding(
                move.at,
                gettext_noop("同一动作“%(verb)s”有两个名称：%(a)s、%(b)s。"),
                gettext_noop("同一动作在各环节用同一名称。"),
                {"verb": move.verb, "a": named_so.verb_zh, "b": move.verb_zh},
            )


def guards_have_reasons(t: Tables) -> Iterator[Finding]:
    when = {refusal.reason: words(refusal.when) for refusal in t.refusals}
    explained = set().union(*when.values())
    used = {guard for move in t.moves for guard in move.guards}
    for move in t.moves:
        for guard in move.guards:
            if guard not in explained:
                yield Finding(
                    move.at,
                    gettext_noop("条件“%(guard)s”没有对应的拒绝理由。"),
                    gettext_noop("请在 refusals.csv 某一行的 when 列写上它。"),
                    {"guard": guard},
                )
    for refusal in t.refusals:
        if refusal.check_order not in range(1, 6):
            yield Finding(
                refusal.at,
                gettext_noop("检查顺序只能是 1 至 5。"),
                gettext_noop("请改 check_order。"),
            )
        if refusal.check_order == 3 and not when[refusal.reason] & used:
            yield Finding(
                refusal.at,
                gettext_noop("拒绝理由“%(reason)s”没有任何条件会用到。"),
                gettext_noop("请在 when 列写上 moves.csv 中的条件，或删去这一行。"),
                {"reason": refusal.reason},
            )


def posts_are_narrowed_by_known_things(t: Tables) -> Iterator[Finding]:
    settings = {setting.key for setting in t.settings}
    ladders = {rung.ladder for rung in t.ladders}
    requests = {tier.request for tier in t.approval_tiers}
    for move in t.moves:
        for word in move.post_by:
            kind, _, value = word.partition(":")
            sound = (
                (kind == "automation" and not value and "system" in move.posts)
                or (kind == "setting" and value in settings)
                or (kind == "ladder" and value in ladders)
                or (kind == "tier" and value in requests | {"endorse"})
            )
            if not sound:
                yield unknown(move.at, "post_by", word)
        by_rule = "rule?" in move.args
        if by_rule != ("rule_allows" in move.guards) or (
            by_rule and "system" in move.posts and "automation" not in move.post_by
        ):
            yield Finding(
                move.at,
                gettext_noop("自动动作须同时写 rule?、rule_allows 和 automation。"),
                gettext_noop("args 加 rule?，guards 加 rule_allows，post_by 加 automation；或都不写。"),
            )


def stages_are_sound(t: Tables) -> Iterator[Finding]:
    posts = {post.post for post in t.posts}
    clocks = clock_names(t) | {""}
    for stage in t.stages:
        if stage.work_list_post and stage.work_list_post not in posts:
            yield unknown(stage.at, "work_list_post", stage.work_list_post)
        if stage.stage_clock not in clocks:
            yield unknown(stage.at, "stage_clock", stage.stage_clock)
        if stage.handling_clock not in HANDLING_CLOCK:
            yield unknown(stage.at, "handling_clock", stage.handling_clock)
        if stage.open311_status not in ("", "open", "closed"):
            yield unknown(stage.at, "open311_status", stage.open311_status)
        if not stage.is_ending and stage.stage != "new" and not stage.work_list_post:
            yield Finding(
                stage.at,
                gettext_noop("环节“%(stage)s”不在任何岗位的待办中。"),
                gettext_noop("请填 work_list_post。"),
                {"stage": stage.stage_zh},
            )
    for limit in t.stage_limits:
        if limit.post not in posts:
            yield unknown(limit.at, "post", limit.post)


def stages_hang_together(t: Tables) -> Iterator[Finding]:
    """Every stage can be reached from a report, and from every stage an ending one can."""
    steps = [(move.from_stage, move.to_stage) for move in t.moves]
    reached = _closure({"new"}, steps)
    ending = {stage.stage for stage in t.stages if stage.is_ending}
    leading_out = _closure(ending, [(b, a) for a, b in steps])
    for stage in t.stages:
        if stage.stage not in reached or stage.stage not in leading_out:
            yield Finding(
                stage.at,
                gettext_noop("环节“%(stage)s”无法到达，或到了就出不去。"),
                gettext_noop("请在 moves.csv 中补上进出该环节的行。"),
                {"stage": stage.stage_zh},
            )


def _closure(start: set[str], steps: list[tuple[str, str]]) -> set[str]:
    reached: set[str] = set()
    waiting = set(start)
    while waiting:
        reached |= waiting
        waiting = {b for a, b in steps if a in waiting} - reached
    return reached


def entries_open_cases(t: Tables) -> Iterator[Finding]:
    row = {(move.verb, move.from_stage) for move in t.moves}
    for entry in t.entries:
        for verb in filter(None, (entry.entry, entry.stated_entry)):
            if (verb, "new") not in row:
                yield unknown(entry.at, "entry", verb)
        if entry.reporter_kind not in ("collector", "citizen", "none"):
            yield unknown(entry.at, "reporter_kind", entry.reporter_kind)
        if (entry.stated_entry == "report_self_handled") != entry.self_handled or (
            entry.entry == "report_self_handled"
        ):
            yield Finding(
                entry.at,
                gettext_noop("自行处置只能在上报时写明。"),
                gettext_noop("self_handled=yes 时 stated_entry 写 report_self_handled，entry 不写它。"),
            )


def every_open_stage_can_be_supervised(t: Tables) -> Iterator[Finding]:
    row = {(move.verb, move.from_stage) for move in t.moves}
    for stage in t.stages:
        for verb in ("supervise", "reply_supervision", "lift_supervision"):
            if not stage.is_ending and stage.stage != "new" and (verb, stage.stage) not in row:
                yield Finding(
                    stage.at,
                    gettext_noop("环节“%(stage)s”缺少动作“%(verb)s”。"),
                    gettext_noop("每个在办环节都要能督办、回复、解除，请在 moves.csv 中补上。"),
                    {"stage": stage.stage_zh, "verb": verb},
                )


def posts_list_their_verbs(t: Tables) -> Iterator[Finding]:
    """posts.csv prints what moves.csv and stages.csv give; a city's overlay rows need not be copied there."""
    for post in t.posts:
        may = {move.verb for move in t.moves if post.post in move.posts}
        must = {move.verb for move in t.moves if post.post in move.posts and not move.at.overlay}
        waiting = {stage.stage for stage in t.stages if stage.work_list_post == post.post}
        overlaid = {key[0] for table, key in t.replaced if table == "moves"}
        wrong = (must - set(post.verbs)) | (set(post.verbs) - may - overlaid)
        wrong |= waiting ^ set(post.work_list_stages)
        if wrong and not post.at.overlay:
            yield Finding(
                post.at,
                gettext_noop("岗位“%(post)s”的动作或待办与 moves.csv、stages.csv 不符：%(words)s。"),
                gettext_noop("请改 verbs 或 work_list_stages。"),
                {"post": post.post_zh, "words": " ".join(sorted(wrong))},
            )


MOVING_CHECKS = (
    moves_use_known_words,
    moves_are_of_their_kind,
    guards_have_reasons,
    posts_are_narrowed_by_known_things,
    stages_are_sound,
    stages_hang_together,
    entries_open_cases,
    every_open_stage_can_be_supervised,
    posts_list_their_verbs,
)
