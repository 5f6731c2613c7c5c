"""The commands ``wangge accounts trace``, ``diff``, ``compare``, ``beside``: whence a figure comes, what changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from wangge.domains.budgeting.logic.money import plain_yuan, yuan_text
from wangge.project.commands.accounts_build import difference_of, only_unit, show_differences
from wangge.project.opening import open_city
from wangge.project.words import _

_SHOWN = 12


@click.command(help=_("数据溯源：一个公开的数字由哪些单元格、哪些支付得出，附校验码。"))
@click.argument("name", metavar="ID")
@click.option("--year", type=int, required=True, help=_("年度。"))
@click.option("--unit", default="", help=_("预算单位代码。"))
@click.option("--all", "whole", is_flag=True, help=_("列出全部支付，而不是每项前十二笔。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def trace(*, name: str, year: int, unit: str, whole: bool, as_json: bool) -> None:
    """Trace; exit 1 when there is no such figure."""
    with open_city():
        from wangge.domains.disclosure.logic.tracing import restated_from
        from wangge.domains.disclosure.queries.counted import proof_of
        from wangge.domains.disclosure.queries.tracing import trace as trace_of
        from wangge.standards.accounts.library import load_accounts

        code = unit or only_unit()
        if not name[:2].isdigit():
            proof = proof_of(unit=code, year=year, name=name)
            if proof is not None:
                _show_proof(name, proof, as_json=as_json)
                return
            restated = restated_from(name, load_accounts(str(year)))
            if not restated:
                raise click.ClickException(_("没有规则说明“%(name)s”的来源。") % {"name": name})
            _show_restated(restated, as_json=as_json)
            return
        try:
            found, vouchers = trace_of(year=year, unit=code, cell=name)
        except KeyError as absent:
            raise click.ClickException(_("没有单元格“%(name)s”。") % {"name": name}) from absent
    if as_json:
        click.echo(json.dumps(_traced(found, vouchers), ensure_ascii=False))
        return
    tree = Tree(_label(found))
    _grow(tree, found, vouchers, None if whole else _SHOWN)
    Console(markup=False, highlight=False).print(tree)


def _show_proof(name: str, proof: Any, *, as_json: bool) -> None:
    """A reading with the published results it sums and sample cases, or the signed statement."""
    reading, statement = proof.reading, proof.statement
    told: dict[str, Any] = {"id": name, "code": bytes((reading or statement).check_code).hex()}
    if reading is None:
        told |= {"statement": statement.words, "evidence": statement.evidence, "signed_by": statement.signed_by}
    else:
        told |= {
            "fact": reading.fact, "value": f"{reading.value.normalize():f}", "numerator": reading.numerator,
            "denominator": reading.denominator, "query": reading.query, "cut_off": reading.cut_off_at.isoformat(),
            "counted": reading.counted, "results": reading.parts, "samples": reading.samples,
        }  # fmt: skip
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    if reading is None:
        click.echo(_("%(name)s  签字说明：%(words)s，佐证 %(evidence)s，%(by)s  校验码 %(code)s") % {
            "name": name, "words": statement.words, "evidence": statement.evidence, "by": statement.signed_by,
            "code": told["code"][:16],
        })  # fmt: skip
        return
    tree = Tree(f"{name}  {told['value']}  {reading.query}  {_('校验码 %(code)s') % {'code': told['code'][:16]}}")
    for part in reading.parts:
        amount = str(part["number"]) if part["of"] is None else f"{part['number']} ÷ {part['of']}"
        tree.add(f"{part['result']} {part['figure']}  {amount}")
    for number in reading.samples:
        tree.add(_("样本案卷 %(number)s") % {"number": number})
    Console(markup=False, highlight=False).print(tree)


def _show_restated(found: Any, *, as_json: bool) -> None:
    rows = [{"id": each.name, "rule": each.rule, "formula": each.formula, "cells": list(each.cells)} for each in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['rule']}  {row['formula']}")
        click.echo("  → " + "、".join(row["cells"]))


def _label(found: Any) -> str:
    amount = _("%(name)s  %(yuan)s 元  = %(formula)s  校验码 %(code)s") % {
        "name": found.name, "yuan": yuan_text(found.fen), "formula": found.formula, "code": found.code[:16],
    }  # fmt: skip
    return amount + (_("  （%(count)d 笔）") % {"count": found.facts} if found.facts else "")


def _grow(tree: Tree, found: Any, vouchers: Any, limit: int | None) -> None:
    for part in found.parts:
        _grow(tree.add(_label(part)), part, vouchers, limit)
    if found.parts:
        return
    rows = sorted(vouchers.get(found.name, ()), key=lambda voucher: -abs(voucher.fen))
    for voucher in rows[:limit]:
        tree.add(f"{voucher.dated_on} {voucher.number} {voucher.payee} {voucher.summary} {yuan_text(voucher.fen)}")
    if limit is not None and len(rows) > limit:
        tree.add(_("…… 另有 %(count)d 笔，用 --all 列出") % {"count": len(rows) - limit})


def _traced(found: Any, vouchers: Any) -> dict[str, Any]:
    from wangge.domains.disclosure.logic.tracing import code_of_voucher

    document: dict[str, Any] = {
        "id": found.name, "fen": found.fen, "formula": found.formula, "code": found.code, "facts": found.facts,
        "parts": [_traced(part, vouchers) for part in found.parts],
    }  # fmt: skip
    if not found.parts:
        document["vouchers"] = [
            {"id": v.id, "unit": v.unit, "number": v.number, "on": v.dated_on, "summary": v.summary, "payee": v.payee,
             "fen": v.fen, "code": code_of_voucher(v)}
            for v in sorted(vouchers.get(found.name, ()), key=lambda v: v.id)
        ]  # fmt: skip
    return document


@click.command(help=_("比较两个版本（版本号）或两个年度（如 2023 2024）的每个单元格。"))
@click.argument("before")
@click.argument("after")
@click.option("--unit", default="", help=_("比较年度时的预算单位代码。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def diff(*, before: str, after: str, unit: str, as_json: bool) -> None:
    """Compare; exit 0 whether or not something differs."""
    with open_city():
        from wangge.domains.disclosure.logic.comparing import changes

        found = changes(_cells_of(before, unit), _cells_of(after, unit))
    rows = [
        {"cell": c.cell, "before": plain_yuan(c.before), "after": plain_yuan(c.after),
         "change": plain_yuan(c.after - c.before)}
        for c in found
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(_("单元格"), before, after, _("增减"))
    for row in rows:
        table.add_row(*row.values())
    Console(markup=False, highlight=False).print(table)


def _cells_of(told: str, unit: str) -> Any:
    from wangge.domains.disclosure.models import Edition
    from wangge.domains.disclosure.queries.cells import cells

    if not told.isdigit():
        raise click.UsageError(_("请写版本号或年度。"))
    number = int(told)
    if 2000 <= number <= 2099:
        return cells(year=number, unit=unit or only_unit())
    edition = Edition.objects.filter(id=number).first()
    if edition is None:
        raise click.ClickException(_("没有版本 %(id)d。") % {"id": number})
    return edition.cells


@click.command(help=_("与官方决算表逐格比较，并说明每处差异的原因。"))
@click.option("--year", type=int, required=True, help=_("年度。"))
@click.option("--unit", default="", help=_("预算单位代码。"))
@click.option("--tables", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help=_("官方表的工作簿；默认用已导入的官方单元格。"))  # fmt: skip
@click.option("--keep", is_flag=True, help=_("把工作簿的单元格存为台账记录，以后编制时自动比较。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def compare(*, year: int, unit: str, tables: Path | None, keep: bool, as_json: bool) -> None:
    """Compare with the official tables; exit 1 when a difference has no cause."""
    with open_city():
        from wangge.domains.disclosure.queries.comparing import (
            against_official,
            official_of_file,
            official_of_records,
        )

        code = unit or only_unit()
        official = official_of_file(tables, year) if tables else official_of_records(year=year, unit=code)
        if not official:
            raise click.ClickException(_("没有官方表的数据：请用 --tables，或先导入官方单元格。"))
        if keep and tables:
            _kept(year, code, official, tables)
        rows = [difference_of(each) for each in against_official(year=year, unit=code, official=official)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif rows:
        show_differences(rows)
    else:
        click.echo(_("全部单元格一致。"))
    if any(row["cause"] == "open" for row in rows):
        raise SystemExit(1)


def _kept(year: int, code: str, official: Any, tables: Path) -> None:
    from wangge.domains.disclosure.operations.official import keep_official
    from wangge.domains.organizations.logic import TERMINAL
    from wangge.groundwork import clock

    found = keep_official(year=year, unit=code, official=official, path=tables, by=TERMINAL, at=clock.now())
    told = {"new": found.difference.new, "changed": found.difference.changed, "refused": len(found.refused)}
    click.echo(_("官方单元格：新增 %(new)d，变更 %(changed)d，退回 %(refused)d。") % told, err=True)


@click.command(help=_("每个单元格与上年、与预算并列。"))
@click.option("--year", type=int, required=True, help=_("年度。"))
@click.option("--unit", default="", help=_("预算单位代码。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def beside(*, year: int, unit: str, as_json: bool) -> None:
    """Print every cell with last year's and the budget's."""
    with open_city():
        from wangge.domains.disclosure.queries.comparing import beside_last_year_and_budget

        found = beside_last_year_and_budget(year=year, unit=unit or only_unit())
    if as_json:
        rows = [
            {"cell": b.cell, "fen": b.fen, "last_fen": b.last_fen, "budget_fen": b.budget_fen,
             "change_fen": b.change_fen}
            for b in found
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(_("单元格"), _("本年"), _("上年"), _("预算"), _("比上年"))
    for b in found:
        table.add_row(b.cell, *(_amount(fen) for fen in (b.fen, b.last_fen, b.budget_fen, b.change_fen)))
    Console(markup=False, highlight=False).print(table)


def _amount(fen: int | None) -> str:
    return "" if fen is None else f"{fen / 1_000_000:,.2f}"
