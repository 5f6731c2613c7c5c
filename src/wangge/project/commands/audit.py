"""The command ``wangge audit``: the audit log as CSV, and the months that are past their keeping."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

from wangge.project.opening import open_city
from wangge.project.words import _

LEAST_MONTHS = 7  # six whole months besides the running one


@click.group(help=_("审计记录。"))
def audit() -> None:
    """The group of the verbs below."""


@audit.command(help=_("导出一段时间的审计记录（CSV）；导出本身也会记录。"))
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help=_("起始日（含），默认 30 天前。"))
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), help=_("截止日（不含），默认明天。"))
@click.option("--kind", help=_("只要一类记录，如 sign_in、move、reveal。"))
@click.option("--object", "object_key", help=_("只要某一对象，如案卷号。"))
@click.option("--output", type=click.File("w", encoding="utf-8"), default="-", help=_("写入文件，默认屏幕。"))
def export(
    *, start: datetime | None, end: datetime | None, kind: str | None, object_key: str | None, output: Any
) -> None:
    """Stream the lines; constant memory for any length."""
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL, AuditKind
        from wangge.domains.organizations.operations.audit import record
        from wangge.domains.organizations.queries import audit_lines
        from wangge.groundwork import clock
        from wangge.surfaces.exchange.audit_file import audit_csv

        if kind is not None and kind not in {each.value for each in AuditKind}:
            known = " ".join(each.value for each in AuditKind)
            raise click.UsageError(_("没有这类记录：{kind}。可用：{known}").format(kind=kind, known=known))
        at = clock.now()
        first = start.replace(tzinfo=clock.CITY_ZONE) if start else at - timedelta(days=30)
        last = end.replace(tzinfo=clock.CITY_ZONE) if end else at + timedelta(days=1)
        record(
            by=TERMINAL, at=at, kind=AuditKind.EXPORT, object_kind="audit_log", object_key="",
            detail={"from": first.isoformat(), "to": last.isoformat()},
        )  # fmt: skip
        wanted = AuditKind(kind) if kind else None
        for piece in audit_csv(audit_lines(start=first, end=last, kind=wanted, object_key=object_key)):
            output.write(piece)


@audit.command(help=_("清除早于若干个月的审计记录（至少保留 7 个月），按月整体移除。请先导出。"))
@click.option("--keep-months", type=click.IntRange(min=LEAST_MONTHS), required=True, help=_("保留最近几个月。"))
def drop(*, keep_months: int) -> None:
    """Runs as owner: the application role cannot remove history."""
    with open_city(as_owner=True):
        from wangge.domains.organizations.operations.audit import drop_months_before
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        at = clock.now()
        with refusals_shown():
            names = drop_months_before(before=at - timedelta(days=31 * keep_months), at=at)
        click.echo(_("已移除 {number} 个月的审计记录。").format(number=len(names)))
