"""The command ``wangge deadline``: when a limit is due, for one limit or for a file of them."""

from __future__ import annotations

from pathlib import Path

import click

from wangge.groundwork.working_time import (
    ClockKind,
    Pause,
    WorkingTimeError,
    due_with_pauses,
    iso_of,
    parse_moment,
    parse_pauses,
    paused_minutes,
)
from wangge.project.commands.deadline_batch import BatchRefused, fill_batch
from wangge.project.commands.reckoning import Reckoning, print_json, reckoning_options, refuse
from wangge.standards.findings import StandardsRefused

_CLOCKS = {ClockKind.WORKING: "工作时间", ClockKind.CONTINUOUS: "连续时间"}


@click.command()
@click.option("--from", "from_", metavar="MOMENT", help="起算时刻，如 2024-09-27T16:30。 Start.")
@click.option("--limit", metavar="N", help="时限的数量。 Amount of the limit.")
@click.option("--unit", metavar="UNIT", help="时限的单位，如 work_hour。 Unit of the limit.")
@click.option("--pause", "pauses", multiple=True, metavar="FROM/TO", help="暂停，可重复。 A pause.")
@click.option("--extend", metavar="N", help="延长同一单位的数量。 Extension in the same unit.")
@click.option(
    "--batch",
    nargs=2,
    type=click.Path(path_type=Path),
    metavar="IN.csv OUT.csv",
    help="逐行计算：列 from,limit,unit 及可选的 pauses,extend；加 due_at,error。 Many at once.",
)
@reckoning_options
def command(
    *,
    from_: str | None,
    limit: str | None,
    unit: str | None,
    pauses: tuple[str, ...],
    extend: str | None,
    batch: tuple[Path, Path] | None,
    calendar: str,
    slots: str,
    as_json: bool,
) -> None:
    """时限何时届满。 When a limit is due.

    单位 Units: work_hour work_day urgent_work_hour urgent_work_day natural_hour natural_day stage_minute
    """
    singles = (from_, limit, unit)
    if batch is not None:
        if any(singles) or pauses or extend:
            raise click.UsageError("--batch 自带各行的起点、时限、暂停和延长，不能与 --from 等同用。")
        _batch(batch, calendar=calendar, slots=slots, as_json=as_json)
        return
    if from_ is None or limit is None or unit is None:
        raise click.UsageError("请给出 --from、--limit 和 --unit，或用 --batch IN.csv OUT.csv。")
    try:
        answer = _answer(
            Reckoning(calendar=calendar, slots=slots),
            from_=from_,
            limit=limit,
            unit=unit,
            pauses_text=";".join(pauses),
            extend=extend,
        )
    except (WorkingTimeError, StandardsRefused) as error:
        refuse(error, as_json=as_json, answer="due_at")
    if as_json:
        print_json(answer)
    else:
        click.echo(f"{answer['due_at']}\n{answer['rule']}")


def _answer(
    reckoning: Reckoning, *, from_: str, limit: str, unit: str, pauses_text: str, extend: str | None
) -> dict[str, object]:
    start = parse_moment(from_)
    allowance = reckoning.allowance(limit, unit)
    pauses = parse_pauses(pauses_text)
    more = reckoning.allowance(extend, unit) if extend is not None else None
    minutes = allowance.minutes + (more.minutes if more else 0)
    clock = reckoning.clock(allowance.clock)
    due = due_with_pauses(clock, start, minutes, pauses)
    said = [f"{allowance} = {allowance.minutes} 分钟{_CLOCKS[allowance.clock]}"]
    if more:
        said.append(f"延长 {more} = {more.minutes} 分钟")
    if pauses:
        said.append(_pause_words(paused_minutes(clock, start, due, pauses), pauses))
    said.append(reckoning.rule(allowance.clock))
    return {"due_at": iso_of(due), "rule": "；".join(said)}


def _pause_words(minutes: int, pauses: list[Pause]) -> str:
    return f"暂停 {len(pauses)} 段，扣除 {minutes} 分钟"


def _batch(batch: tuple[Path, Path], *, calendar: str, slots: str, as_json: bool) -> None:
    try:
        rows, errors = fill_batch(*batch, Reckoning(calendar=calendar, slots=slots))
    except BatchRefused as refused:
        raise click.UsageError(str(refused)) from None
    except (WorkingTimeError, StandardsRefused) as error:
        refuse(error, as_json=as_json, answer="rows")
    if as_json:
        print_json({"rows": rows, "errors": errors})
    else:
        click.echo(f"{rows} 行，其中 {errors} 行有误。")
