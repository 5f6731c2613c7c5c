"""The question each argument and piece of evidence of the table of moves becomes on a form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge.domains.cases.openings import Opening
from wangge.domains.cases.queries.proposal import limit_for
from wangge.domains.cases.surroundings import units
from wangge.domains.organizations.directory import Known, holders
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.pinyin_initials import initials
from wangge.standards.tables import Tables
from wangge.surfaces.web.command.desk import DeskCase
from wangge.surfaces.web.command.rows import unit_name
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, picture_limits
from wangge.surfaces.web.maps import map_at

Make = Callable[[DeskCase, Opening, bool], Field | None]
LONGEST_TEXT = 2000
SYSTEMS_OWN = frozenset({"rule", "recorded_at", "act", "source", "external_no", "child", "parent"})
PAPERS = frozenset({"answer_letter", "signed_order", "sealed_application"})


def argument_field(name: str, desk: DeskCase, opening: Opening, *, required: bool) -> Field | None:
    """The question for an argument; None for what only the system gives."""
    if name in SYSTEMS_OWN:
        return None
    make = _MAKERS.get(name)
    return make(desk, opening, required) if make is not None else _long(name, desk, required)


def evidence_field(kind: str, desk: DeskCase, *, required: bool) -> Field:
    """The question for a piece of evidence."""
    label = labels.argument_name(kind)
    if kind == "location":
        value = "" if desk.row.lon is None else f"{desk.row.lon:.6f},{desk.row.lat:.6f}"
        return Field(
            kind, label, FieldKind.POINT, required=required, value=value,
            map=map_at(desk.row.lon, desk.row.lat, desk.at),
            help=_("已按案卷位置填好；实际位置不同时请改。"),
        )  # fmt: skip
    if kind in PAPERS:
        return Field(
            kind, label, FieldKind.FILE, required=required, help=_("扫描或拍照：JPEG、PNG、WebP，每张不超过 20 MB。")
        )
    return Field(
        kind, label, FieldKind.PHOTOS, required=required, from_camera=kind == "photo_site",
        help=picture_limits(),
    )  # fmt: skip


def _long(name: str, desk: DeskCase, required: bool) -> Field:
    return Field(
        name, labels.argument_name(name), FieldKind.LONG_TEXT, required=required, max_length=LONGEST_TEXT,
        placeholder=_("将记入案卷") if required else "",
        texts_url=_texts_url(desk.state.stage) if desk.by.is_staff else "",
    )  # fmt: skip


@lru_cache(maxsize=64)
def _texts_url(stage: str) -> str:
    return f"{reverse('texts_offered')}?{urlencode({'stage': stage})}"


def _text(name: str) -> Make:
    return lambda _desk, _opening, required: Field(
        name, labels.argument_name(name), FieldKind.TEXT, required=required, max_length=200
    )


# ---- classes and conditions ------------------------------------------------------------------------------------


def category_field(edition: str, *, value: str = "", required: bool = True) -> Field:
    """The minor class, found by typing a part of its name, code or initials."""
    return Field(
        "category", labels.argument_name("category"), FieldKind.SEARCH, required=required, value=value,
        choices=category_choices(edition), placeholder=_("输入名称、拼音首字母或编码"),
    )  # fmt: skip


def category_choices(edition: str) -> tuple[Choice, ...]:
    """Every minor class, grouped by 部件 or 事件 and major class; made once for each edition and language."""
    return _category_choices(city_tables(), edition, get_language() or "")


@lru_cache(maxsize=16)
def _category_choices(_tables: Tables, edition: str, _language: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            key,
            labels.category_name(key, edition),
            f"{labels.category_type(key)} · {labels.major_name(row)}",
            row.code4,
            f"{initials(row.minor_zh)} {row.minor_zh} {row.minor_en}",
        )
        for key, row in labels.categories(edition).items()
    )


def condition_field(category: str, edition: str, *, value: str = "", required: bool = True) -> Field:
    """The filing condition with its limit beside it; asks for the class first where there is none."""
    rows = labels.conditions_of(category, edition)
    chosen = value or (str(rows[0].condition_seq) if len(rows) == 1 else "")
    return Field(
        "condition_seq", labels.argument_name("condition_seq"), FieldKind.CHOICE, required=required and bool(rows),
        value=chosen,
        choices=tuple(
            Choice(
                str(row.condition_seq),
                labels.condition_name(row),
                hint=labels.limit_text(row.value, row.unit),
            )
            for row in rows
        ),
        belongs_to=category,
        help="" if rows else (_("该小类没有立案条件。") if category else _("先选小类，再选立案条件。")),
    )  # fmt: skip


def _category(desk: DeskCase, opening: Opening, required: bool) -> Field:
    value = _posted(desk, opening, "category") or desk.state.category or desk.row.category
    asked = category_field(desk.edition, value=value, required=required)
    if not hangs_on_class(opening):
        return asked
    form = form_id(opening)
    return replace(
        asked, depends_url=f"{reverse('conditions', args=[desk.row.number])}?{urlencode({'form': form})}",
        depends_target=f"#{form}-condition_seq-field",
    )  # fmt: skip


def hangs_on_class(opening: Opening) -> bool:
    """Whether the form asks for class and condition: then another class brings its own conditions and proposal."""
    return opening.act is not None or "condition_seq" in opening.move.args


def _condition(desk: DeskCase, opening: Opening, required: bool) -> Field:
    category = _posted(desk, opening, "category") or desk.state.category or desk.row.category
    value = str(desk.state.condition_seq) if desk.state.condition_seq and category == desk.state.category else ""
    if not value and desk.choice is not None and category == (desk.state.category or desk.row.category):
        limit = limit_for(desk.choice, category=category, filed=0, rules=desk.rules)
        value = str(limit.condition_seq) if limit is not None else ""
    return condition_field(category, desk.edition, value=value, required=required)


def form_id(opening: Opening) -> str:
    """The id of a verb's form on the page: of a composite act its name."""
    return opening.act.act if opening.act is not None else opening.move.verb


def _posted(desk: DeskCase, opening: Opening, name: str) -> str:
    posted = desk.posted
    return posted.first(name) if posted is not None and posted.verb == form_id(opening) else ""


# ---- people and units ------------------------------------------------------------------------------------------


def unit_choices(district_code: str, codes: Iterable[str] | None = None) -> tuple[Choice, ...]:
    """The responsible units, those of the case's own district first."""
    wanted = None if codes is None else frozenset(codes)
    offered = [
        unit for unit in units().values() if unit.kind != "centre_section" and (wanted is None or unit.code in wanted)
    ]
    ordered = sorted(offered, key=lambda unit: (unit.district_code not in ("", district_code), unit.kind, unit.code))
    kinds = {kind: _kind_of_unit(kind) for kind in {unit.kind for unit in ordered}}
    return tuple(_unit(unit.code, unit.name, kinds[unit.kind]) for unit in ordered)


@lru_cache(maxsize=4096)
def _unit(code: str, name: str, kind: str) -> Choice:
    return Choice(code, name, kind, code, initials(name))


def _kind_of_unit(kind: str) -> str:
    return {
        "department": _("专业部门"), "street": _("街道"), "company": _("企业"), "district_platform": _("区级平台"),
    }.get(kind, kind)  # fmt: skip


def _department(desk: DeskCase, opening: Opening, required: bool) -> Field:
    value = desk.proposed
    if opening.move.verb == "district_dispatch":
        inner = [unit.code for unit in units().values() if unit.district_code == desk.row.district_code]
        choices = unit_choices(desk.row.district_code, (code for code in inner if code != desk.state.unit))
        return _unit_field(choices, "", required)
    return _unit_field(unit_choices(desk.row.district_code), value, required)


def _unit_field(choices: tuple[Choice, ...], value: str, required: bool) -> Field:
    return Field(
        "department", labels.argument_name("department"), FieldKind.SEARCH, required=required, value=value,
        choices=choices, placeholder=_("输入名称或拼音首字母"),
    )  # fmt: skip


def _departments(desk: DeskCase, _opening: Opening, required: bool) -> Field:
    return Field(
        "departments", labels.argument_name("departments"), FieldKind.MANY, required=required,
        choices=unit_choices(desk.row.district_code), help=_("至少选两个单位，每个单位一件子案卷。"),
    )  # fmt: skip


def _assignee(desk: DeskCase, _opening: Opening, required: bool) -> Field:
    people = holders("collector", "verifier", at=desk.at)
    grid = desk.row.grid_code
    here = [person for person in people if grid and grid in person.on_duty_in]
    elsewhere = [person for person in people if person.on_duty_in and person not in here]
    off = [person for person in people if not person.on_duty_in]
    choices = (
        *_persons(here, _("本网格当班")),
        *_persons(elsewhere, _("其他网格当班")),
        *_persons(off, _("未当班")),
    )
    return Field(
        "assignee", labels.argument_name("assignee"), FieldKind.SEARCH, required=required,
        value=here[0].username if here else "", choices=choices, placeholder=_("输入姓名、拼音首字母或账号"),
        help="" if here else _("本网格此刻没有人当班，请另选。"),
    )  # fmt: skip


def _handler(desk: DeskCase, opening: Opening, required: bool) -> Field:
    """Somebody of the unit; where a district has passed the case on, of the unit inside first."""
    inner = desk.state.inner
    within = [inner.unit] if inner is not None and inner.status == "out" else []
    choices = [
        choice
        for code in (*within, opening.unit)
        for choice in _persons(
            holders("department", "district_dispatcher", at=desk.at, department_code=code),
            unit_name(code) if within else "",
        )
    ]
    return Field(
        "handler", labels.argument_name("handler"), FieldKind.SEARCH, required=required,
        choices=tuple(choices), placeholder=_("输入姓名"),
    )  # fmt: skip


def _persons(people: Iterable[Known], group: str) -> tuple[Choice, ...]:
    return tuple(_person(person.username, person.name, group) for person in people)


@lru_cache(maxsize=4096)
def _person(username: str, name: str, group: str) -> Choice:
    return Choice(username, name, group, username, initials(name))


# ---- closed sets -----------------------------------------------------------------------------------------------


def _choice(name: str, choices: tuple[Choice, ...], *, required: bool, value: str = "") -> Field:
    return Field(name, labels.argument_name(name), FieldKind.CHOICE, required=required, choices=choices, value=value)


def _values(name: str, *terms: str) -> tuple[Choice, ...]:
    return tuple(Choice(term, str(labels.VALUES.get((name, term), term))) for term in terms)


def _result(_desk: DeskCase, opening: Opening, required: bool) -> Field:
    terms = ("done", "refused") if opening.move.verb == "outside_answered" else ("true", "false")
    return _choice("result", _values("result", *terms), required=required)


def _answer(desk: DeskCase, opening: Opening, required: bool) -> Field:
    if opening.move.verb == "call_back":
        return _choice("answer", _values("answer", "satisfied", "unsatisfied", "unreachable"), required=required)
    return _long("answer", desk, required)


def _grade(desk: DeskCase, _opening: Opening, required: bool) -> Field:
    grades = desk.rules.settings["rating_grades"].split()
    return _choice("grade", tuple(Choice(grade, _(grade)) for grade in grades), required=required)


def _why(desk: DeskCase, _opening: Opening, required: bool) -> Field:
    rows = desk.rules.ask_reasons.values()
    return _choice(
        "why",
        tuple(Choice(row.why, _(row.why_zh), hint=_("处置计时暂停") if row.pauses_handling else "") for row in rows),
        required=required,
    )


def _level(desk: DeskCase, opening: Opening, required: bool) -> Field:
    ladder = "urge" if opening.move.verb == "urge" else "supervision"
    rungs = [rung for (name, _level_of), rung in desk.rules.ladders.items() if name == ladder]
    mine = [rung for rung in rungs if opening.post in rung.from_posts]
    choices = tuple(
        Choice(
            rung.level,
            _("%(level)s 级") % {"level": rung.level},
            hint=_("致%(addressee)s，%(within)s内回复")
            % {"addressee": _(rung.addressee_zh), "within": labels.amount_text(rung.answer_within)},
        )
        for rung in mine
    )
    levels = [choice.value for choice in choices]
    default = desk.rules.settings["default_level"]
    value = default if default in levels else next(iter(levels), "")
    return _choice("level", choices, required=required or default not in levels, value=value)


def _kind(desk: DeskCase, opening: Opening, required: bool) -> Field | None:
    if opening.move.verb == "file_appeal":
        kinds = tuple(Choice(row.kind, _(row.kind_zh)) for row in desk.rules.appeal_kinds.values())
        return _choice(
            "kind", kinds, required=required, value="late" if desk.rules.stages[desk.state.stage].is_ending else ""
        )
    request = opening.move.verb.removeprefix("request_")
    named = [
        term.removeprefix("kind=")
        for tier in desk.rules.tiers.get(request, ())
        for term in (each.strip() for each in tier.condition.split("&"))
        if term.startswith("kind=")
    ]
    if not named:
        return None
    return _choice("kind", _values("kind", "ordinary", *dict.fromkeys(named)), required=False, value="ordinary")


# ---- lengths and moments ---------------------------------------------------------------------------------------


def _amount_of(name: str) -> Make:
    def make(desk: DeskCase, _opening: Opening, required: bool) -> Field | None:
        if not desk.state.limit_unit:
            return None
        kind = desk.rules.units[desk.state.limit_unit][0]
        offered = [unit for unit, (clock, _minutes) in desk.rules.units.items() if clock == kind]
        offered = [unit for unit in offered if unit != "stage_minute"]
        names = tuple(Choice(unit, labels.word("unit", unit).partition("/")[0]) for unit in offered)
        return Field(
            name, labels.argument_name(name), FieldKind.AMOUNT, required=required, choices=names,
            value=f" {desk.state.limit_unit}",
            help=_("原时限 %(limit)s。")
            % {"limit": labels.limit_text(desk.state.limit_value, desk.state.limit_unit)},
        )  # fmt: skip

    return make


def _moment_of(name: str, days: int) -> Make:
    def make(desk: DeskCase, _opening: Opening, required: bool) -> Field:
        local = (desk.at + timedelta(days=days)).astimezone(CITY_ZONE)
        value = f"{local:%Y-%m-%dT18:00}" if required else ""
        return Field(name, labels.argument_name(name), FieldKind.MOMENT, required=required, value=value)

    return make


def _lead_case(desk: DeskCase, _opening: Opening, required: bool) -> Field:
    return Field(
        "lead_case", labels.argument_name("lead_case"), FieldKind.TEXT, required=required,
        value=desk.similar[0].number if desk.similar else "",
        help=_("附近同类案卷中最近的一件已填好，请核对。") if desk.similar else _("填写主案卷的编号。"),
    )  # fmt: skip


_MAKERS: dict[str, Make] = {
    "category": _category, "condition_seq": _condition, "department": _department, "departments": _departments,
    "assignee": _assignee, "handler": _handler, "result": _result, "answer": _answer, "grade": _grade, "why": _why,
    "level": _level, "kind": _kind, "amount": _amount_of("amount"), "inner_limit": _amount_of("inner_limit"),
    "until": _moment_of("until", 30), "reply_by": _moment_of("reply_by", 1), "lead_case": _lead_case,
    "body": _text("body"),
}  # fmt: skip
