"""What must hold before a city runs: findings about environment, calendar, standards, disk and database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import psycopg

from wangge.groundwork.typesetting import missing_fonts
from wangge.project.environment import Environment
from wangge.project.environment_mistakes import mistakes_in
from wangge.standards.calendars import check_calendars, load_calendar
from wangge.standards.findings import StandardsRefused
from wangge.standards.library import find_faults

_SOURCE = Path(__file__).resolve().parents[1]
_NEXT_YEAR_FROM_MONTH = 11


class Weight(StrEnum):
    """Whether a finding keeps the city from running."""

    REFUSAL = "refusal"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class StartFinding:
    """One thing that is wrong, in one line that says what to do."""

    weight: Weight
    text: str


def findings_before_start(environment: Environment, *, on: date) -> list[StartFinding]:
    """Everything that can be seen without the database; ``on`` is the civil day."""
    return [
        *(StartFinding(Weight.REFUSAL, line) for line in mistakes_in(environment)),
        *_of_standards(environment),
        *_of_calendar(environment, on),
        *_of_disk(environment),
        *_of_fonts(),
    ]


def findings_of_database(parameters: dict[str, object]) -> list[StartFinding]:
    """Whether the running database lacks migrations or has more of them than this source, without starting Django."""
    with psycopg.connect(**parameters, connect_timeout=10) as link:  # type: ignore[arg-type]
        row = link.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL").fetchone()
        if row is None or not row[0]:
            return [StartFinding(Weight.REFUSAL, "数据库尚未建立：请先运行 wangge migrate。")]
        done = {(app, name) for app, name in link.execute("SELECT app, name FROM django_migrations")}
    own = set(own_migrations())
    missing = sorted(f"{app}.{name}" for app, name in own - done)
    if missing:
        names = "、".join(missing[:3])
        return [StartFinding(Weight.REFUSAL, f"数据库缺少升级 {names} 等：请先运行 wangge migrate。")]
    apps = {app for app, _name in own}
    newer = sorted(f"{app}.{name}" for app, name in done - own if app in apps)
    if newer:
        told = f"数据库已由更新的版本升级（{newer[0]}）：升级完请换上新程序；要退回，请恢复升级前的备份。"
        return [StartFinding(Weight.WARNING, told)]
    return []


def own_migrations() -> Iterator[tuple[str, str]]:
    for path in _SOURCE.rglob("migrations/[0-9]*.py"):
        yield path.parents[1].name, path.stem


def _of_standards(environment: Environment) -> Iterator[StartFinding]:
    overlay = environment.city_overlay
    for fault in (*find_faults(overlay), *check_calendars(overlay)):
        yield StartFinding(Weight.REFUSAL, fault.text())


def _of_calendar(environment: Environment, on: date) -> Iterator[StartFinding]:
    try:
        years = load_calendar(environment.city_overlay).years()
    except StandardsRefused:
        return
    load = "请把国务院办公厅的放假安排写进自定目录的 calendars/cn_days.csv"
    if on.year not in years:
        yield StartFinding(Weight.REFUSAL, f"缺少 {on.year} 年的工作日历：{load}。")
    elif on.month >= _NEXT_YEAR_FROM_MONTH and on.year + 1 not in years:
        yield StartFinding(Weight.WARNING, f"还没有 {on.year + 1} 年的工作日历，安排公布后{load}。")


def _of_disk(environment: Environment) -> Iterator[StartFinding]:
    environment.var.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(environment.var).free // 2**20
    if free < environment.least_free_mebibytes:
        least = environment.least_free_mebibytes
        yield StartFinding(Weight.REFUSAL, f"{environment.var} 所在磁盘只剩 {free} MiB，少于 {least} MiB：请腾出空间。")


def _of_fonts() -> Iterator[StartFinding]:
    missing = missing_fonts()
    if missing:
        names = "、".join(missing)
        yield StartFinding(Weight.WARNING, f"缺少排版字体 {names}，不能生成 PDF：请运行 make setup，或重新安装。")
