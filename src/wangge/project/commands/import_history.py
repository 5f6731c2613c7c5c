"""The command ``wangge import history``: the whole history of an old system, as its vendor exports it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from wangge.project.opening import open_city
from wangge.project.words import _

_SHOWN = 15


@click.command(name="history", help=_("导入旧系统的全量历史：案卷、流转、照片与代码；先用 --dry-run 试读。"))
@click.argument("export", type=click.Path(exists=True, path_type=Path))
@click.option("--mapping", "mapping_name", required=True, help=_("自带映射的名称，或一个 .toml 映射文件。"))
@click.option("--dry-run", is_flag=True, help=_("只读取、核对并报告，不写入任何案卷。"))
@click.option("--table", "tables", multiple=True, metavar="NAME=FILE", help=_("映射要求外给的代码表（CSV）。"))
@click.option(
    "--refused",
    "refused_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("退回行写入的文件；默认在当前目录，名为 EXPORT.refused.csv。"),
)
@click.option("--without-photos", is_flag=True, help=_("照片留在原处，步骤里只记路径。"))
@click.option("--jobs", default=0, type=click.IntRange(0), help=_("写入的进程数；默认与处理器数相同。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def command(
    *,
    export: Path,
    mapping_name: str,
    dry_run: bool,
    tables: tuple[str, ...],
    refused_file: Path | None,
    without_photos: bool,
    jobs: int,
    as_json: bool,
) -> None:
    """Exit 0 when the export was read to its end, however many rows were refused; 1 when it cannot be used."""
    refused_file = refused_file or Path(f"{export.name}.refused.csv")
    with open_city(as_owner=True):
        from wangge.domains.cases.operations.foreign import ImportRefused
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.groundwork import clock
        from wangge.groundwork.worker_pool import jobs_here
        from wangge.project.commands.import_reports import given_tables
        from wangge.surfaces.exchange.imports.history.mapping import load_history_mapping
        from wangge.surfaces.exchange.imports.history.taking import take_in_export
        from wangge.surfaces.exchange.imports.mapping import MappingRefused
        from wangge.surfaces.exchange.imports.reading import FileRefused

        began = clock.monotonic()
        try:
            mapping = load_history_mapping(mapping_name, given_tables(tables))
            with _progress(quiet=as_json) as told:
                report = take_in_export(
                    export,
                    mapping,
                    by=TERMINAL,
                    at=clock.now(),
                    refused_file=refused_file,
                    dry_run=dry_run,
                    jobs=jobs or jobs_here(),
                    with_photos=not without_photos,
                    told=told,
                )
        except MappingRefused as refused:
            raise click.ClickException("\n".join(finding.text(_) for finding in refused.findings)) from refused
        except FileRefused as broken:
            raise click.ClickException(_(broken.message) % broken.values) from broken
        except ImportRefused as kept_out:
            raise click.ClickException(str(kept_out)) from kept_out
        seconds = clock.monotonic() - began
    report |= {"seconds": round(seconds, 2), "cases_per_second": round(report["cases"] / max(seconds, 0.001))}
    if as_json:
        click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
    else:
        show_report(report)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Any]:
    """Two bars: bytes read of each file, then cases written with their rate and what remains."""
    from wangge.groundwork import clock
    from wangge.surfaces.exchange.imports.history.staging import Source
    from wangge.surfaces.exchange.imports.history.taking import Told

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True, quiet=quiet),
        transient=True,
    )
    tasks: dict[str, Any] = {}
    done, began = 0, 0.0

    def reading(source: Source, read: int, whole: int) -> None:
        name = f"{source.path.name} {source.sheet}".strip()
        if name not in tasks:
            tasks[name] = bar.add_task(name, total=whole, rate="")
        bar.update(tasks[name], completed=read)

    def counted(cases: int) -> None:
        nonlocal began
        began = clock.monotonic()
        tasks[""] = bar.add_task(_("案卷"), total=cases, rate="")

    def written(more: int) -> None:
        nonlocal done
        done += more
        rate = done / max(clock.monotonic() - began, 0.001)
        bar.update(tasks[""], completed=done, rate=_("%(n)d 件/秒") % {"n": round(rate)})

    with bar:
        yield Told(reading, counted, written)


def show_report(report: dict[str, Any]) -> None:
    """Print the report for people."""
    from wangge.surfaces.exchange.imports.findings import LABELS, FindingKind

    console = Console(markup=False, highlight=False)
    console.print(
        _("案卷 %(cases)d 件，流转 %(steps)d 条，照片 %(photos)d 张；可用 %(taken)d 件，退回 %(refused)d 行。") % report
    )
    if report["refused_file"]:
        console.print(_("退回行及原因见 %(refused_file)s。") % report)
    if report["absent_columns"]:
        console.print(_("文件没有这些列，按空处理：%s。") % " ".join(report["absent_columns"]))
    reasons = {**report["refused_by_reason"], **report["findings"]}
    if reasons:
        table = Table(_("疑点"), _("次数"), _("其中退回"))
        for kind in reasons:
            refused = report["refused_by_reason"].get(kind, 0)
            table.add_row(_(LABELS[FindingKind(kind)]), str(report["findings"].get(kind, 0) + refused), str(refused))
        console.print(table)
    for title, name in (
        (_("留作备注的环节（原名：原因）"), "remarks"),
        (_("映射补上的步骤"), "bridged"),
        (_("按本市规则不会允许、照原样保留的步骤"), "would_refuse"),
        (_("所述状态与流转到达的环节不同"), "stage_differs"),
    ):
        if report[name]:
            listed = "、".join(f"{each}（{n}）" for each, n in list(report[name].items())[:_SHOWN])
            console.print(f"{title}：{listed}")
    for name, codes in report["unknown"].items():
        listed = "、".join(f"{code or '∅'}（{n}）" for code, n in list(codes.items())[:_SHOWN])
        console.print(_("代码表“%(name)s”之外的代码 %(kinds)d 种：%(shown)s") % {
            "name": name, "kinds": len(codes), "shown": listed,
        })  # fmt: skip
    _show_offset(console, report["coordinates"])
    if report["dry_run"]:
        console.print(_("试读：没有写入任何案卷。"))
    else:
        told = _("写入 %(written)d 件、%(steps_written)d 步，已有 %(already_there)d 件；%(seconds).1f 秒。")
        console.print(told % report)


def _show_offset(console: Console, found: dict[str, Any] | None) -> None:
    if found is None or not found["is_wrong"]:
        return
    told = _("注意：%(points)d 个点整体偏离所述网格约 %(metres).0f 米（偏%(direction)s），坐标系可能有误。") % found
    if found["likelier"]:
        told += _("按 %(likelier)s 解读则吻合，请核对映射的 system。") % found
    console.print(told)
