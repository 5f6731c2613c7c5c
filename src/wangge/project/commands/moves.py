"""The command ``wangge moves``: prints the table of moves as it holds in this city."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from wangge.groundwork.clock import today
from wangge.project.environment import read_environment
from wangge.standards.city_settings import city_settings, is_allowed
from wangge.standards.effective import effective_moves
from wangge.standards.findings import StandardsRefused
from wangge.standards.library import load_tables
from wangge.standards.printing import (
    as_record,
    lifecycle_page,
    moves_as_csv,
    moves_as_mermaid,
    moves_as_table,
    permission_page,
)
from wangge.standards.tables import Tables

overlay_option = click.option(
    "--overlay",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="城市目录；不写则用环境变量 WANGGE_OVERLAY。",
)


def overlay_of(given: Path | None) -> Path | None:
    """The overlay directory given on the command line, else that of the environment."""
    return given if given is not None else read_environment().city_overlay


def chosen_settings(tables: Tables, on: datetime, scopes: tuple[str, ...], changes: tuple[str, ...]) -> dict[str, str]:
    """The city's settings of a day with ``KEY=VALUE`` tried on top; refuses unknown keys and values."""
    settings = city_settings(tables, on=on.date(), scopes=("city", *scopes))
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals or key not in settings or not is_allowed(tables, key, value, settings):
            raise click.BadParameter(f"{change}：没有这个设置，或不允许这个值。", param_hint="--set")
        settings[key] = value
    return settings


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "mermaid", "csv", "markdown", "matrix"]),
    default="table",
    show_default=True,
    help="markdown、matrix 是 docs 下的两页。",
)
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 文档。")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="哪一天的表；不写则为今天。")
@click.option("--scope", "scopes", multiple=True, help="district:代码、department:代码、shift:名称，从大到小。")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="试看另一种设置。")
@click.option("--national", is_flag=True, help="只看国家表和默认设置，不用城市目录。")
@overlay_option
def moves(
    *,
    form: str,
    as_json: bool,
    on: datetime | None,
    scopes: tuple[str, ...],
    changes: tuple[str, ...],
    national: bool,
    overlay: Path | None,
) -> None:
    """案卷流转表：按本市设置，谁在哪个环节可以做什么。"""
    day = on or datetime.combine(today(), datetime.min.time())
    try:
        tables = load_tables(None if national else overlay_of(overlay), on=day.date())
    except StandardsRefused as refused:
        for finding in refused.findings:
            click.echo(finding.text(), err=True)
        raise SystemExit(1) from None
    settings = chosen_settings(tables, day, scopes, changes)
    rows = effective_moves(tables, settings)
    if as_json:
        click.echo(json.dumps([as_record(row) for row in rows], ensure_ascii=False, indent=1))
        return
    pages = {
        "table": lambda: moves_as_table(tables, rows),
        "mermaid": lambda: moves_as_mermaid(tables, rows),
        "csv": lambda: moves_as_csv(rows),
        "markdown": lambda: lifecycle_page(tables, settings),
        "matrix": lambda: permission_page(tables, settings),
    }
    click.echo(pages[form](), nl=False)
