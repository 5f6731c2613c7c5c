"""The command ``wangge borders``: which changes of borders are coming, and what each moves."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from wangge.project.opening import open_city
from wangge.project.words import _

_SHOWN = 20


@click.command(help=_("即将生效的边界变动：哪些区域、在办案卷、采集员与相关责任人会变。"))
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help=_("只看这一天；默认列出今天之后的每一天。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def command(*, day: datetime | None, as_json: bool) -> None:
    """Exit 0 whether or not something is coming."""
    with open_city():
        from wangge.domains.cases.queries.coming_borders import coming_borders
        from wangge.domains.geography.people_queries import coming_days
        from wangge.domains.geography.queries import ground
        from wangge.groundwork import clock

        days = [day.date()] if day else [each for each, _areas in coming_days(clock.today())]
        found = [coming_borders(ground(), day=each).as_json() for each in days]
    if as_json:
        click.echo(json.dumps({"days": found}, ensure_ascii=False))
        return
    if not found:
        click.echo(_("今天之后没有已登记的边界变动。"))
    for each in found:
        _show(each)


def _show(found: dict[str, Any]) -> None:
    counts = {name: len(found[name]) for name in ("areas", "cases", "collectors", "responsible", "appointed")}
    line = _("%(day)s：区域 %(areas)s，在办案卷 %(cases)s，采集员 %(collectors)s，相关责任人 %(responsible)s")
    click.echo(line % {"day": found["day"], **counts})
    for area in found["areas"][:_SHOWN]:
        click.echo(f"  {area['kind']} {area['code']} {area['name']} {area['change']} {area['moved_m2']:,} m²")
    for case in found["cases"][:_SHOWN]:
        moves = "；".join(
            f"{kind} {case[kind][0] or '-'} → {case[kind][1] or '-'}"
            for kind in ("district", "street", "community", "unit_grid", "responsibility_grid")
            if kind in case
        )
        click.echo(f"  {case['number']} {moves}")
    for person in (*found["collectors"], *found["responsible"]):
        click.echo(f"  {person['grid']} {person['name']}")
