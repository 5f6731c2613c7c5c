"""The commands ``wangge accounts build`` and ``step``: the document of a year, frozen as an edition and published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from wangge.domains.budgeting.logic.money import plain_yuan
from wangge.project.opening import open_city
from wangge.project.words import _

_FORMATS = ("docx", "xlsx", "pdf", "html", "json", "csv")


@click.command(help=_("由台账编制一个年度的决算文件：九张表、说明与附件，各种格式。"))
@click.option("--year", type=int, required=True, help=_("年度。"))
@click.option("--unit", default="", help=_("预算单位代码；默认为唯一的或最上级的单位。"))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help=_("写入的目录。"))
@click.option("--format", "formats", multiple=True, type=click.Choice(_FORMATS), help=_("只写这些格式，可重复。"))
@click.option("--form", "form", type=click.Choice(["final", "budget"]), default="final", help=_("决算，或预算公开表。"))
@click.option("--edition", "as_edition", is_flag=True, help=_("同时冻结为一个版本，须用 --as 指明编制人。"))
@click.option("--as", "username", default="", help=_("编制人的用户名。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def build(
    *, year: int, unit: str, out: Path, formats: tuple[str, ...], form: str, as_edition: bool, username: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Build; exit 1 when the unit is not there or the edition is refused."""
    with open_city():
        from wangge.domains.disclosure.queries.comparing import against_official, official_of_records
        from wangge.domains.disclosure.queries.templates import word_template
        from wangge.domains.disclosure.rendering.files import write_files
        from wangge.groundwork import clock

        began = clock.monotonic()
        code = unit or only_unit()
        paper, cells, forms = _paper(year, code, form)
        name = f"{year}-{code}" if form == "final" else f"{year}-{code}-{form}"
        template = word_template(year) if form == "final" else None
        paths = write_files(paper, cells, forms, out=out, formats=formats or _FORMATS, name=name, template=template)
        edition = _frozen(paths, year, code, form, username) if as_edition else None
        official = official_of_records(year=year, unit=code) if form == "final" else {}
        differences = against_official(year=year, unit=code, official=official) if official else ()
        document: dict[str, Any] = {
            "unit": code,
            "year": year,
            "form": form,
            "files": [str(path) for path in paths],
            "cells": len(cells),
            "edition": edition,
            "gaps": [{"id": gap.id, "question": gap.question} for gap in paper.gaps],
            "differences": [difference_of(each) for each in differences],
            "seconds": round(clock.monotonic() - began, 2),
        }
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    for path in document["files"]:
        click.echo(path)
    if edition:
        click.echo(_("已冻结为版本 %(id)d。") % {"id": edition})
    for gap in document["gaps"]:
        click.echo(_("待补充 %(id)s：%(question)s") % gap)
    show_differences(document["differences"])


def _paper(year: int, code: str, form: str) -> tuple[Any, Any, Any]:
    """The document of a form with its cells and forms."""
    from wangge.domains.budgeting.models import BudgetUnit
    from wangge.domains.disclosure.queries.budgets import budget_document
    from wangge.domains.disclosure.queries.documents import written
    from wangge.domains.disclosure.queries.telling import UnitUnknown

    try:
        if form == "budget":
            return budget_document(year=year, unit=code)
        found = written(year=year, unit=code)
    except (UnitUnknown, BudgetUnit.DoesNotExist) as unknown:
        raise click.ClickException(_("没有代码为“%(code)s”的预算单位。") % {"code": code}) from unknown
    return found.document, found.account.cells, found.forms


def _frozen(paths: Sequence[Path], year: int, code: str, form: str, username: str) -> int:
    """The edition that holds exactly these files."""
    from wangge.domains.disclosure.models import Form
    from wangge.domains.disclosure.operations.editions import compile_edition
    from wangge.domains.disclosure.refusals import DisclosureRefused
    from wangge.groundwork import clock

    contents = {path.suffix[1:]: path.read_bytes() for path in paths}
    try:
        return compile_edition(
            unit=code, year=year, by=named_person(username), at=clock.now(), form=Form(form), files=contents
        )
    except DisclosureRefused as refused:
        raise click.ClickException(str(refused)) from refused


@click.command(help=_("把一个版本推进到下一环节：审核、报送、批复、保密审查、公开、更正、退回。"))
@click.argument("verb", type=click.Choice(
    ["review", "submit", "approve", "secrecy_review", "publish", "correct", "send_back"]))  # fmt: skip
@click.option("--edition", type=int, required=True, help=_("版本号（build --edition 给出）。"))
@click.option("--as", "username", required=True, help=_("办理人的用户名。"))
@click.option("--reason", default="", help=_("意见、文号或公开的更正理由。"))
def step(*, verb: str, edition: int, username: str, reason: str) -> None:
    """Take one step; exit 1 when it is refused."""
    with open_city():
        from wangge.domains.disclosure.operations.editions import take_step
        from wangge.domains.disclosure.refusals import DisclosureRefused
        from wangge.groundwork import clock

        try:
            state = take_step(edition_id=edition, verb=verb, by=named_person(username), at=clock.now(), reason=reason)
        except DisclosureRefused as refused:
            raise click.ClickException(str(refused)) from refused
        click.echo(str(state.label))


def only_unit() -> str:
    """The one unit, or the one at the top; asks for ``--unit`` when there are several. Needs an open city."""
    from wangge.domains.budgeting.models import BudgetUnit

    tops = list(BudgetUnit.objects.filter(parent__isnull=True).values_list("code", flat=True)[:2])
    if len(tops) != 1:
        raise click.UsageError(_("请用 --unit 指明预算单位；先用 wangge import ledger 导入单位名录。"))
    return str(tops[0])


def named_person(username: str) -> Any:
    """The actor of a user name with the posts he holds now. Needs an open city."""
    from wangge.domains.organizations.queries import actor_of_person, person_named
    from wangge.groundwork import clock

    person = person_named(username) if username else None
    actor = actor_of_person(person.id, clock.now()) if person is not None else None
    if actor is None:
        raise click.UsageError(_("没有用户“%(name)s”，请用 --as 指明办理人。") % {"name": username})
    return actor


def difference_of(each: Any) -> dict[str, Any]:
    """A difference against the official tables, JSON-ready; amounts in 万元 as printed."""
    return {
        "cell": each.cell,
        "ours": plain_yuan(each.ours),
        "official": plain_yuan(each.official),
        "difference": plain_yuan(each.off),
        "cause": str(each.cause),
        "points_to": list(each.points_to),
    }


def show_differences(rows: list[dict[str, Any]]) -> None:
    """The differences as a table, with each cause in words."""
    if not rows:
        return
    table = Table(_("单元格"), _("台账"), _("官方表"), _("相差"), _("原因"), _("指向"))
    for row in rows:
        words = _(CAUSES[row["cause"]])
        table.add_row(
            row["cell"], row["ours"], row["official"], row["difference"], words, "、".join(row["points_to"][:4])
        )
    Console(markup=False, highlight=False).print(table)


CAUSES = {
    "tail": _("尾差：各自四舍五入"),
    "follows": _("由下级单元格的差异引起"),
    "moved": _("归入了另一科目"),
    "payment": _("恰等于这些支付"),
    "unpaid": _("恰等于未支付或退单"),
    "missing": _("台账没有对应的事实"),
    "only_ours": _("官方表没有这一项"),
    "open": _("待查"),
}
