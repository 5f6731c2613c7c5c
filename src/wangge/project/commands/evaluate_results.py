"""The commands ``wangge evaluate monthly|recompute|explain``: the month's course, and what stands behind a result."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from wangge.project.opening import open_city
from wangge.project.words import _

if TYPE_CHECKING:
    from wangge.domains.evaluation.models import Result
    from wangge.project.environment import Environment


@click.command(help=_("月度考评：冻结一个月的结果；--publish 依次复核、签发、发布；已发布的以 --note 更正重发。"))
@click.argument("month")
@click.option("--publish", is_flag=True, help=_("办到发布为止；正式运行时须先由领导在页面上签发。"))
@click.option("--note", default="", help=_("更正说明；写了就更正重发已发布的月份。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def monthly(*, month: str, publish: bool, note: str, as_json: bool) -> None:
    """Exit 1 when a step is refused, 2 when there is no such month."""
    from wangge.project.commands.evaluate import refusals_told

    with open_city() as environment, refusals_told():
        from wangge.domains.evaluation.operations.month import MonthRefused

        try:
            told = _monthly(environment, month, publish=publish, note=note)
        except MonthRefused as refused:
            click.echo(str(refused), err=True)
            sys.exit(1)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    click.echo(_("{period} 第 {issue} 版（{id}）：{state}").format(**told))
    for each in told["scores"]["district"]:
        small = _("（案卷少，不排名）") if each["small"] else ""
        click.echo(f"  {each['rank'] or '—'}  {each['code']}  {each['total'] or '—'}{small}")
    for each in told.get("changes", [])[:40]:
        click.echo("  " + json.dumps(each, ensure_ascii=False))


def _monthly(environment: Environment, month: str, *, publish: bool, note: str) -> dict[str, Any]:
    from wangge.domains.evaluation.logic import months
    from wangge.domains.evaluation.logic.periods import parse_period
    from wangge.domains.evaluation.models import MonthStep
    from wangge.domains.evaluation.operations.month import MonthRefused, step
    from wangge.domains.evaluation.queries.results import content_of, newest_of_month
    from wangge.domains.evaluation.snapshots import latest
    from wangge.domains.organizations.logic import TERMINAL
    from wangge.groundwork import clock

    period = parse_period(month).name

    def verbs() -> list[str]:
        return list(MonthStep.objects.filter(period=period).order_by("seq").values_list("verb", flat=True))

    def make(verb: str, *, why: str = "") -> None:
        snapshot = latest(environment.warehouse_root) if verb in ("freeze", "reissue") else None
        overlay = environment.city_overlay
        step(period=period, verb=verb, by=TERMINAL, at=clock.now(), snapshot=snapshot, overlay=overlay, note=why)

    if not verbs():
        make("freeze")
    if note:
        make("reissue", why=note)
    if publish:
        if environment.production and months.state_after(verbs()) not in (
            months.MonthState.SIGNED,
            months.MonthState.PUBLISHED,
        ):
            raise MonthRefused(_("本月尚未签发：请领导在考评页面签发后再发布。"))
        for verb in ("review", "sign", "publish"):
            if (months.state_after(verbs()).value, verb) in months.NEXT:
                make(verb)
    result = newest_of_month(period)
    assert result is not None
    state = months.LABELS[months.state_after(verbs())]
    return {**content_of(result), **head_of(result), "state": state}


def head_of(result: Result) -> dict[str, Any]:
    """What identifies a result."""
    return {
        "id": result.id,
        "kind": result.kind,
        "issue": result.issue,
        "replaces": result.replaces,
        "change_note": result.change_note,
        "snapshot": result.snapshot,
        "edition": result.edition,
        "software": result.software,
        "computed_at": result.computed_at.isoformat(),
        "sm3": bytes(result.sm3).hex(),
        "period": result.period,
    }


@click.command(help=_("按结果自己的快照和定义重算：说明相符，或逐个数、逐件案卷列出差异。"))
@click.argument("result")
@click.option("--latest", "with_latest", is_flag=True, help=_("改用最新快照，看结果发布之后变了什么。"))
@click.option("--engine", default="", help=_("计算引擎：duckdb、plain、spark。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def recompute(*, result: str, with_latest: bool, engine: str, as_json: bool) -> None:
    """Exit 1 when something differs or there is no such result."""
    from wangge.project.commands.evaluate import refusals_told

    with open_city() as environment, refusals_told():
        from wangge.domains.evaluation.queries import recomputing, results

        try:
            found = results.result_of(result)
        except results.NoSuchResult as missing:
            click.echo(str(missing), err=True)
            sys.exit(1)
        done = recomputing.recompute(
            found, root=environment.warehouse_root, overlay=environment.city_overlay,
            engine=engine or environment.evaluation_engine, with_latest=with_latest,
        )  # fmt: skip
        told = {
            "result": found.id,
            "equal": done.equal,
            "sealed": done.sealed,
            "edition_changed": done.edition_changed,
            "snapshot": done.snapshot,
            "differences": [
                {
                    "period": each.period,
                    "objects": dict(each.objects),
                    "indicator": each.indicator,
                    "frozen": each.frozen,
                    "computed": each.computed,
                    "cases": list(each.cases),
                }
                for each in done.differences
            ],
            "scores": [
                {
                    "object": each.object,
                    "code": each.code,
                    "frozen": {"total": each.frozen[0], "rank": each.frozen[1]},
                    "computed": {"total": each.computed[0], "rank": each.computed[1]},
                }
                for each in done.scores
            ],
        }
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _show_recomputed(told)
    if not told["equal"]:
        sys.exit(1)


def _show_recomputed(told: dict[str, Any]) -> None:
    if told["equal"]:
        click.echo(_("{result}：重算相符（快照 {snapshot}）。").format(**told))
        return
    if not told["sealed"]:
        click.echo(_("{result}：内容与封存的 SM3 不符。").format(**told))
    if told["edition_changed"]:
        click.echo(_("定义已改过版。"))
    for each in told["differences"]:
        objects = " ".join(each["objects"].values())
        old, new = (each[name] and each[name]["value"] for name in ("frozen", "computed"))
        click.echo(f"{each['period']} {objects} {each['indicator']}: {old} → {new}")
        for case in each["cases"]:
            click.echo(f"    {case['side']} {case['case']} #{case['step']} {case['verb']} {case['at']} {case['count']}")
    for each in told["scores"]:
        old, new = (f"{each[side]['total']} ({each[side]['rank'] or '—'})" for side in ("frozen", "computed"))
        click.echo(f"{each['object']}={each['code']}: {old} → {new}")


@click.command(help=_("把结果里的一个数打开到分子、分母、案卷和决定它的步骤。"))
@click.argument("result")
@click.argument("figure")
@click.option("--most", default=1000, type=click.IntRange(1), help=_("每个计数最多列出几步。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def explain(*, result: str, figure: str, most: int, as_json: bool) -> None:
    """Exit 1 when there is no such result or figure."""
    from wangge.project.commands.evaluate import refusals_told

    with open_city() as environment, refusals_told():
        from wangge.domains.evaluation.queries import results

        try:
            found = results.result_of(result)
            told = results.explain(
                found, figure, root=environment.warehouse_root, overlay=environment.city_overlay, most=most
            )
        except (results.NoSuchResult, results.NoSuchFigure) as missing:
            click.echo(str(missing), err=True)
            sys.exit(1)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    objects = " ".join(told["objects"].values())
    click.echo(f"{told['result']} {told['period']} {objects} {told['name_zh']}: {told['figure']['value']}")
    if told["formula"]:
        click.echo(f"  {told['formula']}")
    for count in told["counts"]:
        click.echo(f"  {count['count']} = {count['number']}    {count['counted']}")
        for each in count["steps"]:
            sign = "+" if each["sign"] > 0 else "-"
            click.echo(f"    {sign} {each['case']} #{each['step']} {each['verb']} {each['at']}")
