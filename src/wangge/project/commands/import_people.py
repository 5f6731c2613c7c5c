"""The command ``wangge import people``: people and posts from a personnel office's table."""

from __future__ import annotations

import json
from pathlib import Path

import click

from wangge.project.opening import open_city
from wangge.project.words import _


@click.command(name="people", help=_("从 CSV 文件导入人员与岗位；先用 --dry-run 查看差异。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("只查看差异，不写入。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def command(*, file: Path, dry_run: bool, as_json: bool) -> None:
    """Import, print the differences and the refused rows; exit 1 when a row was refused."""
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.domains.organizations.operations.importing import import_people, read_people
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        with refusals_shown(), file.open(encoding="utf-8-sig", newline="") as opened:
            rows = read_people(opened)
            result = import_people(by=TERMINAL, at=clock.now(), rows=rows, dry_run=dry_run)
    changes = {str(kind): found for kind, found in result.differences.items()}
    if as_json:
        refused = [{"line": row.line, "username": row.username, "reason": row.reason} for row in result.refused]
        document = {"dry_run": dry_run, "refused": refused, **changes}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        for kind, found in changes.items():
            click.echo(f"{_LABELS[kind]}: {len(found)}")
        for row in result.refused:
            click.echo(_("第 %(line)s 行 %(name)s：%(reason)s") % {
                "line": row.line, "name": row.username, "reason": row.reason,
            }, err=True)  # fmt: skip
    if result.refused:
        raise SystemExit(1)


_LABELS = {
    "new_person": _("新增人员"),
    "new_post": _("新增岗位"),
    "renamed": _("更正姓名或电话"),
    "same": _("没有变化"),
}
