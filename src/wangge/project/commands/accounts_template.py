"""The command ``wangge accounts template``: fills the Word file that the finance bureau issues, and lists the rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from wangge.project.commands.accounts_build import named_person, only_unit
from wangge.project.opening import open_city
from wangge.project.words import _


@click.command(help=_("用财政部门当年制发的 Word 模板编制决算说明：对上的字段和章节自动填写，没有对上的逐一列出。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--year", type=int, required=True, help=_("年度。"))
@click.option("--unit", default="", help=_("预算单位代码；默认为唯一的或最上级的单位。"))
@click.option("--map", "maps", multiple=True, metavar=_("名称=对应"),
              help=_("模板中的字段或标题对应哪个数字或章节，可重复，如 收入总额=01.r27。"))  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=_("把填好的文件写到这里。"))
@click.option("--keep", is_flag=True, help=_("存为该年度的模板，以后编制 Word 时使用；须用 --as 指明经办人。"))
@click.option("--as", "username", default="", help=_("经办人的用户名。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def template(
    *, file: Path, year: int, unit: str, maps: tuple[str, ...], out: Path | None, keep: bool, username: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Fill; exit 1 when the file is refused."""
    with open_city():
        from wangge.domains.disclosure.queries.documents import written
        from wangge.domains.disclosure.queries.telling import UnitUnknown
        from wangge.domains.disclosure.rendering.template import Template, TemplateRefused, fill_template

        code = unit or only_unit()
        try:
            document = written(year=year, unit=code).document
            chosen = _chosen(maps)
            filled = fill_template(Template(file.read_bytes(), chosen), document)
        except UnitUnknown as unknown:
            raise click.ClickException(_("没有代码为“%(code)s”的预算单位。") % {"code": code}) from unknown
        except TemplateRefused as refused:
            raise click.ClickException(str(refused)) from refused
        if keep:
            _keep(file, year, code, chosen, document, username)
    if out is not None:
        out.write_bytes(filled.content)
    if as_json:
        click.echo(json.dumps(_told(filled), ensure_ascii=False))
        return
    _list(_("已对应"), [f"{each.of_template} → {each.ours}" for each in (*filled.fields, *filled.sections)])
    _list(_("模板中没有对上的字段"), filled.unmapped_fields)
    _list(_("模板中没有对上的标题"), filled.unmapped_sections)
    _list(_("模板没有的章节"), filled.missing)


def _chosen(maps: Sequence[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in maps]
    if any(not mark for _name, mark, _ours in pairs):
        raise click.UsageError(_("--map 写作 名称=对应。"))
    return {name.strip(): ours.strip() for name, _mark, ours in pairs}


def _keep(file: Path, year: int, code: str, chosen: dict[str, str], document: Any, username: str) -> None:
    from wangge.domains.disclosure.operations.templates import choose, keep_template
    from wangge.domains.disclosure.refusals import DisclosureRefused
    from wangge.groundwork import clock

    common: dict[str, Any] = {"unit": code, "year": year, "by": named_person(username), "at": clock.now()}
    try:
        keep_template(name=file.name, content=file.read_bytes(), document=document, **common)
        for name, ours in chosen.items():
            choose(of_template=name, ours=ours, **common)
    except DisclosureRefused as refused:
        raise click.ClickException(str(refused)) from refused


def _told(filled: Any) -> dict[str, Any]:
    return {
        "fields": {each.of_template: each.ours for each in filled.fields},
        "sections": {each.of_template: each.ours for each in filled.sections},
        "unmapped_fields": list(filled.unmapped_fields),
        "unmapped_sections": list(filled.unmapped_sections),
        "missing": list(filled.missing),
    }


def _list(title: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo(f"{title}：")
        for line in lines:
            click.echo(f"  {line}")
