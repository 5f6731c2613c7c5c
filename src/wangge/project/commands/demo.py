"""The command ``wangge demo``: loads a generated city with its people and cases, and says how to sign in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from wangge.project.demo.city_data import FIRST_CITY, CityData, CityDataRefused, read_city
from wangge.project.demo.own_rows import OwnRowsInTheWay, install_own_rows, remove_own_rows
from wangge.project.demo.record import (
    DemoRecord,
    LoadUnderWay,
    loading_alone,
    made_up_password,
    read_record,
    write_record,
)
from wangge.project.environment import Environment, read_environment
from wangge.project.opening import open_city
from wangge.project.words import _

if TYPE_CHECKING:
    from wangge.project.demo.loading import LoadedCity, Progress, Size


@click.group(help=_("演示城市：生成的城市、人员与案卷。"))
def demo() -> None:
    """The group of the verbs below."""


@demo.command(help=_("在空数据库中载入演示城市：区与网格、单位、人员、2024 年与最近 14 天的案卷及照片。"))
@click.option("--city", "name", default=FIRST_CITY, show_default=True, metavar="NAME", help=_("城市名或 .toml 文件。"))
@click.option("--small", "size", flag_value="small", help=_("只载入约一千件案卷。"))
@click.option("--year", "size", flag_value="year", help=_("载入完整的一年：864,300 件案卷，约 5 分钟、10 GB。"))
def load(*, name: str, size: str | None) -> None:
    """Exit 1 when there is a city already, or this is no place for a demo."""
    environment = read_environment()
    if environment.production:
        _end(_("正式运行的城市不载入演示数据：演示人员共用一个密码。"))
    try:
        city = read_city(name)
        with loading_alone(environment.var):
            loaded = _load(environment, city, name, size=size or "usual")
    except CityDataRefused as refused:
        _end(str(refused), code=2)
    except (LoadUnderWay, OwnRowsInTheWay) as refused:
        _end(str(refused))
    said = _("{city}已载入：人员 {people}，照片 {pictures}，案卷 {cases}，流转 {steps} 步。")
    click.echo(
        said.format(
            city=city.title, people=loaded.people, pictures=loaded.pictures, cases=loaded.cases, steps=loaded.steps
        )
    )


def _load(environment: Environment, city: CityData, name: str, *, size: str) -> LoadedCity:
    """The city's own rows come before the database: whoever reads the standards from now on reads them."""
    before = read_record(environment.var)
    copied = install_own_rows(environment, city.overlay)
    with open_city(as_owner=True):
        from wangge.groundwork import clock
        from wangge.groundwork.worker_pool import jobs_here
        from wangge.project.demo.information import city_is_there
        from wangge.project.demo.loading import Size, load_city, start_anew

        if before is not None and not before.complete:
            click.echo(_("上次载入没有完成，重新开始。"))
            start_anew()
        elif city_is_there():
            if copied:
                remove_own_rows(environment)
            _end(_("数据库中已有城市数据，不再载入。如需重来，请换一个 WANGGE_VAR 目录，或使用空数据库。"))
        record = DemoRecord(name, made_up_password())
        write_record(environment.var, record)
        with _bars(Size(size)) as progress:
            loaded = load_city(
                city,
                at=clock.now(),
                password=record.password,
                size=Size(size),
                jobs=1 if size == Size.SMALL else jobs_here(),
                progress=progress,
            )
        write_record(environment.var, record.finished())
    return loaded


@demo.command(help=_("登录名、密码、区与单位、案卷数；没有演示城市时退出码为 1。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
@click.option("--port", default=8000, show_default=True, envvar="PORT", type=click.IntRange(1, 65535))
def info(*, as_json: bool, port: int) -> None:
    """Print how to try the city."""
    record = read_record(read_environment().var)
    none = _("这里没有载入演示城市：请运行 wangge demo load。")
    if record is None or not record.complete:
        _end(none)
    with open_city():
        from wangge.groundwork import clock
        from wangge.project.demo.information import city_is_there, demo_information

        if not city_is_there():
            _end(none)
        found = demo_information(record, address=f"http://127.0.0.1:{port}", at=clock.now())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    _show(found)


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from wangge.project.demo.information import example_sign_ins

    console = Console(markup=False, highlight=False)
    console.print(_("{title}  {address}").format(title=found["title"], address=" ".join(found["addresses"])))
    console.print(_("密码（所有演示人员）：{password}").format(password=found["password"]))
    people = Table(_("登录名"), _("姓名"), _("岗位"), _("单位"))
    for each in example_sign_ins(found):
        posts = " ".join(held["post"] for held in each["posts"])
        people.add_row(each["username"], each["name"], posts, each["department"] or "")
    console.print(people)
    for district in found["districts"]:
        point = f"{district['lon']}, {district['lat']}"
        line = _("{code} {name}：责任网格 {grids}，区内一点 {point}")
        console.print(line.format(code=district["code"], name=district["name"], grids=district["grids"], point=point))
    stages = "，".join(f"{stage} {count}" for stage, count in found["cases"]["by_stage"].items())
    console.print(_("案卷 {total}：{stages}").format(total=found["cases"]["total"], stages=stages))
    console.print(_("接口令牌：wangge token add 登录名；全部人员与编码：wangge demo info --json"))


@contextmanager
def _bars(size: Size) -> Iterator[Progress]:
    """Bars with rate and remaining time: components, pictures, cases, months of evaluation."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    from wangge.groundwork import clock
    from wangge.project.demo import assessment, loading

    bars = Bars(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:,.0f}/s"), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip

    def told(name: str, total: int) -> loading.Told:
        task = bars.add_task(name, total=total, rate=0.0, start=False)
        done, began = 0, 0.0

        def tell(count: int) -> None:
            nonlocal done, began
            if not done:
                bars.start_task(task)
                began = clock.monotonic()
            done += count
            bars.update(task, completed=done, rate=done / max(clock.monotonic() - began, 0.01))

        return tell

    with bars:
        yield loading.Progress(
            things=told(_("部件"), loading.things_of(size)),
            pictures=told(_("照片"), len(loading.scenes_of(size))),
            cases=told(_("案卷"), loading.cases_of(size)),
            months=told(_("评价月份"), assessment.MONTHS),
        )


def _end(text: str, *, code: int = 1) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(code)
