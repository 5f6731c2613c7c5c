"""The command ``wangge verify``: replays every case from its steps and names each break."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from wangge.groundwork.giving_way import give_way
from wangge.project.opening import open_city
from wangge.project.words import _

SHOWN_BREAKS = 200


@click.command(
    help=_("从流转记录重演每件案卷：校验码链、环节、时限、个人信息，逐一指出不符之处；可与运行中的城市同时进行。")
)
@click.option("--jobs", default=0, type=click.IntRange(0), help=_("进程数；默认与处理器数相同。"))
@click.option("--photos", is_flag=True, help=_("并逐一读取在用照片的原件，与校验码核对（照片多时较慢）。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def verify(*, jobs: int, photos: bool, as_json: bool) -> None:
    """Exit 1 when something was found."""
    give_way()
    with open_city():
        told = _verify(jobs=jobs, photos=photos, quiet=as_json)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _show(told)
    if told["breaks"]:
        sys.exit(1)


def _verify(*, jobs: int, photos: bool, quiet: bool) -> dict[str, Any]:
    from collections import Counter

    from wangge.domains.cases.breaks import LABELS, Break
    from wangge.domains.cases.verifying import verification, verify_photos
    from wangge.groundwork import clock
    from wangge.groundwork.attachments.checking import count_originals
    from wangge.groundwork.worker_pool import jobs_here
    from wangge.project.commands.bars import counted_bar

    began = clock.monotonic()
    cases = steps = 0
    breaks: list[Break] = []
    kinds: Counter[str] = Counter()
    with (
        verification(jobs=jobs or jobs_here()) as verified,
        counted_bar(_("校验"), verified.cases, unit=_("件"), quiet=quiet) as tell,
    ):
        for answer in verified.answers:
            cases, steps = cases + answer.cases, steps + answer.steps
            kinds.update(each.kind.value for each in answer.breaks)
            breaks += answer.breaks[: max(0, _MOST_KEPT - len(breaks))]
            tell(answer.cases)
    checked = 0
    if photos:
        with counted_bar(_("照片"), count_originals(), unit=_("张"), quiet=quiet) as tell:
            for piece in verify_photos():
                checked += piece.photos
                kinds.update(each.kind.value for each in piece.breaks)
                breaks += piece.breaks[: max(0, _MOST_KEPT - len(breaks))]
                tell(piece.photos)
    breaks.sort(key=lambda each: (each.number, each.case_id, each.seq))
    seconds = clock.monotonic() - began
    return {
        "cases": cases,
        "steps": steps,
        **({"photos": checked} if photos else {}),
        "seconds": round(seconds, 2),
        "steps_per_second": round(steps / seconds, 1),
        "breaks": kinds.total(),
        "by_kind": dict(kinds.most_common()),
        "findings": [
            {
                "kind": each.kind.value,
                "what": _(LABELS[each.kind]),
                "number": each.number,
                "case": each.case_id,
                "seq": each.seq or None,
                "told": each.told,
            }
            for each in breaks
        ],
    }


_MOST_KEPT = 10_000


def _show(told: dict[str, Any]) -> None:
    for each in told["findings"][:SHOWN_BREAKS]:
        step = _("第 {seq} 步").format(seq=each["seq"]) if each["seq"] else ""
        words = (each["number"] or each["case"], step, each["what"], each["told"])
        click.echo("  ".join(word for word in words if word))
    if len(told["findings"]) > SHOWN_BREAKS:
        click.echo(_("……另有 {more} 处，见 --json。").format(more=told["breaks"] - SHOWN_BREAKS))
    line = _("重演 {cases:,} 件案卷、{steps:,} 步，用时 {seconds:.1f} 秒：{found}。")
    found = _("发现 {breaks} 处不符").format(**told) if told["breaks"] else _("全部相符")
    click.echo(line.format(found=found, **told))
