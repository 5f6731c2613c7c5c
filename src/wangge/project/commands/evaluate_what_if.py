"""The command ``wangge evaluate what-if``: a frozen month by other weights, limits or bands; nothing is kept."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from wangge.project.opening import open_city
from wangge.project.words import _

if TYPE_CHECKING:
    from wangge.domains.evaluation.logic.what_if import Outcome, Place


@click.command("what-if", help=_("试算：换一个权重、界限或分档，看名次怎样变；不保存任何结果。"))
@click.argument("result")
@click.option("--kind", default="district", type=click.Choice(["district", "department"]), help=_("考评对象。"))
@click.option("--weight", "weights", multiple=True, metavar="PART=0.35", help=_("某一项的权重；可多次给出。"))
@click.option("--least-cases", "least", type=click.IntRange(0), default=None, help=_("案卷少于此数不排名。"))
@click.option("--band", "edges", multiple=True, metavar="TABLE/N=70", help=_("分档的下限；可多次给出。"))
@click.option("--band-score", "scores", multiple=True, metavar="TABLE/N=85", help=_("分档的得分；可多次给出。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def what_if(
    *, result: str, kind: str, weights: tuple[str, ...], least: int | None, edges: tuple[str, ...],
    scores: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Exit 1 when there is no such result, 2 for a change that cannot be tried."""
    from wangge.project.commands.evaluate import refusals_told

    with open_city() as environment, refusals_told():
        from wangge.domains.evaluation.logic.what_if import WishRefused, parse_wish
        from wangge.domains.evaluation.queries import what_if as asking
        from wangge.domains.evaluation.queries.results import NoSuchResult, result_of

        try:
            found = result_of(result)
            wish = parse_wish(weights=weights, least_cases=least, edges=edges, scores=scores)
            setup = asking.setup_of(found, kind, environment.city_overlay)
            outcome = asking.what_if(found, kind, setup, wish)
        except NoSuchResult as missing:
            click.echo(str(missing), err=True)
            sys.exit(1)
        except WishRefused as refused:
            click.echo(_(refused.message) % refused.values, err=True)
            sys.exit(2)
    told = {"result": found.id, "kind": kind, **plain(outcome)}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _show(told)


def plain(outcome: Outcome) -> dict[str, Any]:
    """An outcome as plain data."""
    return {
        "weight_sum": str(outcome.weight_sum),
        "reproduces": outcome.reproduces,
        "objects": [
            {"code": each.code, "moved": each.moved, "before": _place(each.before), "after": _place(each.after)}
            for each in outcome.objects
        ],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "total": None if place.total is None else str(place.total),
        "rank": place.rank,
        "grade": place.grade or None,
        "index": None if place.index is None else str(place.index),
        "index_rank": place.index_rank,
    }


def _show(told: dict[str, Any]) -> None:
    click.echo(_("{result}：试算，不保存；权重之和 {weight_sum}。").format(**told))
    if not told["reproduces"]:
        click.echo(_("方案在冻结之后改过版：不改任何一项，得分也与冻结的不同。"))
    for each in told["objects"]:
        mark = "*" if each["moved"] else " "
        old, new = each["before"], each["after"]
        click.echo(
            f"{mark} {each['code']}\t{old['rank'] or '—'} → {new['rank'] or '—'}"
            f"\t{old['total'] or '—'} → {new['total'] or '—'}\t{old['grade'] or '—'} → {new['grade'] or '—'}"
        )
