"""Checks of the city's standards proper: units, classes, editions, filing conditions and their allowances."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from wangge.standards.findings import Finding, gettext_noop
from wangge.standards.tables import Origin, StageLimit, Tables, TimeLimit


def units_are_sound(t: Tables) -> Iterator[Finding]:
    for unit in t.time_units:
        if unit.clock not in ("continuous", "working") or unit.minutes <= 0:
            yield Finding(
                unit.at,
                gettext_noop("时限单位“%(unit)s”的钟或分钟数无效。"),
                gettext_noop("clock 写 continuous 或 working，minutes 写正整数。"),
                {"unit": unit.unit},
            )
    known = {unit.unit for unit in t.time_units}
    limits: tuple[TimeLimit | StageLimit, ...] = (*t.time_limits, *t.stage_limits)
    for limit in limits:
        if limit.unit not in known:
            yield Finding(
                limit.at,
                gettext_noop("未知的时限单位“%(unit)s”。"),
                gettext_noop("可用的单位：%(known)s。"),
                {"unit": limit.unit, "known": " ".join(sorted(known))},
            )
        if limit.value <= 0:
            yield Finding(
                limit.at,
                gettext_noop("时限须大于 0。"),
                gettext_noop("请改 limit_value。"),
            )


def allowances_add_up(t: Tables) -> Iterator[Finding]:
    minutes = {unit.unit: unit.minutes for unit in t.time_units}
    for limit in t.time_limits:
        expected = limit.value * minutes.get(limit.unit, 0)
        if limit.unit in minutes and limit.minutes != expected:
            yield Finding(
                limit.at,
                gettext_noop("limit_minutes 是 %(given)s，按单位应为 %(expected)s。"),
                gettext_noop("请改 limit_minutes、limit_value 或 limit_unit。"),
                {"given": str(limit.minutes), "expected": str(expected)},
            )


def classes_are_sound(t: Tables) -> Iterator[Finding]:
    editions = {edition.edition for edition in t.editions}
    for category in t.categories:
        if not re.fullmatch(r"\d{4}", category.code4) or (category.code4 != category.major_code + category.minor_code):
            yield Finding(
                category.at,
                gettext_noop("小类代码“%(code)s”不是大类代码加小类代码的四位数字。"),
                gettext_noop("请改 code4、major_code 或 minor_code。"),
                {"code": category.code4},
            )
        if category.edition not in editions:
            yield _unknown_edition(category.at, category.edition, editions)
        table = "events" if category.category_type == "event" else "components"
        if category.category_type not in ("component", "event") or table not in category.at.file:
            yield Finding(
                category.at,
                gettext_noop("category_type“%(type)s”与所在文件不符。"),
                gettext_noop("部件写在 components.csv（component），事件写在 events.csv（event）。"),
                {"type": category.category_type},
            )


def _unknown_edition(at: Origin, edition: str, known: set[str]) -> Finding:
    return Finding(
        at,
        gettext_noop("未知的标准版本“%(edition)s”。"),
        gettext_noop("已登记的版本（editions.csv）：%(known)s。"),
        {"edition": edition, "known": " ".join(sorted(known))},
    )


def editions_count_their_classes(t: Tables) -> Iterator[Finding]:
    """The numbers printed in editions.csv; a city that adds or removes classes is not held to them."""
    changed = {key[0] for table, key in t.replaced if table == "categories"}
    counted = Counter((category.edition, category.category_type) for category in t.categories)
    for edition in t.editions:
        have = counted[edition.edition, "component"], counted[edition.edition, "event"]
        if edition.edition not in changed and have != (edition.components, edition.events):
            yield Finding(
                edition.at,
                gettext_noop("版本“%(edition)s”登记的小类数与表中不符：部件 %(parts)s，事件 %(events)s。"),
                gettext_noop("请补齐小类，或改 components、events 两列。"),
                {"edition": edition.edition, "parts": str(have[0]), "events": str(have[1])},
            )


def one_edition_is_in_force(t: Tables) -> Iterator[Finding]:
    editions = {edition.edition: edition for edition in t.editions}
    if not t.editions_in_force:
        yield Finding(
            Origin("editions_in_force.csv", 1),
            gettext_noop("没有现行的标准版本。"),
            gettext_noop("请写明自哪天起用哪个版本。"),
        )
    for row in t.editions_in_force:
        if row.edition not in editions:
            yield _unknown_edition(row.at, row.edition, set(editions))
        elif not editions[row.edition].has_time_limits:
            yield Finding(
                row.at,
                gettext_noop("版本“%(edition)s”没有时限，不能作为现行版本。"),
                gettext_noop("请先在 time_limits.csv 中补上时限。"),
                {"edition": row.edition},
            )


def limits_stand_on_classes(t: Tables) -> Iterator[Finding]:
    classes = {(c.edition, c.category_type, c.code4): c for c in t.categories}
    sequences: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for limit in t.time_limits:
        key = limit.edition, limit.category_type, limit.code4
        sequences[key].append(limit.condition_seq)
        category = classes.get(key)
        if category is None:
            yield Finding(
                limit.at,
                gettext_noop("代码“%(code)s”在版本“%(edition)s”中没有对应的小类。"),
                gettext_noop("请改代码，或先在 components.csv、events.csv 中加上该小类。"),
                {"code": f"{limit.category_type}:{limit.code4}", "edition": limit.edition},
            )
        elif category.minor_zh != limit.minor_zh:
            yield Finding(
                limit.at,
                gettext_noop("小类名“%(name)s”与小类表中的“%(known)s”不符。"),
                gettext_noop("请核对代码与名称。"),
                {"name": limit.minor_zh, "known": category.minor_zh},
            )
    with_limits = {edition.edition for edition in t.editions if edition.has_time_limits}
    for key, category in classes.items():
        numbers = sorted(sequences.get(key, []))
        if category.edition in with_limits and not numbers:
            yield Finding(
                category.at,
                gettext_noop("小类“%(code)s”没有立案条件和时限。"),
                gettext_noop("请在 time_limits.csv 中加上，每个小类至少一条。"),
                {"code": category.key},
            )
        if numbers != list(range(1, len(numbers) + 1)):
            yield Finding(
                category.at,
                gettext_noop("小类“%(code)s”的立案条件编号不连续：%(numbers)s。"),
                gettext_noop("condition_seq 从 1 起连续编号。"),
                {"code": category.key, "numbers": " ".join(map(str, numbers))},
            )


LIMIT_CHECKS = (
    units_are_sound,
    allowances_add_up,
    classes_are_sound,
    editions_count_their_classes,
    one_edition_is_in_force,
    limits_stand_on_classes,
)
