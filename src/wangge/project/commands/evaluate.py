"""The commands ``wangge evaluate …``: figures of a period, and what stands behind them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import click

from wangge.project.opening import open_city
from wangge.project.words import _

if TYPE_CHECKING:
    from wangge.domains.evaluation.evaluating import Answer, Question
    from wangge.project.environment import Environment

ENGINES = ("duckdb", "plain", "spark")
_SHOWN_ROWS = 60


@click.group(invoke_without_command=True, help=_("按期间和考评对象计算指标；每个数都能追到案卷和步骤。"))
@click.option("--period", default="", help=_("期间：2024、2024-Q1、2024-03 或 2024-03-01..2024-03-15。"))
@click.option(
    "--by", default="", metavar="KIND,…", help=_("考评对象：district、department、minor_class、month 等，逗号分隔。")
)
@click.option("--indicator", "indicators", default="", metavar="ID,…", help=_("指标编号，逗号分隔；默认全部。"))
@click.option("--engine", default="", help=_("计算引擎：duckdb、plain、spark。"))
@click.option("--as-of", "as_of", default="", metavar="MOMENT", help=_("当时所知：2024-04-03 或 2024-04-03T10:00。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
@click.pass_context
def evaluate(
    ctx: click.Context, *, period: str, by: str, indicators: str, engine: str, as_of: str, as_json: bool
) -> None:
    """Exit 1 when it cannot be computed, 2 on a wrong question."""
    if ctx.invoked_subcommand is not None:
        return
    if not period:
        raise click.UsageError(_("缺少 --period。"))
    with open_city() as environment, refusals_told():
        question = _question(environment, period, by, indicators, as_of)
        told, answer = computed(environment, question, engine or environment.evaluation_engine)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _show(told, answer)


@contextmanager
def refusals_told() -> Iterator[None]:
    """A refusal of evaluation ends the command with its own text: 2 for a wrong question, 1 otherwise."""
    from wangge.domains.evaluation.evaluating import UnknownIndicator
    from wangge.domains.evaluation.logic.objects import UnknownObject
    from wangge.domains.evaluation.logic.periods import PeriodUnknown
    from wangge.domains.evaluation.spark_link import EngineMissing
    from wangge.groundwork.warehouse.manifest import WarehouseRefused
    from wangge.standards.findings import StandardsRefused

    try:
        yield
    except (UnknownIndicator, UnknownObject, PeriodUnknown) as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    except (EngineMissing, WarehouseRefused) as refused:
        click.echo(str(refused), err=True)
        sys.exit(1)
    except StandardsRefused as refused:
        for finding in refused.findings:
            click.echo(finding.text(), err=True)
        sys.exit(1)


def _question(environment: Environment, period: str, by: str, indicators: str, as_of: str) -> Question:
    from wangge.domains.evaluation.evaluating import Question
    from wangge.domains.evaluation.logic.objects import kinds_of
    from wangge.domains.evaluation.logic.periods import parse_period
    from wangge.domains.evaluation.queries.ground import outside_counts
    from wangge.domains.evaluation.queries.laid import band_classes, laid_over
    from wangge.domains.evaluation.queries.settings import month_begins_on

    named = tuple(part.strip() for part in by.split(",") if part.strip())
    kinds = tuple(name for name in named if name not in ("city", "month"))
    kinds_of(kinds)
    starts_on = month_begins_on()
    asked = parse_period(period, starts_on=starts_on)
    on, overlay = asked.end - timedelta(days=1), environment.city_overlay
    return Question(
        period=asked,
        by=kinds,
        indicators=tuple(part.strip() for part in indicators.split(",") if part.strip()),
        months="month" in named,
        starts_on=starts_on,
        as_of=moment_of(as_of) if as_of else None,
        laid=laid_over(kinds, on=on, overlay=overlay),
        outside=outside_counts(by=kinds, on=asked.end),
        band_classes=band_classes(on=on, overlay=overlay),
    )


def moment_of(text: str) -> datetime:
    """A moment of the city's clock; a day alone is its beginning."""
    from zoneinfo import ZoneInfo

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            _("看不懂时间“{text}”：写作 2024-04-03 或 2024-04-03T10:00。").format(text=text)
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def computed(environment: Environment, question: Question, engine: str) -> tuple[dict[str, Any], Answer]:
    """The answer, and the document that is printed of it."""
    from wangge.domains.evaluation.engines import engine_of
    from wangge.domains.evaluation.evaluating import evaluate as compute
    from wangge.domains.evaluation.operations.results import Frozen, freeze_result
    from wangge.domains.evaluation.snapshots import latest
    from wangge.domains.organizations.logic import TERMINAL
    from wangge.groundwork import clock

    began = clock.monotonic()
    snapshot = latest(environment.warehouse_root)
    if engine not in ENGINES:
        raise click.UsageError(_("没有名为“{engine}”的计算引擎。").format(engine=engine))
    engine_of(engine, spark_master=environment.spark_master)
    answer = compute(question, snapshot=snapshot, engine=engine, overlay=environment.city_overlay)
    content, at = answer.content(), clock.now()
    kept = freeze_result(answer=answer, frozen=Frozen("asked", engine, at, TERMINAL, content))
    head = {
        "id": kept.id,
        "engine": engine,
        "seconds": round(clock.monotonic() - began, 3),
        "computed_at": at.isoformat(),
        "software": version("wangge"),
    }
    return {**head, **content}, answer


def _show(told: dict[str, Any], answer: Answer) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    rates = [each for each in answer.indicators if each.kind != "count"] or list(answer.indicators)
    shown = rates[:8]
    table = Table(
        _("期间"),
        *(kind for kind in answer.question.by),
        *(each.name_zh for each in shown),
        title=told["period"]["name"],
    )
    for row in answer.rows[:_SHOWN_ROWS]:
        cells = []
        for each in shown:
            found = row.figures[each.id]
            value = "—" if found.value is None else str(found.value)
            made_of = f" ({found.numerator}/{found.denominator})" if found.denominator is not None else ""
            cells.append(value + made_of)
        table.add_row(row.period, *row.objects.values(), *cells)
    console.print(table)
    line = _("快照 {snapshot}，{engine}，{seconds} 秒；不计入考核的案卷 {excluded_cases} 件。其余指标见 --json。")
    click.echo(line.format(**told))


def _add_parts() -> None:
    from wangge.project.commands.evaluate_file import of_file
    from wangge.project.commands.evaluate_results import explain, monthly, recompute
    from wangge.project.commands.evaluate_what_if import what_if

    for command in (of_file, monthly, recompute, explain, what_if):
        evaluate.add_command(command)


_add_parts()
