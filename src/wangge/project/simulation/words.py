"""Owns the invented words of simulated cases: spots of an address, what is wrong, who calls.

Pure. Nothing here is a real place or person; class names and filing conditions come from the standards' tables.
"""

from __future__ import annotations

import random

from wangge.standards.tables import TimeLimit

_SPOTS = (
    "路口东北角", "公交站旁", "小区南门", "学校门口", "菜市场入口", "人行道", "非机动车道", "绿化带内",
    "桥头", "社区公园内", "商铺门前", "停车场出口", "医院对面", "加油站旁",
)  # fmt: skip
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗"
_GIVEN = (
    "伟", "敏", "静", "丽", "强", "磊", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "霞", "平", "建国",
    "桂英",
)  # fmt: skip
_CITIZEN_ENDINGS = (
    "，影响出行，请尽快处理。",
    "，已经好几天了，没人管。",
    "，晚上很危险。",
    "，希望回复处理结果。",
    "。",
)
_FIELD_ENDINGS = (
    "。",
    "，面积约 2 平方米。",
    "，需现场处置。",
    "，影响市容。",
    "，有安全隐患。",
)


def spot(chance: random.Random) -> str:
    """Where exactly at an address: ``学校门口``."""
    return _SPOTS[int(chance.random() * len(_SPOTS))]


def description(chance: random.Random, limit: TimeLimit, *, citizen: bool) -> str:
    """What is wrong, in the words of the filing condition."""
    wrong = limit.filing_condition_keywords_zh.split("/")[0].split(",")[0].strip("；;。 ")
    endings = _CITIZEN_ENDINGS if citizen else _FIELD_ENDINGS
    return f"{limit.minor_zh}：{wrong}{endings[int(chance.random() * len(endings))]}"


def name(chance: random.Random) -> str:
    """The invented name of a caller."""
    return _SURNAMES[int(chance.random() * len(_SURNAMES))] + _GIVEN[int(chance.random() * len(_GIVEN))]


def phone(chance: random.Random) -> str:
    """A number of the form of a mobile one; 199-0000 is used by nobody."""
    return f"1990000{int(chance.random() * 10000):04d}"
