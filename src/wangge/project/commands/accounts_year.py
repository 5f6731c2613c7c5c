"""The commands ``wangge accounts year`` and ``verify``: closing of periods and years, proof of the kept sums."""

from __future__ import annotations

from datetime import datetime

import click

from wangge.domains.budgeting.logic.money import yuan_text
from wangge.project.commands.accounts_build import named_person, only_unit
from wangge.project.opening import open_city
from wangge.project.words import _


@click.command(help=_("年度操作：建账、月结、反结账、年终结账、结转收支、转入下年、批复封账、审计开账与封账。"))
@click.argument("act", type=click.Choice(
    ["open", "close_period", "reopen_period", "close_year", "close_books", "carry_over", "approve", "admit_audit",
     "seal_audit"]))  # fmt: skip
@click.option("--year", type=int, required=True, help=_("年度。"))
@click.option("--unit", default="", help=_("预算单位代码。"))
@click.option("--period", type=click.IntRange(1, 12), default=None, help=_("会计期间（月）。"))
@click.option("--as", "username", required=True, help=_("办理人的用户名。"))
@click.option("--reason", default="", help=_("理由或文号。"))
def year(*, act: str, year: int, unit: str, period: int | None, username: str, reason: str) -> None:
    """Act on a year; exit 1 when it is refused."""
    with open_city():
        from wangge.domains.budgeting.models import YearAct
        from wangge.domains.budgeting.operations.years import act_on_year, carry_over, close_books
        from wangge.domains.budgeting.refusals import LedgerRefused
        from wangge.groundwork import clock

        code, by = unit or only_unit(), named_person(username)
        try:
            if act == "close_books":
                count = close_books(unit=code, year=year, by=by, at=clock.now())
                click.echo(_("已结转，凭证 %(count)d 张。") % {"count": count})
            elif act == "carry_over":
                fen = carry_over(unit=code, year=year, by=by, at=clock.now())
                click.echo(_("已转入下年 %(yuan)s 元。") % {"yuan": yuan_text(fen)})
            else:
                act_on_year(
                    unit=code, year=year, act=YearAct(act), by=by, at=clock.now(), period=period or 0, reason=reason
                )
                click.echo(str(YearAct(act).label))
        except LedgerRefused as refused:
            raise click.ClickException(str(refused)) from refused


@click.command(help=_("核对台账：余额与分录、借贷平衡、指标余额逐一重算。"))
def verify() -> None:
    """Recompute every kept sum; exit 1 when one is off."""
    with open_city():
        from wangge.domains.budgeting.queries.verifying import off_sums

        faults = off_sums()
    for fault in faults:
        click.echo(fault, err=True)
    click.echo(_("台账核对完毕，问题 %(count)d 处。") % {"count": len(faults)})
    if faults:
        raise SystemExit(1)


@click.command(help=_("一个年度决算或预算公开的日程与提醒。"))
@click.option("--year", type=int, required=True, help=_("年度。"))
@click.option("--unit", default="", help=_("预算单位代码。"))
@click.option("--form", type=click.Choice(["final", "budget"]), default="final", help=_("决算或预算。"))
@click.option("--congress", type=click.DateTime(["%Y-%m-%d"]), default=None, help=_("人民代表大会批准的日期。"))
def calendar(*, year: int, unit: str, form: str, congress: datetime | None) -> None:
    """Print the dates; exit 1 when one is late."""
    with open_city():
        from django.utils import timezone

        from wangge.domains.disclosure.logic.calendar import Standing
        from wangge.domains.disclosure.queries.calendar import calendar as dates_of
        from wangge.groundwork import clock

        dates = dates_of(
            unit=unit or only_unit(), year=year, today=timezone.localdate(clock.now()), form=form,
            congress_on=congress.date() if congress else None,
        )  # fmt: skip
    for each in dates:
        due = each.due_on.isoformat() if each.due_on else _("待定")
        click.echo(f"{due}  {_(_STANDINGS[each.standing])}  {each.name_zh}  [{each.confidence}]")
    if any(each.standing is Standing.LATE for each in dates):
        raise SystemExit(1)


_STANDINGS = {
    "done": _("已办"),
    "ahead": _("未到"),
    "soon": _("临近"),
    "late": _("已过"),
    "waiting": _("待定"),
}
