"""The names of the standards' terms on pages: verbs, stages, posts, classes, units, evidence, in the reader's language.

Classes and filing conditions bring their own English; everything else goes through the catalogue of translations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wangge.domains.organizations.queries import city_tables
from wangge.standards.tables import Category, Tables, TimeLimit
from wangge.standards.wording import words_of
from wangge.surfaces.web.elements.words import Counting, kept_by_language, span_text

_ARGUMENTS = {
    "source": gettext_lazy("来源"), "category": gettext_lazy("小类"), "condition_seq": gettext_lazy("立案条件"),
    "department": gettext_lazy("责任单位"), "departments": gettext_lazy("分给哪些单位"),
    "assignee": gettext_lazy("办理人"), "handler": gettext_lazy("处置人"), "reason": gettext_lazy("原因"),
    "note": gettext_lazy("说明"), "text": gettext_lazy("内容"), "question": gettext_lazy("要问的问题"),
    "answer": gettext_lazy("答复"), "why": gettext_lazy("为何询问"), "amount": gettext_lazy("延长多少"),
    "until": gettext_lazy("至何时"), "reply_by": gettext_lazy("限何时回复"), "kind": gettext_lazy("类别"),
    "level": gettext_lazy("级别"), "result": gettext_lazy("结果"), "lead_case": gettext_lazy("主案卷"),
    "body": gettext_lazy("外单位名称"), "grade": gettext_lazy("评价"), "inner_limit": gettext_lazy("区内时限"),
    "external_no": gettext_lazy("外部单号"), "act": gettext_lazy("办理方式"), "rule": gettext_lazy("自动规则"),
    "child": gettext_lazy("子案卷"), "parent": gettext_lazy("主案卷"), "recorded_at": gettext_lazy("记录时间"),
    "description": gettext_lazy("问题描述"), "location": gettext_lazy("位置"), "address": gettext_lazy("地点描述"),
    "photo_before": gettext_lazy("处置前照片"), "photo_after": gettext_lazy("处置后照片"),
    "photo_site": gettext_lazy("现场照片"), "answer_letter": gettext_lazy("答复函扫描件"),
    "signed_order": gettext_lazy("签批单扫描件"), "sealed_application": gettext_lazy("盖章申请表扫描件"),
    "reporter_name": gettext_lazy("称呼"), "reporter_phone": gettext_lazy("电话"), "post": gettext_lazy("岗位"),
}  # fmt: skip
_PHOTO_KINDS = {
    "photo_before": gettext_lazy("处置前"), "photo_after": gettext_lazy("处置后"), "photo_site": gettext_lazy("现场"),
    "answer_letter": gettext_lazy("答复函"), "signed_order": gettext_lazy("签批单"),
    "sealed_application": gettext_lazy("盖章申请表"),
}  # fmt: skip
VALUES: Mapping[tuple[str, str], object] = {
    ("result", "true"): gettext_lazy("属实"), ("result", "false"): gettext_lazy("不属实"),
    ("result", "done"): gettext_lazy("已办结"), ("result", "refused"): gettext_lazy("不予办理"),
    ("answer", "satisfied"): gettext_lazy("满意"), ("answer", "unsatisfied"): gettext_lazy("不满意"),
    ("answer", "unreachable"): gettext_lazy("未联系上"), ("answer", "none"): gettext_lazy("逾期未答复"),
    ("kind", "ordinary"): gettext_lazy("一般"), ("kind", "engineering"): gettext_lazy("工程类"),
    ("kind", "bulk"): gettext_lazy("批量"),
}  # fmt: skip
_STANDARD = re.compile(r"(GB|CJ|CJJ|DB)(/T)? ?[0-9][0-9.]*-[0-9]{4}")
_REQUESTS = {
    "extension": gettext_lazy("申请延期"), "suspension": gettext_lazy("申请挂账"),
    "postponement": gettext_lazy("申请缓办"), "void": gettext_lazy("申请作废"), "reopen": gettext_lazy("申请重新立案"),
}  # fmt: skip


def word(of: str, term: str) -> str:
    """The label of a term of the tables (``wording.words_of``) translated; the term where there is none."""
    return _word(city_tables(), of, term) if term else ""


@kept_by_language(4096)
def _word(tables: Tables, of: str, term: str) -> str:
    return _(words_of(tables, of).get(term, term))


def verb_name(verb: str) -> str:
    """What a move is called: 派遣."""
    return word("verb", verb)


def stage_name(stage: str) -> str:
    """What a stage is called: 待派遣."""
    return word("stage", stage)


def post_name(post: str) -> str:
    """A post's short name, without the explanation in brackets: 责任单位."""
    return word("post", post).partition("(")[0].strip()


def argument_name(name: str) -> str:
    """What an argument or a piece of evidence is called on forms and in the history."""
    return str(_ARGUMENTS.get(name, name))


def photo_kind(kind: str) -> str:
    """What a picture shows: 处置前."""
    return str(_PHOTO_KINDS.get(kind, kind))


def request_name(kind: str) -> str:
    """What an open request is called."""
    return str(_REQUESTS.get(kind, kind))


@lru_cache(maxsize=8)
def _categories(tables: Tables, edition: str) -> Mapping[str, Category]:
    return {row.key: row for row in tables.categories if row.edition == edition}


@lru_cache(maxsize=8)
def _limits(tables: Tables, edition: str) -> Mapping[str, tuple[TimeLimit, ...]]:
    found: dict[str, list[TimeLimit]] = {}
    for row in tables.time_limits:
        if row.edition == edition:
            found.setdefault(f"{row.category_type}:{row.code4}", []).append(row)
    return {key: tuple(sorted(rows, key=lambda row: row.condition_seq)) for key, rows in found.items()}


def categories(edition: str) -> Mapping[str, Category]:
    """Every minor class 小类 of an edition by its key ``component:0101``."""
    return _categories(city_tables(), edition)


def is_english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "").startswith("en")


def category_name(key: str, edition: str) -> str:
    """A minor class in words: 上水井盖."""
    row = categories(edition).get(key)
    if row is None:
        return key or _("未定小类")
    return row.minor_en if is_english() and row.minor_en else row.minor_zh


def category_type(key: str) -> str:
    """部件 or 事件."""
    return _("部件") if key.startswith("component:") else _("事件")


def major_name(row: Category) -> str:
    """The major class 大类."""
    return row.major_en if is_english() and row.major_en else row.major_zh


def category_path(key: str, edition: str) -> str:
    """部件 · 公用设施 · 0101."""
    row = categories(edition).get(key)
    return "—" if row is None else f"{category_type(key)} · {major_name(row)} · {row.code4}"


def conditions_of(key: str, edition: str) -> tuple[TimeLimit, ...]:
    """The filing conditions 立案条件 of a class with their limits, in order."""
    return _limits(city_tables(), edition).get(key, ())


def condition_name(row: TimeLimit) -> str:
    """A filing condition in words."""
    english = is_english() and row.filing_condition_en
    return row.filing_condition_en if english else row.filing_condition_keywords_zh


def condition_of(key: str, condition_seq: int, edition: str) -> str:
    """The filing condition of a class by its number; empty before filing."""
    found = (row for row in conditions_of(key, edition) if row.condition_seq == condition_seq)
    return next((condition_name(row) for row in found), "")


def limit_text(value: int | str, unit: str) -> str:
    """A legal limit: 4 个工作时."""
    return _limit(city_tables(), str(value), unit) if unit else ""


@kept_by_language(1024)
def _limit(tables: Tables, value: str, unit: str) -> str:
    name = _word(tables, "unit", unit).partition("/")[0]
    if is_english() and value == "1":
        name = name.removesuffix("s")
    return _("%(number)s 个%(unit)s") % {"number": value, "unit": name}


def amount_text(amount: str) -> str:
    """``4 work_hour`` in words."""
    number, _blank, unit = amount.partition(" ")
    return limit_text(number, unit)


def minutes_text(minutes: int) -> str:
    """A stage's limit: 15 分钟, counted without a break."""
    return span_text(minutes, counting=Counting.CONTINUOUS)


def edition_name(edition: str) -> str:
    """The standard an edition of classes and limits belongs to: GB/T 30428.2-2013; else its title."""
    title = next((row.title for row in city_tables().editions if row.edition == edition), edition)
    standard = _STANDARD.match(title)
    return standard[0] if standard is not None else title
