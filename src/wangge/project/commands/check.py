"""The command ``wangge check``: whether this city could run as it is set up."""

from __future__ import annotations

import json
import sys

import click

from wangge.groundwork import clock
from wangge.project.checks import StartFinding, Weight, findings_before_start, findings_of_database
from wangge.project.database import connection_of
from wangge.project.environment import EnvironmentRefused, Role, read_environment
from wangge.project.opening import open_database
from wangge.project.words import _


@click.command(help=_("检查环境、标准、日历、磁盘与数据库；有问题时以 1 退出，仅有提醒时以 0 退出。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一份 JSON。"))
def check(*, as_json: bool) -> None:
    """Print every finding; exit 1 when one of them keeps the city from running."""
    found = _all_findings()
    if as_json:
        click.echo(json.dumps([{"weight": f.weight, "text": f.text} for f in found], ensure_ascii=False))
    else:
        for finding in found:
            click.echo(finding.text if finding.weight is Weight.REFUSAL else _("提醒：") + finding.text)
        if not found:
            click.echo(_("没有发现问题。"))
    sys.exit(any(finding.weight is Weight.REFUSAL for finding in found))


def _all_findings() -> list[StartFinding]:
    try:
        environment = read_environment()
    except EnvironmentRefused as refused:
        return [StartFinding(Weight.REFUSAL, line) for line in refused.lines]
    found = findings_before_start(environment, on=clock.today())
    try:
        with open_database(environment):
            found += findings_of_database(connection_of(environment, Role.APPLICATION))
    except EnvironmentRefused as refused:
        found += [StartFinding(Weight.REFUSAL, line) for line in refused.lines]
    return found
