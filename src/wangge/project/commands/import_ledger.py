"""The command ``wangge import ledger``: lists of other finance systems into the ledger, with difference and proof."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from wangge.domains.budgeting.logic.money import yuan_text
from wangge.project.opening import open_city
from wangge.project.words import _

_SHOWN = 20


@click.command(name="ledger", help=_("导入财务系统的清单：单位、指标、支付、收入、凭证、合同、资产、绩效目标。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_name", required=True, help=_("自带映射的名称，或一个 .toml 映射文件。"))
@click.option("--dry-run", is_flag=True, help=_("只核对并报告差异，不写入。"))
@click.option("--refused", "refused_file", type=click.Path(dir_okay=False, path_type=Path),
              help=_("退回行写入的文件（CSV）；默认在当前目录，名为 FILE.refused.csv。"))  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def command(*, file: Path, mapping_name: str, dry_run: bool, refused_file: Path | None, as_json: bool) -> None:
    """Import; exit 1 when a row was refused or the proof does not hold, 2 when the file cannot be read."""
    with open_city():
        from wangge.domains.budgeting.refusals import LedgerRefused
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.groundwork import clock
        from wangge.surfaces.exchange.imports.reading import FileRefused
        from wangge.surfaces.exchange.ledger.declaration import LedgerMappingRefused, load_ledger_mapping
        from wangge.surfaces.exchange.ledger.run import import_ledger

        began = clock.monotonic()
        try:
            mapping = load_ledger_mapping(mapping_name)
            with _waiting(file.name, quiet=as_json):
                result, _read = import_ledger(file, mapping, by=TERMINAL, at=clock.now(), dry_run=dry_run)
        except (LedgerMappingRefused, FileRefused) as refused:
            click.echo(str(refused), err=True)
            raise SystemExit(2) from refused
        except LedgerRefused as refused:
            click.echo(_("没有写入任何内容：%(why)s") % {"why": refused}, err=True)
            raise SystemExit(1) from refused
        seconds = clock.monotonic() - began
    target = refused_file or Path(f"{file.name}.refused.csv")
    document = _document(result, file, mapping.name, seconds)
    if result.refused:
        _write_refused(target, document["refused"])
        document["refused_file"] = str(target)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _show(document, mapping.title)
    if result.refused or not result.proven:
        raise SystemExit(1)


def _waiting(name: str, *, quiet: bool) -> Bars:
    bars = Bars(SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
                console=Console(stderr=True, quiet=quiet), transient=True)  # fmt: skip
    bars.add_task(_("读取并记账：%(name)s") % {"name": name}, total=None)
    return bars


def _document(result: Any, file: Path, mapping: str, seconds: float) -> dict[str, Any]:
    difference = result.difference
    return {
        "file": str(file),
        "mapping": mapping,
        "kind": result.kind,
        "dry_run": result.dry_run,
        "import": result.import_id,
        "rows": result.rows,
        "new": difference.new,
        "changed": difference.changed,
        "changed_keys": list(difference.changed_keys),
        "same": difference.same,
        "vanished": list(difference.vanished),
        "refused": [{"line": row.line, "reason": row.reason} for row in result.refused],
        "notes": list(result.notes),
        "proven": result.proven,
        "proof": dict(result.proof),
        "seconds": round(seconds, 2),
    }


def _write_refused(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.DictWriter(opened, ("line", "reason"))
        writer.writeheader()
        writer.writerows(rows)


def _show(document: dict[str, Any], title: str) -> None:
    console = Console(markup=False, highlight=False)
    console.print(_("%(title)s：读取 %(rows)d 行；%(seconds).1f 秒。") % {**document, "title": title})
    table = Table(_("差异"), _("数量"))
    for key, label in (("new", _("新增")), ("changed", _("变更（红字冲销后重记）")), ("same", _("相同"))):
        table.add_row(label, str(document[key]))
    table.add_row(_("上次有、这次没有（未改动）"), str(len(document["vanished"])))
    table.add_row(_("退回"), str(len(document["refused"])))
    console.print(table)
    if document["vanished"]:
        console.print(_("这次没有的：%s") % "、".join(document["vanished"][:_SHOWN]))
    for row in document["refused"][:_SHOWN]:
        console.print(_("第 %(line)d 行：%(reason)s") % row)
    if document.get("refused_file"):
        console.print(_("全部退回行见 %(refused_file)s。") % document)
    for note in document["notes"]:
        console.print(_("请核对：%s") % note)
    _show_proof(document, console)
    if document["dry_run"]:
        console.print(_("试读：没有写入任何内容。"))


def _show_proof(document: dict[str, Any], console: Console) -> None:
    lines = document["proof"].get("lines") or []
    for line in lines:
        mark = "✓" if line["off_fen"] == 0 else "✗"
        where = " ".join(str(line[key]) for key in ("unit", "year", "line") if line.get(key))
        console.print(
            _("%(mark)s %(where)s 文件 %(file)s 元，台账 %(ours)s 元，相差 %(off)s 元")
            % {
                "mark": mark,
                "where": where or _("文件合计行"),
                "file": yuan_text(line["file_fen"]),
                "ours": yuan_text(line["ledger_fen"]),
                "off": yuan_text(line["off_fen"]),
            }
        )
