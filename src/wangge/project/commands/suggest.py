"""The command ``wangge suggest``: learns class and owner from the city's cases, and says how good that is."""

from __future__ import annotations

import csv
import gzip
from importlib.metadata import version
from pathlib import Path

import click
import orjson

from wangge.project.opening import open_city
from wangge.project.words import _


@click.group(help=_("由诉求内容建议小类与责任单位：训练、查看、试用、测量。"))
def suggest() -> None:
    """The group of the verbs below."""


@suggest.command(help=_("由本市已立案的案卷训练；输出交叉验证的准确率。"))
@click.option("--most", type=click.IntRange(50, 10_000), default=4000, help=_("最多用多少件，各小类轮流取最新的。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def train(*, most: int, as_json: bool) -> None:
    """Train, measure, keep; exit 2 where there are too few cases."""
    with open_city() as environment:
        from wangge.domains.cases.drafting import civil
        from wangge.domains.cases.logic.moments import day_of
        from wangge.domains.cases.operations import teaching
        from wangge.domains.cases.rules import rulebook_on
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown
        from wangge.project.suggestions import directory_of

        at = clock.now()
        with refusals_shown():
            try:
                made = teaching.train(
                    directory=directory_of(environment), at=at, software=version("wangge"),
                    edition=rulebook_on(day_of(civil(at))).edition, most=most,
                )  # fmt: skip
            except teaching.TooFewCases as few:
                text = _("已立案且有文字的案卷太少，还不能训练：%(count)s 件，至少 %(least)s 件。")
                count = str(few).partition(" ")[0]
                raise teaching.TooFewCases(text % {"count": count, "least": teaching.LEAST_CASES}) from few
    _print(made, as_json=as_json)


@suggest.command(help=_("显示现用模型：训练时间、件数、准确率。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def status(*, as_json: bool) -> None:
    """Print what is told of the model in use."""
    with open_city() as environment:
        from wangge.domains.cases.suggestion_files import current
        from wangge.project.suggestions import directory_of

        found = current(directory_of(environment))
    if found is None:
        raise click.ClickException(_("还没有训练过：请运行 wangge suggest train。"))
    _print(dict(found.manifest), as_json=as_json)


@suggest.command(help=_("为一段文字给出建议；输出 JSON。"))
@click.argument("words")
def ask(*, words: str) -> None:
    """Print the suggestions without cases: those are shown to who may see them."""
    with open_city() as environment:
        from wangge.domains.cases.logic.suggesting import TOP, scores_of
        from wangge.domains.cases.suggestion_files import current
        from wangge.project.suggestions import directory_of

        model = current(directory_of(environment))
        if model is None:
            raise click.ClickException(_("还没有训练过：请运行 wangge suggest train。"))
        found = {}
        for kind, weights in (("classes", model.classes), ("owners", model.owners)):
            scores = scores_of(words, model.rarity, weights)
            found[kind] = [model.manifest[kind][int(number)] for number in (-scores).argsort()[:TOP]]
    click.echo(orjson.dumps({**found, "measured": model.manifest["measured"]}))


@suggest.command(help=_("用一份已标注的 CSV（可为 gz）交叉验证；不写入任何东西。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--text", "texts", multiple=True, default=("title", "text"), help=_("文字所在的列，可重复。"))
@click.option("--label", default="level1", help=_("标注所在的列。"))
def measure(*, file: Path, texts: tuple[str, ...], label: str) -> None:
    """Print the measure of a labelled file."""
    from dataclasses import asdict

    import numpy as np

    from wangge.domains.cases.logic.suggesting import counted, likeness_of, measured, rarity_of, rows_of

    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8-sig", newline="") as stream:
        rows = [dict(row) for row in csv.DictReader(stream)]
    missing = [name for name in (*texts, label) if rows and name not in rows[0]]
    if not rows or missing:
        raise click.ClickException(_("文件缺少列：%(columns)s。") % {"columns": "、".join(missing)})
    names = sorted({row[label] for row in rows})
    said = [counted("\n".join(row[name] for name in texts)) for row in rows]
    labels = np.array([names.index(row[label]) for row in rows])
    found = measured(likeness_of(rows_of(said, rarity_of(said))), labels, len(names))
    click.echo(orjson.dumps(asdict(found)))


def _print(made: dict[str, object], *, as_json: bool) -> None:
    told = {key: value for key, value in made.items() if key != "cases_known"}
    if as_json:
        click.echo(orjson.dumps(told))
        return
    click.echo(_("%(cases)s 件，训练于 %(made_at)s，小类标准 %(classes_of)s") % told)
    measures = told["measured"]
    assert isinstance(measures, dict)
    for kind, name in (("classes", _("小类")), ("owners", _("责任单位"))):
        found = measures[kind]
        if found is None:
            click.echo(_("%(kind)s：件数太少，未训练") % {"kind": name})
            continue
        values = {"kind": name, **found, "first": f"{found['first']:.1%}", "three": f"{found['among_three']:.1%}"}
        click.echo(
            _("%(kind)s：%(labels)s 类，首位正确 %(first)s，前三位含正确 %(three)s，宏平均 F1 %(macro_f1)s") % values
        )
