"""The command ``wangge elapsed``: how many minutes of a unit's clock lie between two moments."""

from __future__ import annotations

import click

from wangge.groundwork.working_time import WorkingTimeError, parse_moment
from wangge.project.commands.reckoning import Reckoning, print_json, reckoning_options, refuse
from wangge.standards.findings import StandardsRefused


@click.command()
@click.option("--from", "from_", required=True, metavar="MOMENT", help="起点，计入。 Start, counted.")
@click.option("--to", "to_", required=True, metavar="MOMENT", help="终点，不计入。 End, not counted.")
@click.option("--unit", required=True, metavar="UNIT", help="按哪个单位的时钟计时。 Unit whose clock counts.")
@reckoning_options
def command(*, from_: str, to_: str, unit: str, calendar: str, slots: str, as_json: bool) -> None:
    """两个时刻之间有多少计时分钟。 The counted minutes in [FROM, TO)."""
    try:
        reckoning = Reckoning(calendar=calendar, slots=slots)
        start, end = parse_moment(from_), parse_moment(to_)
        if end < start:
            raise click.UsageError("--to 不能早于 --from。")
        minutes = reckoning.clock(reckoning.allowance("1", unit).clock).counted_between(start, end)
    except (WorkingTimeError, StandardsRefused) as error:
        refuse(error, as_json=as_json, answer="minutes")
    if as_json:
        print_json({"minutes": minutes})
    else:
        click.echo(minutes)
