"""The command ``wangge import reports``: reads foreign reports by a mapping and writes them as cases."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import django
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from wangge.groundwork import clock
from wangge.project.opening import open_city
from wangge.surfaces.exchange.imports.figures import Figures, Hours
from wangge.surfaces.exchange.imports.findings import LABELS
from wangge.surfaces.exchange.imports.foreign import ForeignReport
from wangge.surfaces.exchange.imports.mapping import MappingFile, MappingRefused, load_mapping
from wangge.surfaces.exchange.imports.reading import FileRefused, check_whole
from wangge.surfaces.exchange.imports.run import ImportRun, RefusedFile, Sink

_ROWS_BETWEEN_PROGRESS = 500
_SHOWN_CODES = 10


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_name", required=True, help="自带映射的名称，或一个 .toml 映射文件。")
@click.option("--dry-run", is_flag=True, help="只读取、核对并报告，不写入任何案卷。")
@click.option("--table", "tables", multiple=True, metavar="NAME=FILE", help="映射要求外给的代码表（CSV）。")
@click.option(
    "--refused",
    "refused_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="退回行写入的文件；默认在当前目录，名为 FILE.refused.csv。",
)
@click.option("--figures", "with_figures", is_flag=True, help="另算所读诉求的统计数字。")
@click.option(
    "--hours",
    type=click.Choice([hours.value for hours in Hours]),
    default=Hours.ELAPSED.value,
    help="统计办理小时数的方法：实际经过，或当地钟面之差。",
)
@click.option("--jobs", default=0, type=click.IntRange(0), help="写入的进程数；默认与处理器数相同。")
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 文档。")
def command(
    *,
    file: Path,
    mapping_name: str,
    dry_run: bool,
    tables: tuple[str, ...],
    refused_file: Path | None,
    with_figures: bool,
    hours: str,
    jobs: int,
    as_json: bool,
) -> None:
    """按映射导入外部系统的诉求（CSV、Excel、JSON、JSONL，可为 .gz）。

    有退回行或疑点时仍以 0 结束；映射有误或文件损坏以 1 结束，用法错误以 2 结束。
    """
    given = given_tables(tables)
    refused_file = refused_file or Path(f"{file.name.removesuffix('.gz')}.refused.csv")
    with without_city() if dry_run else open_city(as_owner=True):
        try:
            mapping = load_mapping(mapping_name, given)
            if not dry_run:
                check_whole(file)
            document = run_import(
                file,
                mapping,
                sink=None if dry_run else case_sink_of(mapping, jobs),
                refused_file=refused_file,
                figures=_figures(mapping, hours) if with_figures else None,
                console=Console(stderr=True, quiet=as_json),
            )
        except MappingRefused as refused:
            raise _Ended("\n".join(finding.text(_) for finding in refused.findings)) from refused
        except FileRefused as broken:
            raise _Ended(_(broken.message) % broken.values) from broken
    if as_json:
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str).decode())
    else:
        _show(document)


class _Ended(click.ClickException):
    """A finding that ends the command with 1, its lines as they are."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True, file=file)


def _(text: str) -> str:
    from django.utils.translation import gettext

    return gettext(text)


@contextmanager
def without_city() -> Iterator[None]:
    """Django's translation needs its settings; no database is asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge.project.settings")
    django.setup()
    yield


def case_sink_of(mapping: MappingFile, jobs: int) -> Sink:
    """What takes the reports in as cases; an import that another one keeps out ends the command."""
    from wangge.domains.cases.operations.foreign import ImportRefused
    from wangge.domains.organizations.logic import TERMINAL
    from wangge.groundwork.worker_pool import jobs_here
    from wangge.surfaces.exchange.imports.case_sink import case_sink

    binding = mapping.declaration.component
    take_in = case_sink(
        by=TERMINAL, at=clock.now(), jobs=jobs or jobs_here(),
        bind_within_metres=binding.within_metres if binding else 0.0,
    )  # fmt: skip

    def sink(reports: Iterable[ForeignReport]) -> dict[str, int]:
        try:
            return take_in(reports)
        except ImportRefused as refused:
            raise _Ended(str(refused)) from refused

    return sink


def run_import(
    file: Path,
    mapping: MappingFile,
    *,
    sink: Sink | None,
    refused_file: Path,
    figures: Figures | None = None,
    console: Console,
) -> dict[str, Any]:
    """Read the whole file into ``sink`` (None: only read it) and answer what happened, JSON-ready."""
    with RefusedFile(refused_file) as refused:
        run = ImportRun(file, mapping, at=clock.now(), refuse=refused.write)
        began = clock.monotonic()
        with _progress(run, console) as reports:
            counted = _counted(reports, figures)
            written = sink(counted) if sink else _only_read(counted)
        seconds = clock.monotonic() - began
    document: dict[str, Any] = {
        "file": str(file),
        "mapping": mapping.name,
        "dry_run": sink is None,
        **run.tally.as_json(),
        "refused_file": str(refused_file) if run.tally.refused else None,
        "written": written,
        "seconds": round(seconds, 2),
        "rows_per_second": round(run.tally.rows / seconds) if seconds else None,
    }
    if figures:
        document["figures"] = figures.as_json()
    return document


def _only_read(reports: Iterable[ForeignReport]) -> dict[str, int]:
    for _report in reports:
        pass
    return {}


def _counted(reports: Iterator[ForeignReport], figures: Figures | None) -> Iterator[ForeignReport]:
    if figures is None:
        return reports
    return (_added(figures, report) for report in reports)


def _added(figures: Figures, report: ForeignReport) -> ForeignReport:
    figures.add(report)
    return report


@contextmanager
def _progress(run: ImportRun, console: Console) -> Iterator[Iterator[ForeignReport]]:
    """The run's reports behind a bar that follows the bytes read of the file as it lies on the disk."""
    rate = TextColumn("{task.fields[rows]:,} " + _("行") + " · {task.fields[rate]:,.0f} " + _("行/秒"))
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        rate,
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    task = bar.add_task(run.path.name, total=run.progress.total_bytes, rows=0, rate=0.0)
    began = clock.monotonic()

    def followed() -> Iterator[ForeignReport]:
        for count, report in enumerate(run.reports(), start=1):
            if count % _ROWS_BETWEEN_PROGRESS == 0:
                rows = run.tally.rows
                speed = rows / max(clock.monotonic() - began, 0.001)
                bar.update(task, completed=run.progress.read_bytes, rows=rows, rate=speed)
            yield report

    with bar:
        yield followed()


def given_tables(pairs: tuple[str, ...]) -> dict[str, Path]:
    """``NAME=FILE`` pairs as the tables they give."""
    tables: dict[str, Path] = {}
    for pair in pairs:
        name, equals, path = pair.partition("=")
        if not (name and equals and path):
            raise click.UsageError(_("--table 须写成 名称=文件，例如 limits=limits.csv。"))
        tables[name] = Path(path)
    return tables


def _figures(mapping: MappingFile, hours: str) -> Figures:
    told = mapping.declaration
    return Figures(told.zone, tuple(told.kept), Hours(hours))


def _show(document: dict[str, Any]) -> None:
    # foreign codes may hold square brackets: nothing printed here is markup
    console = Console(markup=False, highlight=False)
    totals = _("读取 %(rows)d 行，可用 %(taken)d 行，退回 %(refused)d 行；%(seconds).1f 秒。")
    console.print(totals % document)
    if document["refused_file"]:
        console.print(_("退回行及原因见 %(refused_file)s。") % document)
    if document["absent_tables"]:
        console.print(_("没有给出可选的代码表：%s。") % " ".join(document["absent_tables"]))
    if document["absent_columns"]:
        console.print(_("文件没有这些列，按空处理：%s。") % " ".join(document["absent_columns"]))
    reasons = {**document["refused_by_reason"], **document["findings"]}
    if reasons:
        table = Table(_("疑点"), _("行数"), _("其中退回"))
        for kind, label in LABELS.items():
            if kind.value in reasons:
                refused = document["refused_by_reason"].get(kind.value, 0)
                kept = document["findings"].get(kind.value, 0)
                table.add_row(_(label), str(kept + refused), str(refused))
        console.print(table)
    for name, codes in document["unknown_codes"].items():
        shown = "、".join(f"{code or '∅'}（{n}）" for code, n in list(codes.items())[:_SHOWN_CODES])
        total = _("代码表“%(name)s”之外的代码 %(kinds)d 种，共 %(rows)d 行：%(shown)s")
        values = {"name": name, "kinds": len(codes), "rows": sum(codes.values()), "shown": shown}
        console.print(total % values)
    if "figures" in document:
        console.print_json(orjson.dumps(document["figures"], default=str).decode())
    if document["dry_run"]:
        console.print(_("试读：没有写入任何案卷。"))
    else:
        console.print(_("写入：%s。") % "，".join(f"{name} {n}" for name, n in document["written"].items()))
