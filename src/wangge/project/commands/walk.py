"""The command ``wangge walk``: runs worked examples of the closed loop through the pure logic, without a database.

The national tables and the defaults of the settings hold, with what a walk states in its ``settings`` on top; the
city's own rows do not, so that an example means the same everywhere.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from wangge.domains.cases.logic.rulebook import Rulebook, rulebook
from wangge.domains.cases.logic.walking import ANSWER_COLUMNS, INPUT_COLUMNS, RulesFor, walk_one
from wangge.project.words import _
from wangge.standards.calendars import load_city_clocks
from wangge.standards.city_settings import is_allowed
from wangge.standards.library import load_tables

Row = dict[str, str]


@click.command(help=_("逐步运行流转算例（walks.csv 的格式，只读到 args 列为止），输出每一步的结果。"))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def walk(*, file: Path, as_json: bool) -> None:
    """Exit 2 when the file is no table of walks, 1 when a walk cannot be run; the others are printed all the same."""
    answers: list[Row] = []
    broken = False
    rules_for = _rules_for()
    for name, steps in _walks_of(file).items():
        try:
            answers.extend(walk_one(steps, rules_for).rows)
        except (ValueError, KeyError, LookupError) as error:
            broken = True
            first = steps[0]["line"]
            said = _("{file} 第 {line} 行起的算例 {walk} 无法运行：{error}")
            click.echo(said.format(file=file, line=first, walk=name, error=error), err=True)
    if as_json:
        click.echo(json.dumps(answers, ensure_ascii=False, indent=1))
    else:
        for answer in answers:
            click.echo(_line(answer))
    if broken:
        raise SystemExit(1)


def _walks_of(file: Path) -> dict[str, list[Row]]:
    """The steps of each walk by the columns up to ``args``, with the line of the file they stand in."""
    walks: dict[str, list[Row]] = {}
    for row in _rows_of(file):
        walks.setdefault(row["walk"], []).append(row)
    return walks


def _rows_of(file: Path) -> Iterator[Row]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            table = csv.DictReader(text)
            missing = [name for name in INPUT_COLUMNS if name not in (table.fieldnames or ())]
            if missing:
                raise click.UsageError(_("{file} 缺少列：{columns}").format(file=file, columns=" ".join(missing)))
            for row in table:
                yield {name: row[name] or "" for name in INPUT_COLUMNS} | {"line": str(table.line_num)}
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.UsageError(_("{file} 不是 UTF-8 的 CSV：{error}").format(file=file, error=error)) from None


def _rules_for() -> RulesFor:
    """Rulebooks by what a walk states; walks that state the same share one."""
    tables, clocks = load_tables(), load_city_clocks()
    defaults = {row.key: row.default for row in tables.settings}
    made: dict[tuple[tuple[str, str], ...], Rulebook] = {}

    def rules_for(stated: Mapping[str, str]) -> Rulebook:
        values = {**defaults, **stated}
        for key, value in stated.items():
            if key not in defaults or not is_allowed(tables, key, value, values):
                raise ValueError(_("没有设置 {key}={value}。").format(key=key, value=value))
        content = tuple(sorted(stated.items()))
        if content not in made:
            made[content] = rulebook(tables=tables, settings=values, clock_of=clocks.clock_of)
        return made[content]

    return rules_for


def _line(answer: Row) -> str:
    """One step as people read it: what was tried, and what stands after it."""
    shown = " ".join(f"{name}={answer[name]}" for name in ANSWER_COLUMNS[2:] if answer[name] not in ("", "0"))
    result = answer["expect"] if not answer["reason"] else f"{answer['expect']}:{answer['reason']}"
    return f"{answer['walk']}\t{answer['step']}\t{answer['moment']}\t{answer['verb']}\t{result}\t{shown}"
