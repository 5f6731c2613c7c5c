"""The command ``wangge months``: old months of history moved into files that can still be read, and back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from time import monotonic

import click

from wangge.project.noting import note_upkeep
from wangge.project.opening import open_city
from wangge.project.words import _

TABLES = {"steps": "cases_step", "outbox": "outbox", "audit": "organizations_audit_record"}
LEAST_MONTHS_HERE = 3
TABLE = click.argument("what", type=click.Choice(sorted(TABLES)))
MONTH = click.argument("month", type=click.DateTime(["%Y-%m"]))


@click.group(help=_("把旧月份的历史（流转记录、发件箱、审计记录）移出数据库存为文件；仍可查看、校验，也可移回。"))
def months() -> None:
    """The group of the verbs below."""


@contextmanager
def _refusals() -> Iterator[None]:
    from django.db import OperationalError

    from wangge.groundwork.months_away import MonthRefused

    try:
        yield
    except MonthRefused as refused:
        raise click.ClickException(str(refused)) from None
    except OperationalError as error:
        raise click.ClickException(_("没有完成，什么也没有变：{why}").format(why=str(error).strip())) from None


@months.command(help=_("移出一个月：流转记录须该月案卷全部办结，发件箱须已全部送达；至少保留最近三个月。"))
@TABLE
@MONTH
def away(*, what: str, month: datetime) -> None:
    """Exit 1 with nothing changed where the month may not go yet."""
    began = monotonic()
    with open_city(as_owner=True) as environment:
        from wangge.groundwork import clock
        from wangge.groundwork.months_away import move_away

        at, first = clock.now(), month.date()
        with _refusals():
            _refuse_young(what, first, at)
            made = move_away(table=TABLES[what], month=first, at=at)
        note_upkeep(
            environment, kind="months_away", well=True, seconds=monotonic() - began,
            detail={"where": str(made.path), "rows": made.rows, "sm3": made.sm3},
        )  # fmt: skip
    click.echo(_("已移出 {rows:,} 行：{path}，SM3 {sm3}").format(rows=made.rows, path=made.path, sm3=made.sm3))


def _refuse_young(what: str, month: date, at: datetime) -> None:
    """Refuse what is still worked on."""
    from django.db import connection

    from wangge.groundwork.months_away import MonthRefused

    here = at.year * 12 + at.month - month.year * 12 - month.month
    if here < LEAST_MONTHS_HERE:
        raise MonthRefused(_("至少保留最近三个月。"))
    with connection.cursor() as cursor:
        if what == "steps":
            cursor.execute("SELECT count(*) FROM cases_open WHERE month = %s", [month])
            count = cursor.fetchone()[0]
            if count:
                raise MonthRefused(_("{month:%Y-%m} 还有 {count} 件案卷没有办结。").format(month=month, count=count))
        if what == "outbox":
            cursor.execute("SELECT consumer FROM outbox_delivery WHERE floor_month <= %s", [month])
            behind = [name for (name,) in cursor.fetchall()]
            if behind:
                raise MonthRefused(_("发件箱的 {who} 还没有全部送达。").format(who=behind[0]))


@months.command(help=_("把一个月移回数据库；文件保留。"))
@TABLE
@MONTH
def back(*, what: str, month: datetime) -> None:
    """Exit 1 when the file is gone or changed."""
    with open_city(as_owner=True):
        from wangge.groundwork.months_away import bring_back

        with _refusals():
            rows = bring_back(table=TABLES[what], month=month.date())
    click.echo(_("已移回 {rows:,} 行。").format(rows=rows))


@months.command("list", help=_("列出移出的月份，并核对每个文件；不符时以 1 退出。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def list_(*, as_json: bool) -> None:
    """Exit 1 when a file is gone or changed."""
    with open_city():
        from wangge.groundwork.months_away import away as months_of
        from wangge.groundwork.months_away import changed

        found = [
            {
                "what": what, "month": f"{month:%Y-%m}", "rows": each.rows, "file": str(each.path), "sm3": each.sm3,
                "whole": not changed(each),
            }
            for what, table in TABLES.items()
            for month, each in months_of(table).items()
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for line in found:
            told = _("完好") if line["whole"] else _("缺失或已改动")
            click.echo(f"{line['what']:<7} {line['month']}  {line['rows']:>10,}  {line['file']}  {told}")
    if not all(line["whole"] for line in found):
        sys.exit(1)


@months.command(help=_("查看移出的一个月，每行一个 JSON；--key 只要一个案卷编号（流转记录）、序号或时刻起的行。"))
@TABLE
@MONTH
@click.option("--key", default="", help=_("排序所依的键。"))
def show(*, what: str, month: datetime, key: str) -> None:
    """The rows as they were stored; reading the audit log or steps is recorded."""
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL, AuditKind
        from wangge.domains.organizations.operations.audit import record
        from wangge.groundwork import clock
        from wangge.groundwork.months_away import month_away, rows_away, rows_of_key

        found = month_away(TABLES[what], month.date())
        if found is None:
            raise click.ClickException(_("这个月没有移出。"))
        record(
            by=TERMINAL, at=clock.now(), kind=AuditKind.EXPORT, object_kind="month_away",
            object_key=f"{what} {month:%Y-%m}", detail={"key": key},
        )  # fmt: skip
        with _refusals():
            for row in rows_of_key(found, key) if key else rows_away(found):
                click.echo(json.dumps({name: value.decode() for name, value in row.items()}, ensure_ascii=False))
