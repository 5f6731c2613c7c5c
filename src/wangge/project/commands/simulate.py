"""The command ``wangge simulate``: fills a migrated, empty database with a city and a year of its cases."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from wangge.project.demo.own_rows import OwnRowsInTheWay, install_own_rows, remove_own_rows
from wangge.project.environment import Environment, read_environment
from wangge.project.opening import open_city
from wangge.project.words import _

if TYPE_CHECKING:
    from wangge.project.demo.city_data import CityData


@click.command(help=_("在已升级的空数据库中生成一座城市一年的案卷，带全部流转记录。"))
@click.option("--cases", required=True, type=click.IntRange(1, 50_000_000), help=_("案卷数。"))
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0), help=_("随机种子；同一种子生成同一座城市。")
)
@click.option("--year", default=2024, show_default=True, type=click.IntRange(2010, 2099), help=_("年份。"))
@click.option("--city", "name", default="", metavar="NAME", help=_("演示城市的名称或 .toml 文件。"))
@click.option("--jobs", default=0, type=click.IntRange(0), help=_("进程数；默认与处理器数相同，结果与此无关。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def simulate(*, cases: int, seed: int, year: int, name: str, jobs: int, as_json: bool) -> None:
    """Exit 1 when the database holds a city or cases already, 2 when there is no such city.

    The city's own rows over the standards are put in place first, as for a demo: its year is one under its own rules.
    """
    from wangge.project.demo.city_data import FIRST_CITY, CityDataRefused, read_city

    try:
        city = read_city(name or FIRST_CITY)
    except CityDataRefused as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    environment = read_environment()
    try:
        copied = install_own_rows(environment, city.overlay)
    except OwnRowsInTheWay as refused:
        click.echo(str(refused), err=True)
        sys.exit(1)
    with open_city(as_owner=True), _taken_back(environment, copied=copied):
        told = _simulate(city, cases=cases, seed=seed, year=year, jobs=jobs, quiet=as_json)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        line = _("已写入 {cases:,} 件案卷、{steps:,} 步，用时 {seconds:.0f} 秒，每秒 {cases_per_second:,.0f} 件。")
        click.echo(line.format(**told))


@contextlib.contextmanager
def _taken_back(environment: Environment, *, copied: bool) -> Iterator[None]:
    """A city that was not simulated does not keep the rows of its rules."""
    try:
        yield
    except BaseException:
        if copied:
            remove_own_rows(environment)
        raise


def _simulate(city: CityData, *, cases: int, seed: int, year: int, jobs: int, quiet: bool) -> dict[str, Any]:
    from datetime import date

    from wangge.domains.cases.operations.bulk import filling, no_case_yet, settle_after_bulk
    from wangge.domains.organizations.logic import TERMINAL
    from wangge.groundwork import clock
    from wangge.groundwork.worker_pool import jobs_here
    from wangge.project.commands.bars import counted_bar
    from wangge.project.demo.ground import grow_ground
    from wangge.project.demo.ground_loading import CityExists, load_ground
    from wangge.project.simulation.running import Production, produce, year_tasks

    at, began = clock.now(), clock.monotonic()
    if not no_case_yet():
        click.echo(_("数据库中已有案卷：模拟只写入空数据库。请换一个 WANGGE_VAR 目录。"), err=True)
        sys.exit(1)
    try:
        day = date(year, 1, 1)
        loaded = load_ground(grow_ground(city), by=TERMINAL, at=at, turns_from=day, turns_to=day)
    except CityExists as exists:
        click.echo(str(exists), err=True)
        sys.exit(1)
    production = Production(loaded, seed, TERMINAL, at)
    written = steps = 0
    with filling(), counted_bar(_("案卷"), cases, unit=_("件"), quiet=quiet) as tell:
        for done in produce(production, year_tasks(cases=cases, year=year, seed=seed), jobs=jobs or jobs_here()):
            written, steps = written + done.cases, steps + done.steps
            tell(done.cases)
    settle_after_bulk(tables=("cases_case", "cases_matter", "cases_private_texts"))
    seconds = clock.monotonic() - began
    return {
        "city": city.name,
        "seed": seed,
        "year": year,
        "cases": written,
        "steps": steps,
        "seconds": round(seconds, 2),
        "cases_per_second": round(written / seconds, 1),
        "steps_per_second": round(steps / seconds, 1),
    }
