"""The command ``wangge import compare``: an old system's monthly figures beside ours from its imported cases."""

from __future__ import annotations

from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table

from wangge.project.opening import open_city
from wangge.project.words import _


@click.command(name="compare", help=_("旧系统的月度数字与导入案卷算出的数字逐项对照，差额按原因列出。"))
@click.argument("figures", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_name", default="monthly_figures", help=_("数字表的映射：自带名称或 .toml 文件。"))
@click.option("--history", "history_name", required=True, help=_("导入这些案卷时用的历史映射。"))
@click.option(
    "--refused",
    "refused_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("那次导入的退回行文件：退回的案卷据此算作原因。"),
)
@click.option("--table", "tables", multiple=True, metavar="NAME=FILE", help=_("历史映射要求外给的代码表（CSV）。"))
@click.option("--xlsx", "workbook", type=click.Path(dir_okay=False, path_type=Path), help=_("另写一个工作簿。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def command(
    *,
    figures: Path,
    mapping_name: str,
    history_name: str,
    refused_file: Path | None,
    tables: tuple[str, ...],
    workbook: Path | None,
    as_json: bool,
) -> None:
    """Exit 0 whatever differs; 1 when a file or mapping cannot be used."""
    with open_city():
        from wangge.domains.cases.queries.counted import counted_cases
        from wangge.domains.cases.surroundings import units
        from wangge.project.commands.import_reports import given_tables
        from wangge.surfaces.exchange.imports.history.comparing import CAUSE_LABELS, compare
        from wangge.surfaces.exchange.imports.history.figures_file import (
            load_figures_mapping,
            lost_rows,
            their_figures,
            write_workbook,
        )
        from wangge.surfaces.exchange.imports.history.mapping import load_history_mapping
        from wangge.surfaces.exchange.imports.mapping import MappingRefused
        from wangge.surfaces.exchange.imports.reading import FileRefused

        try:
            told = load_history_mapping(history_name, given_tables(tables))
            theirs = their_figures(figures, load_figures_mapping(mapping_name))
        except MappingRefused as refused:
            raise click.ClickException("\n".join(finding.text(_) for finding in refused.findings)) from refused
        except FileRefused as broken:
            raise click.ClickException(_(broken.message) % broken.values) from broken
        status = told.declaration.cases.status
        comparison = compare(
            theirs,
            counted_cases(system=told.declaration.system),
            lost=tuple(lost_rows(refused_file, told)) if refused_file else (),
            stages=told.tables.get(status.table, {}) if status else {},
            unit_names={unit.code: unit.name for unit in units().values()},
        )
    if workbook is not None:
        write_workbook(comparison, workbook)
    if as_json:
        click.echo(orjson.dumps(comparison.as_json(), option=orjson.OPT_INDENT_2).decode())
        return
    console = Console(markup=False, highlight=False)
    table = Table(_("月份"), _("对象"), _("指标"), _("旧系统"), _("本系统"), _("差额"), _("原因"))
    for line in comparison.lines:
        causes = "；".join(f"{_(CAUSE_LABELS[cause])} {n:+d}" for cause, n in line.causes.items())
        difference = f"{line.difference:+d}" if line.difference else "0"
        table.add_row(line.month, line.object, line.figure, str(line.theirs), str(line.ours), difference, causes)
    console.print(table)
    for figure, rule in comparison.period.items():
        console.print(_("%(figure)s：旧系统的数字按“%(rule)s”计入月份时最接近。") % {"figure": figure, "rule": rule})
