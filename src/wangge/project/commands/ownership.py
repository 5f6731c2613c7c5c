"""The command ``wangge ownership``: rule sets from the terminal, and what the past suggests as rules."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wangge.project.opening import open_city
from wangge.project.words import _

if TYPE_CHECKING:
    from wangge.domains.ownership.logic.learning import Past


@click.group(help=_("权属规则：从历史派遣中学习、核对、发布。"))
def ownership() -> None:
    """The group of the verbs below."""


@ownership.command(
    help=_("从历史派遣中起草规则，带支持数与相符率；只起草，不发布。用 --from 学习文件，--measure 在另一文件上衡量。")
)
@click.option("--title", default="", help=_("草案名称。"))
@click.option("--days", default=365, show_default=True, type=click.IntRange(1), help=_("回看多少天的案卷。"))
@click.option("--least", default=5, show_default=True, type=click.IntRange(1), help=_("至少多少件案卷才成规则。"))
@click.option("--from", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=_("从 CSV 学习。"))
@click.option("--measure", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=_("在此 CSV 上衡量。"))
@click.option("--unit", default="agency_name", show_default=True, help=_("CSV 中单位的列。"))
@click.option(
    "--keys", default="category,complaint_type,descriptor,supervisor_district", show_default=True,
    help=_("CSV 中由粗到细的列，以逗号分隔。"),
)  # fmt: skip
@click.option("--day", "day", default="created_date", show_default=True, help=_("CSV 中日期的列，取前四位为年。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def learn(
    *, title: str, days: int, least: int, source: Path | None, measure: Path | None, unit: str, keys: str, day: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Draft rules from the cases of the last days; or only measure, where files are given."""
    if source is not None:
        document = _learn_from_file(source, measure or source, unit, tuple(keys.split(",")), day, least)
    else:
        with open_city():
            document = _learn_from_cases(title, days, least)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    click.echo(_("学习案卷 %(learnt)d 件，得规则 %(rules)d 条。") % document)
    if "measured" in document:
        click.echo(_("衡量 %(measured)d 件，相符 %(right)d 件（%(percent)s%%）。") % document)
    if document.get("rule_set"):
        click.echo(_("已起草规则集 %(rule_set)d，请在“权属规则”页面核对后发布。") % document)


def _learn_from_file(
    source: Path, measure: Path, unit: str, keys: tuple[str, ...], day: str, least: int
) -> dict[str, Any]:
    from wangge.domains.ownership.logic.learning import Suggestions
    from wangge.domains.ownership.logic.learning import learn as learn_rules

    past = list(_past_of(source, unit, keys, day))
    rules = learn_rules(past, least_support=1 if least == 5 else least)
    ask = Suggestions(rules).unit_for
    tried = list(_past_of(measure, unit, keys, day))
    right = sum(ask(case.keys, case.year) == case.unit for case in tried)
    percent = f"{right * 100 / max(len(tried), 1):.2f}"
    return {"learnt": len(past), "rules": len(rules), "measured": len(tried), "right": right, "percent": percent}


def _past_of(path: Path, unit: str, keys: tuple[str, ...], day: str) -> Iterator[Past]:
    from wangge.domains.ownership.logic.learning import Past

    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        missing = [name for name in (*keys, unit, day) if name not in (reader.fieldnames or ())]
        if missing:
            raise click.UsageError(_("文件没有列：%s。") % "、".join(missing))
        for row in reader:
            year = row[day][:4]
            yield Past(tuple(row[key] for key in keys), int(year) if year.isdigit() else 0, row[unit])


def _learn_from_cases(title: str, days: int, least: int) -> dict[str, Any]:
    from datetime import timedelta

    from wangge.domains.cases.operations.learning import draft_from_history
    from wangge.domains.organizations.logic import TERMINAL
    from wangge.groundwork import clock

    at = clock.now()
    name = title or _("历史派遣 %s") % clock.today().isoformat()
    drafted = draft_from_history(
        title=name, since=at - timedelta(days=days), before=at, least_support=least, by=TERMINAL, at=at
    )
    return {"learnt": drafted.learnt, "rules": drafted.rules, "rule_set": drafted.rule_set_id}


@ownership.command(help=_("核对草案：列出冲突、重复与空白，及涉及的近一年案卷数；有冲突时退出码为 1。"))
@click.argument("rule_set", type=int)
def check(*, rule_set: int) -> None:
    """Print what is wrong with a set."""
    with open_city():
        from wangge.domains.cases.queries.proposal import past_by_class_and_district
        from wangge.domains.ownership.logic.checking import Trouble
        from wangge.domains.ownership.operations.rule_sets import findings_of
        from wangge.groundwork import clock

        past = past_by_class_and_district(at=clock.now())
        found = findings_of(rule_set_id=rule_set, past=past, on=clock.today())
    names = {"conflict": _("冲突"), "double": _("重复"), "gap": _("空白")}
    for each in found:
        rules = " ".join(map(str, each.rules))
        click.echo(f"{names[each.trouble.value]} {each.category} {each.district} {rules} · {each.cases}")
    if any(each.trouble is Trouble.CONFLICT for each in found):
        raise SystemExit(1)
    click.echo(_("没有冲突。"))


@ownership.command(help=_("发布草案，自某日起生效。"))
@click.argument("rule_set", type=int)
@click.option("--from", "from_on", required=True, type=click.DateTime(["%Y-%m-%d"]), help=_("生效日期。"))
@click.option("--accept-gaps", default="", metavar="WHY", help=_("空白为何可以留着。"))
def release(*, rule_set: int, from_on: Any, accept_gaps: str) -> None:
    """Release a set; exit 2 when it is refused."""
    day: date = from_on.date()
    with open_city():
        from wangge.domains.cases.queries.proposal import past_by_class_and_district
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.domains.ownership.operations.rule_sets import release as release_set
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        at = clock.now()
        with refusals_shown():
            release_set(
                rule_set_id=rule_set, effective_on=day, past=past_by_class_and_district(at=at), by=TERMINAL, at=at,
                accepted_gaps=accept_gaps,
            )  # fmt: skip
    click.echo(_("规则集 %(number)d 自 %(day)s 起生效。") % {"number": rule_set, "day": day.isoformat()})
