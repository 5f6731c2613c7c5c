"""The commands ``wangge standards``: check the tables, show a class, take over a new edition."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from wangge.groundwork.clock import today
from wangge.project.commands.moves import overlay_of, overlay_option
from wangge.standards.calendars import check_calendars
from wangge.standards.comparing import Change, Difference, compare, take_over
from wangge.standards.editions import categories_of, edition_in_force, limits_of
from wangge.standards.findings import Finding, StandardsRefused
from wangge.standards.library import find_faults, load_tables
from wangge.standards.tables import Category, Tables, TimeLimit
from wangge.standards.wording import label

_JSON = click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 文档。")
_CONFIDENCE = {
    "A": "已证实（两个来源或官方数字）",
    "B": "单一来源，未经印证",
    "C": "未经证实（自定或转述）",
}
_TYPES = {"component": "部件", "event": "事件"}
_CHANGES = {Change.ADDED: "新增", Change.CHANGED: "改变", Change.ENDED: "终止（旧案卷仍用）"}


@click.group()
def standards() -> None:
    """标准数据：部件、事件、立案条件、时限、岗位、流转。"""


def _refuse(findings: tuple[Finding, ...], *, as_json: bool) -> None:
    """Print the findings; a command that calls this ends with exit code 1."""
    if as_json:
        click.echo(
            json.dumps(
                {
                    "findings": [
                        {
                            "file": finding.at.file,
                            "line": finding.at.line,
                            "what": finding.message(),
                            "do": finding.remedy(),
                        }
                        for finding in findings
                    ]
                },
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        for finding in findings:
            click.echo(finding.text(), err=True)
        click.echo(f"共 {len(findings)} 处。", err=True)
    raise SystemExit(1)


def _tables(overlay: Path | None, day: date, *, as_json: bool) -> Tables:
    try:
        return load_tables(overlay, on=day)
    except StandardsRefused as refused:
        _refuse(refused.findings, as_json=as_json)
        raise


@standards.command()
@_JSON
@overlay_option
def check(*, as_json: bool, overlay: Path | None) -> None:
    """检查国家表与城市目录；有问题时逐条列出文件和行号，退出码 1。"""
    where = overlay_of(overlay)
    findings = (*find_faults(where), *check_calendars(where))
    if findings:
        _refuse(findings, as_json=as_json)
    tables = load_tables(where)
    counts = {name: len(getattr(tables, name)) for name in ("moves", "categories", "time_limits", "settings")}
    replaced = len(tables.replaced) + len(tables.setting_values)
    if as_json:
        click.echo(json.dumps({"findings": [], "rows": counts, "overlay_rows": replaced}, indent=1))
    else:
        click.echo(
            f"没有问题：流转 {counts['moves']} 行，小类 {counts['categories']} 个，"
            f"时限 {counts['time_limits']} 条，设置 {counts['settings']} 项；本市自定 {replaced} 行。"
        )


@standards.command()
@click.argument("code", metavar="CODE")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="哪一天；不写则为今天。")
@click.option("--edition", help="标准版本；不写则为当天现行的版本。")
@_JSON
@overlay_option
def show(*, code: str, on: datetime | None, edition: str | None, as_json: bool, overlay: Path | None) -> None:
    """小类的立案条件和时限，例如 0101、event:0101。"""
    day = on.date() if on else today()
    tables = _tables(overlay_of(overlay), day, as_json=as_json)
    edition = edition or edition_in_force(tables)
    if edition not in {row.edition for row in tables.editions}:
        known = " ".join(row.edition for row in tables.editions)
        raise click.BadParameter(f"没有版本“{edition}”。已登记：{known}。", param_hint="--edition")
    keys = [code] if ":" in code else [f"component:{code}", f"event:{code}"]
    classes = [found for key in keys if (found := categories_of(tables, edition).get(key))]
    if not classes:
        click.echo(f"版本 {edition} 在 {day} 没有小类“{code}”。请写四位代码，例如 0101。", err=True)
        raise SystemExit(1)
    if as_json:
        records = [class_record(tables, category) for category in classes]
        document = {"on": str(day), "edition": edition, "classes": records}
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    click.echo(f"{day} 现行：{edition}" if on or not edition else f"版本：{edition}")
    for category in classes:
        _print_class(tables, category)


def class_record(tables: Tables, category: Category) -> dict[str, Any]:
    """A class with its filing conditions, and what the overlay replaced, as one JSON object."""
    below = tables.replaced.get((category.at.table, category.at.key))
    return {
        "category": category.key,
        "major_zh": category.major_zh,
        "minor_zh": category.minor_zh,
        "minor_en": category.minor_en,
        **_provenance(category),
        "national": {"minor_zh": below.minor_zh} if isinstance(below, Category) else None,
        "conditions": [
            limit_record(tables, limit) for limit in limits_of(tables, category.edition).get(category.key, ())
        ],
    }


def limit_record(tables: Tables, limit: TimeLimit) -> dict[str, Any]:
    """A filing condition with its allowance, and the national one it stands for, as one JSON object."""
    below = tables.replaced.get((limit.at.table, limit.at.key))
    return {
        "condition_seq": limit.condition_seq,
        "filing_condition": limit.filing_condition_keywords_zh,
        "filing_condition_en": limit.filing_condition_en,
        "limit": limit.value,
        "unit": limit.unit,
        "unit_zh": label(tables, "unit", limit.unit),
        "minutes": limit.minutes,
        "closing": limit.closing_keywords_zh,
        "closing_en": limit.closing_en,
        "standard": standard_of(tables, limit.edition),
        "scheme": limit.scheme,
        **_provenance(limit),
        "national": {"limit": below.value, "unit": below.unit} if isinstance(below, TimeLimit) else None,
    }


def standard_of(tables: Tables, edition: str) -> str:
    """The title of an edition: the standard and whose numbering it follows."""
    return next((row.title for row in tables.editions if row.edition == edition), edition)


def _provenance(row: Category | TimeLimit) -> dict[str, Any]:
    return {
        "source": row.source,
        "confidence": row.confidence,
        "confirmed": row.confidence == "A",
        "at": str(row.at),
        "overlay": row.at.overlay,
        "note": row.note,
    }


def _print_class(tables: Tables, category: Category) -> None:
    click.echo()
    click.echo(
        f"{_TYPES[category.category_type]} {category.code4} {category.major_zh} / {category.minor_zh}"
        f"（{category.minor_en}）"
    )
    click.echo(f"  名称来源：{category.source}；{_CONFIDENCE[category.confidence]}{_overlay_mark(category)}")
    limits = limits_of(tables, category.edition).get(category.key, ())
    if not limits:
        click.echo("  该版本没有时限。")
    for limit in limits:
        click.echo(
            f"  {limit.condition_seq}. {limit.filing_condition_keywords_zh}"
            f" → {limit.value} {label(tables, 'unit', limit.unit)}"
            f" → {limit.closing_keywords_zh}"
        )
        below = tables.replaced.get((limit.at.table, limit.at.key))
        if isinstance(below, TimeLimit):
            click.echo(f"     国家表：{below.value} {label(tables, 'unit', below.unit)}（{below.at}）")
        click.echo(
            f"     标准：{standard_of(tables, limit.edition)}；来源：{limit.source}；"
            f"{_CONFIDENCE[limit.confidence]}{_overlay_mark(limit)}"
        )


def _overlay_mark(row: Category | TimeLimit) -> str:
    return f"；本市自定（{row.at}）" if row.at.overlay else ""


@standards.command("import")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="只打印差异，不写入。")
@click.option("--from", "first_day", type=click.DateTime(["%Y-%m-%d"]), help="自哪天起有效；写入时必填。")
@_JSON
@overlay_option
def import_tables(
    *, directory: Path, dry_run: bool, first_day: datetime | None, as_json: bool, overlay: Path | None
) -> None:
    """把一个目录中的新表与现行表比较，并作为带日期的行写入城市目录；旧行不删除。"""
    where = overlay_of(overlay)
    if not dry_run and (first_day is None or where is None):
        raise click.UsageError("写入须用 --from 写明自哪天起有效，并用 --overlay 或 WANGGE_OVERLAY 指定城市目录。")
    day = first_day.date() if first_day else today()
    try:
        differences = compare(directory, overlay=where, on=day)
        if not dry_run and where is not None and differences:
            take_over(differences, overlay=where, valid_from=day)
    except StandardsRefused as refused:
        _refuse(refused.findings, as_json=as_json)
    if as_json:
        document = {
            "from": str(day),
            "written": not dry_run,
            "differences": [difference_record(difference) for difference in differences],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for difference in differences:
        changed = "；".join(f"{column}：{old} → {new}" for column, (old, new) in difference.columns.items())
        line = (_CHANGES[difference.change], difference.file, " ".join(difference.key), changed)
        click.echo("  ".join(line).rstrip())
    counts = "，".join(
        f"{name} {sum(difference.change is change for difference in differences)}" for change, name in _CHANGES.items()
    )
    click.echo(f"{counts}。{'未写入。' if dry_run else f'自 {day} 起有效。'}")


def difference_record(difference: Difference) -> dict[str, Any]:
    """One difference as a JSON object."""
    return {
        "file": difference.file,
        "key": list(difference.key),
        "change": difference.change,
        "columns": {column: {"old": old, "new": new} for column, (old, new) in difference.columns.items()},
    }
