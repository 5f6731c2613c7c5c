"""The command ``wangge anchor``: writes the heads of all chains outside the database, and holds the history to them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from wangge.project.opening import open_city
from wangge.project.words import _

SHOWN_BREAKS = 200
MOST_KEPT = 10_000


@click.group(help=_("锚定：把每条校验码链的末端存到库外，再以此核对历史。"))
def anchor() -> None:
    """The group of the verbs below."""


@anchor.command(help=_("写下一个锚定文件：上次以来有变动的案卷；首次或批量导入之后为全部案卷。每夜自动进行。"))
@click.option("--dir", "directory", type=click.Path(file_okay=False, path_type=Path), help=_("锚定目录。"))
@click.option("--whole", is_flag=True, help=_("锚定全部案卷。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def write(*, directory: Path | None, whole: bool, as_json: bool) -> None:
    """Print the index line: it may be sealed, printed, or sent to another house."""
    with open_city():
        from django.conf import settings

        from wangge.domains.cases.anchoring import anchor_heads
        from wangge.groundwork import clock
        from wangge.groundwork.anchor_files import AnchorBroken

        try:
            written = anchor_heads(
                directory=directory or settings.ENVIRONMENT.anchor_directory, at=clock.now(), whole=whole
            )
        except AnchorBroken as broken:
            raise click.ClickException(
                _("锚定目录不完整（{what}）：请核对备份，或换一个新目录。").format(what=broken)
            ) from None
    if as_json:
        told = {
            "number": written.number, "at": written.at.isoformat(), "cases": written.lines, "whole": written.whole,
            "sm3": written.digest, "previous": written.previous, "file": written.name,
        }  # fmt: skip
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        click.echo(written.line())


@anchor.command(help=_("以全部锚定文件核对库中的历史；发现不符时以 1 退出。"))
@click.option("--dir", "directory", type=click.Path(file_okay=False, path_type=Path), help=_("锚定目录。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def check(*, directory: Path | None, as_json: bool) -> None:
    """Exit 1 when something was found."""
    with open_city():
        told = _held(directory, quiet=as_json)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _show(told)
    if told["breaks"]:
        sys.exit(1)


def _held(directory: Path | None, *, quiet: bool) -> dict[str, Any]:
    from django.conf import settings

    from wangge.domains.cases.anchoring import LABELS, Unanchored, hold_against
    from wangge.groundwork.anchor_files import AnchorBroken, anchors_in
    from wangge.project.commands.bars import counted_bar

    where = directory or settings.ENVIRONMENT.anchor_directory
    try:
        anchors = anchors_in(where)
    except AnchorBroken:
        anchors = []
    heads = 0
    kinds: Counter[str] = Counter()
    found: list[Unanchored] = []
    total = sum(each.lines for each in anchors)
    with counted_bar(_("核对"), total, unit=_("件"), quiet=quiet) as tell:
        for held in hold_against(directory=where):
            heads += held.heads
            kinds.update(each.kind.value for each in held.breaks)
            found += held.breaks[: max(0, MOST_KEPT - len(found))]
            tell(held.heads)
    return {
        "anchors": len(anchors),
        "heads": heads,
        "breaks": kinds.total(),
        "by_kind": dict(kinds.most_common()),
        "findings": [
            {
                "kind": each.kind.value, "what": _(LABELS[each.kind]), "anchor": each.anchor, "number": each.number,
                "case": each.case_id, "seq": each.seq or None,
            }
            for each in found
        ],
    }  # fmt: skip


def _show(told: dict[str, Any]) -> None:
    for each in told["findings"][:SHOWN_BREAKS]:
        click.echo("  ".join(word for word in (each["number"], each["what"], each["anchor"]) if word))
    if len(told["findings"]) > SHOWN_BREAKS:
        click.echo(_("……另有 {more} 处，见 --json。").format(more=told["breaks"] - SHOWN_BREAKS))
    if not told["anchors"] and not told["breaks"]:
        click.echo(_("还没有锚定文件：请先运行 wangge anchor write。"))
        return
    found = _("发现 {breaks} 处不符").format(**told) if told["breaks"] else _("全部相符")
    line = _("{anchors} 个锚定文件、{heads:,} 个链端：{found}。")
    click.echo(line.format(found=found, **told))
