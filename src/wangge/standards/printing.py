"""Printing of the effective table of moves: plain table, CSV, Mermaid diagram, and the pages under ``docs``.

Everything here is a pure function of the tables and the settings, so that a committed page can be compared
with what the tables give.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from wangge.standards.effective import EffectiveMove, effective_moves
from wangge.standards.tables import Tables, Tier
from wangge.standards.wording import label

_COLUMNS = (
    "move_id",
    "verb",
    "verb_zh",
    "kind",
    "from_stage",
    "to_stage",
    "posts",
    "args",
    "evidence",
    "guards",
    "clock_ops",
    "counters",
    "counters_if",
    "message_to",
    "rules",
    "acts",
    "tiers",
    "levels",
    "closed_by",
    "overlay",
    "clause_or_standard",
    "source",
    "confidence",
    "note",
)


def as_record(row: EffectiveMove) -> dict[str, str]:
    """One effective row as text by column; ``overlay`` is yes where the city's own row stands."""
    move = row.move
    return {
        "move_id": move.move_id,
        "verb": move.verb,
        "verb_zh": move.verb_zh,
        "kind": move.kind,
        "from_stage": move.from_stage,
        "to_stage": move.to_stage,
        "posts": ";".join(row.posts),
        "args": " ".join(move.args),
        "evidence": " ".join(move.evidence),
        "guards": " ".join(move.guards),
        "clock_ops": " ".join(f"{operation}:{clock}" for operation, clock in move.clock_ops),
        "counters": " ".join(move.counters),
        "counters_if": move.counters_if,
        "message_to": " ".join(move.message_to),
        "rules": " ".join(rule.name for rule in row.rules),
        "acts": " ".join(f"{act.act}:{act.post}" for act in row.acts),
        "tiers": "; ".join(_tier(tier) for tier in row.tiers),
        "levels": "; ".join(f"{rung.level}: {' '.join(rung.from_posts)}" for rung in row.rungs),
        "closed_by": row.closed_by,
        "overlay": "yes" if move.at.overlay else "",
        "clause_or_standard": move.clause_or_standard,
        "source": move.source,
        "confidence": move.confidence,
        "note": move.note,
    }


def _tier(tier: Tier) -> str:
    signing = "".join(f"{post} → " for post in tier.endorsers)
    return f"{tier.request} {tier.condition or '*'}: {signing}{tier.deciding_post}"


def moves_as_csv(rows: Iterable[EffectiveMove]) -> str:
    """The effective table as CSV with a header line."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(as_record(row) for row in rows)
    return text.getvalue()


def moves_as_table(tables: Tables, rows: Iterable[EffectiveMove]) -> str:
    """The effective table in aligned columns for a terminal: who may do what, from where to where."""
    lines = [("编号", "动作", "从", "到", "谁", "备注")]
    for row in rows:
        move = row.move
        lines.append(
            (
                move.move_id,
                f"{move.verb_zh} {move.verb}",
                label(tables, "stage", move.from_stage),
                "=" if move.kind == "overlay" else label(tables, "stage", move.to_stage),
                _posts(tables, row.posts),
                remarks(tables, row),
            )
        )
    widths = [max(_width(line[column]) for line in lines) for column in range(5)]
    return "".join(
        "  ".join(cell + " " * (widths[i] - _width(cell)) if i < 5 else cell for i, cell in enumerate(line)).rstrip()
        + "\n"
        for line in lines
    )


def _width(text: str) -> int:
    """Columns in a terminal: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _posts(tables: Tables, posts: Iterable[str]) -> str:
    return "、".join(label(tables, "post", post).split("(")[0] for post in dict.fromkeys(posts))


def remarks(tables: Tables, row: EffectiveMove) -> str:
    """What the city's settings and own rows mean for this move, in words."""
    said = []
    if row.closed_by:
        nobody = row.closed_by == "wrong_post"
        said.append("停用：" + ("没有岗位可办" if nobody else label(tables, "reason", row.closed_by)))
    said += [f"自动：{rule.name_zh}{_drawn(rule.second_look_percent)}" for rule in row.rules]
    said += [f"组合：{act.act_zh}（{_posts(tables, (act.post,))}）" for act in row.acts]
    if len({(tier.deciding_post, tier.endorsers) for tier in row.tiers}) > 1 or any(t.endorsers for t in row.tiers):
        said.append("分级：" + "；".join(_tier_zh(tables, tier) for tier in row.tiers))
    said += [f"{rung.level} 级：{_posts(tables, rung.from_posts)}" for rung in row.rungs]
    if row.move.at.overlay:
        said.append("本市自定")
    return "；".join(said)


def _drawn(percent: int) -> str:
    return f"（抽查 {percent}%）" if percent else ""


def _tier_zh(tables: Tables, tier: Tier) -> str:
    signing = "→".join(_posts(tables, (post,)) for post in (*tier.endorsers, tier.deciding_post))
    return f"{tier.condition or '其余'} {signing}"


def moves_as_mermaid(tables: Tables, rows: Iterable[EffectiveMove]) -> str:
    """A state diagram of the stages; moves between two stages share an arrow, overlays are left out."""
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        move = row.move
        if move.kind != "overlay" and row.is_open and move.verb_zh not in arrows[move.from_stage, move.to_stage]:
            arrows[move.from_stage, move.to_stage].append(move.verb_zh)
    used = {stage for pair, verbs in arrows.items() if verbs for stage in pair}
    lines = ["stateDiagram-v2"]
    lines += [
        f"    {stage.stage} : {stage.stage_zh}"
        for stage in tables.stages
        if stage.stage in used and stage.stage != "new"
    ]
    for (start, end), verbs in arrows.items():
        if verbs:
            lines.append(f"    {'[*]' if start == 'new' else start} --> {end} : {'、'.join(verbs)}")
    return "\n".join(lines) + "\n"


def _markdown_table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(header)
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return [*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)]


def lifecycle_page(tables: Tables, settings: Mapping[str, str]) -> str:
    """``docs/lifecycle.md``: stages, diagram and every move, from the tables."""
    rows = effective_moves(tables, settings)
    yes = {True: "是", False: ""}
    lines = [
        "# 案卷流转 / The life of a case",
        "",
        "本页由表格生成，请勿手改：`wangge moves --national --format markdown > docs/lifecycle.md`。",
        "可信度：A 两个独立来源或印发的官方数字；B 单一来源；C 自定或未经证实。",
        "",
        "## 环节 / Stages",
        "",
        *_markdown_table(
            ("环节", "stage", "阶段", "待办岗位", "环节时限", "处置时钟", "办结"),
            (
                (
                    stage.stage_zh,
                    f"`{stage.stage}`",
                    stage.phase_zh,
                    _posts(tables, filter(None, (stage.work_list_post,))),
                    _stage_limit(tables, stage.stage_clock),
                    stage.handling_clock,
                    yes[stage.is_ending],
                )
                for stage in tables.stages
            ),
        ),
        "",
        "## 图 / Diagram",
        "",
        "```mermaid",
        moves_as_mermaid(tables, rows).rstrip("\n"),
        "```",
        "",
    ]
    for title, kinds in (("流转 / Moves", ("entry", "move")), ("不改变环节的动作 / Overlays", ("overlay",))):
        chosen = [row for row in rows if row.move.kind in kinds]
        lines += ["## " + title, "", *_moves_table(tables, chosen), ""]
    return "\n".join(lines)


def _stage_limit(tables: Tables, clock: str) -> str:
    limit = next((row for row in tables.stage_limits if row.stage_clock == clock), None)
    return (
        f"{limit.value} {'分钟' if limit.unit == 'stage_minute' else label(tables, 'unit', limit.unit)}"
        if limit
        else ""
    )


def _moves_table(tables: Tables, rows: Iterable[EffectiveMove]) -> list[str]:
    """Rows of the same verb that differ only by stage stand in one line."""
    grouped: dict[tuple[str, ...], list[EffectiveMove]] = defaultdict(list)
    for row in rows:
        move = row.move
        end = "不变" if move.kind == "overlay" else label(tables, "stage", move.to_stage)
        key = (
            move.verb,
            move.verb_zh,
            end,
            _posts(tables, row.posts),
            " ".join(move.args),
            " ".join(move.evidence),
            " ".join(move.guards),
            remarks(tables, row),
            move.confidence,
        )
        grouped[key].append(row)
    return _markdown_table(
        ("编号", "动作", "从", "到", "岗位", "参数", "凭证", "条件", "备注", "可信度"),
        (
            (
                " ".join(row.move.move_id for row in same),
                f"{verb_zh} `{verb}`",
                "、".join(label(tables, "stage", row.move.from_stage) for row in same),
                *rest,
            )
            for (verb, verb_zh, *rest), same in grouped.items()
        ),
    )


def permission_page(tables: Tables, settings: Mapping[str, str]) -> str:
    """``docs/permission-matrix.md``: which post may use which verb, from the effective table."""
    may: dict[str, dict[str, EffectiveMove]] = defaultdict(dict)
    names: dict[str, str] = {}
    for row in effective_moves(tables, settings):
        names.setdefault(row.move.verb, row.move.verb_zh)
        for post in row.posts:
            may[row.move.verb].setdefault(post, row)
    posts = [post for post in tables.posts if any(post.post in found for found in may.values())]
    without = [post for post in tables.posts if post not in posts]
    lines = [
        "# 岗位与动作 / Who may do what",
        "",
        "本页由表格生成，请勿手改：`wangge moves --national --format matrix > docs/permission-matrix.md`。",
        "● 可以；○ 当前设置下停用；空白：不可以。未列出的岗位没有案卷动作："
        + "、".join(post.post_zh for post in without)
        + "。",
        "",
        *_markdown_table(
            ("动作", *(post.post_zh.split("(")[0] for post in posts)),
            (
                (f"{name} `{verb}`", *(_mark(may[verb].get(post.post)) for post in posts))
                for verb, name in names.items()
            ),
        ),
        "",
    ]
    return "\n".join(lines)


def _mark(row: EffectiveMove | None) -> str:
    if row is None:
        return ""
    return "●" if row.is_open else "○"


PAGES: Mapping[str, Callable[[Tables, Mapping[str, str]], str]] = {
    "docs/lifecycle.md": lifecycle_page,
    "docs/permission-matrix.md": permission_page,
}
