"""Gathers what one document is told from: cells, last year, registers, projects, forms, and the words of people.

What people say (reasons, purposes, duties, problems) are records of the kind ``narrative_text`` under the name of the
figure or text they belong to; a correction is a further version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wangge.domains.budgeting.models import BudgetUnit
from wangge.domains.budgeting.queries.balances import units_below
from wangge.domains.budgeting.queries.records import RecordLine, records
from wangge.domains.disclosure.logic.cells import compute
from wangge.domains.disclosure.logic.sums import Facts, parse_sum
from wangge.domains.disclosure.narrative.account import (
    Account,
    BusinessFigure,
    EvaluationForm,
    Gathering,
    Procurement,
    Project,
    Registers,
    Staff,
    Unit,
    Words,
)
from wangge.domains.disclosure.queries import cells as cell_queries
from wangge.domains.self_evaluation.logic.lines import rounded
from wangge.domains.self_evaluation.logic.scoring import ScoringRefused
from wangge.domains.self_evaluation.models import Reading
from wangge.domains.self_evaluation.queries.forms import FormView, forms_of, newest_readings
from wangge.standards.accounts.library import load_accounts
from wangge.standards.performance import performance_tables

TEXT_KIND = "narrative_text"
_KINDS = (
    "contract", "official_cell", "asset",
    "meeting", "training", "trip_abroad", "reception", "festival", "staff", "building", TEXT_KIND,
)  # fmt: skip
_SMALL = frozenset({"中型", "小型", "微型", "小微", "监狱企业", "残疾人福利性单位"})
_MICRO = _SMALL - {"中型"}
_BIG_EQUIPMENT_FEN = 100_000_000  # 100 万元
_NUMBERED = re.compile(r"^\s*(?:[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十\d]+[、.．])\s*")
"""Duties are numbered where they are printed; a list that was copied brings its own numbers."""
_TEN_THOUSAND = 10_000
_PROCUREMENT_BUDGET = "1-1.政府采购.c2"  # known from the official tables alone
_FUNDS = {"government_fund": "fund", "state_capital": "capital"}
# In this order the report tells the work of the year.
_BUSINESS = (
    "cases_reported", "cases_filed", "cases_closed", "close_rate", "cases_self_handled", "cases_public",
    "cases_platform", "cases_hotline", "satisfaction",
)  # fmt: skip


class UnitUnknown(LookupError):
    """There is no budget unit with this code."""


def account_of(*, year: int, unit: str) -> Account:
    """Everything the document of a unit and year is told from; a constant number of statements."""
    row = BudgetUnit.objects.select_related("parent").filter(code=unit).first()
    if row is None:
        raise UnitUnknown(unit)
    units = units_below(unit)
    found = records(kinds=_KINDS, units=units, year=year)
    before = records(kinds=("contract", "official_cell"), units=units, year=year - 1)
    own = [line for line in found if line.kind == "official_cell"]
    texts = {line.key: str(line.data.get("text", "")) for line in found if line.kind == TEXT_KIND and line.unit == unit}
    computed, facts = _computed(year, unit)
    budgeted = _budgeted(facts, year)
    past, past_facts = _computed(year - 1, unit)
    known_before = past or _official(before, unit)
    return Account(
        year,
        _unit(row, texts, [line for line in units if line != unit]),
        computed,
        known_before,
        _names(year),
        _initial(facts),
        _registers(found, facts, texts, year),
        _procurement(found, before, _official(own, unit).get(_PROCUREMENT_BUDGET)),
        _staff(found),
        _projects(facts, past_facts, texts),
        _forms(forms_of(unit_code=unit, year=year), texts, facts.total(parse_sum("budget(nature=basic)"))),
        _business(newest_readings(unit_code=unit, year=year)),
        _words(texts),
        budgeted,
    )


def _computed(year: int, unit: str) -> tuple[Mapping[str, int], Facts]:
    """Cells and the facts behind them; no cells for a year without any fact."""
    facts = cell_queries.facts(year=year, unit=unit)
    if not facts.counted(parse_sum("payments()")) and not facts.counted(parse_sum("budget()")):
        return {}, facts
    made = compute(facts, load_accounts(str(year)))
    return {name: cell.fen for name, cell in made.cells.items()}, facts


def _budgeted(facts: Facts, year: int) -> dict[str, int]:
    """Table 06 as budgeted: only what budget lines say of economic items, nothing where they say none."""
    made = compute(facts.budgeted("budget"), load_accounts(str(year))).cells
    return {name: cell.fen for name, cell in made.items() if name.startswith("06.") and cell.fen}


def _official(lines: Sequence[RecordLine], unit: str) -> dict[str, int]:
    """Last year's published cells where its ledger is not kept here."""
    return {
        line.key: line.amount_fen
        for line in lines
        if line.kind == "official_cell" and line.unit == unit and line.amount_fen is not None
    }


def _unit(row: BudgetUnit, texts: Mapping[str, str], below: Sequence[str]) -> Unit:
    superior = row.parent.name if row.parent is not None else texts.get("unit.superior", "主管部门")
    names = dict(BudgetUnit.objects.filter(code__in=below).values_list("code", "name")) if below else {}
    return Unit(
        row.name, superior, row.kind, str(row.get_kind_display()), _duties(texts.get("unit.duties", "")),
        tuple(part for part in texts.get("unit.sections", "").replace("，", "、").split("、") if part.strip()),
        tuple(names[code] for code in below if code in names),
    )  # fmt: skip


def _duties(text: str) -> tuple[str, ...]:
    return tuple(_NUMBERED.sub("", duty) for duty in _lines(text))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _names(year: int) -> dict[str, str]:
    forms = load_accounts(str(year))
    names = {code: row.name for code, row in forms.function_codes.items()}
    names |= {code: row.name for code, row in forms.economic_codes.items()}
    return names | {f"04.row.{code}": forms.row_of_class("04", code) for code in forms.classes}


def _initial(facts: Facts) -> dict[str, int]:
    sums: dict[str, int] = {}
    for fact in facts.counted(parse_sum("initial_budget(fund_type=general)")):
        sums[fact.dims.function_item] = sums.get(fact.dims.function_item, 0) + fact.fen
    return sums


def _of(lines: Sequence[RecordLine], kind: str) -> list[RecordLine]:
    return [line for line in lines if line.kind == kind]


def _registers(lines: Sequence[RecordLine], facts: Facts, texts: Mapping[str, str], year: int) -> Registers:
    assets = [line for line in _of(lines, "asset") if line.data.get("state") != "处置"]
    cars = [line for line in assets if line.data.get("class") == "车辆"]
    equipment = [line for line in assets if line.data.get("class") in {"通用设备", "专用设备"}]
    uses: dict[str, int] = {}
    for car in cars:
        use = str(car.data.get("use") or "其他用车")
        uses[use] = uses.get(use, 0) + 1
    trips, receptions = _of(lines, "trip_abroad"), _of(lines, "reception")
    return Registers(
        cars_held=sum(_yes(car.data.get("fiscal_running")) for car in cars),
        cars_bought=sum(car.dated_on is not None and car.dated_on.year == year for car in cars),
        car_use=texts.get("N.s7.running.use", ""),
        missions=len(trips),
        mission_persons=_total(trips, "persons"),
        reception_batches=len(receptions),
        reception_persons=_total(receptions, "persons"),
        meetings=_gathering(_of(lines, "meeting"), facts, "meeting"),
        trainings=_gathering(_of(lines, "training"), facts, "training"),
        festivals=_gathering(_of(lines, "festival"), facts, "festival"),
        vehicles=uses,
        other_vehicle_use=texts.get("N.s12.other_use", ""),
        building_approved=_total(_of(lines, "building"), "approved_area"),
        building_area=_total(_of(lines, "building"), "area"),
        big_equipment=sum((line.amount_fen or 0) >= _BIG_EQUIPMENT_FEN for line in equipment),
    )


def _yes(value: Any) -> bool:
    return value in {True, "yes", "是", "true"}


def _total(lines: Sequence[RecordLine], field: str) -> int:
    return sum(int(line.data.get(field) or 0) for line in lines)


def _gathering(lines: Sequence[RecordLine], facts: Facts, kind: str) -> Gathering:
    """Money by the ledger, numbers and contents by the register."""
    contents = "、".join(dict.fromkeys(str(line.data.get("content", "")).strip() for line in lines))
    return Gathering(
        facts.total(parse_sum(f"initial_budget(spending_kind={kind})")),
        facts.total(parse_sum(f"payments(spending_kind={kind})")),
        len(lines),
        _total(lines, "persons"),
        contents,
    )


def _procurement(lines: Sequence[RecordLine], before: Sequence[RecordLine], budget_fen: int | None) -> Procurement:
    sums = {(kind, small): 0 for kind in ("货物", "工程", "服务") for small in (True, False)}
    micro = 0
    for contract in _of(lines, "contract"):
        size, fen = contract.data.get("supplier_size"), contract.amount_fen or 0
        sums[str(contract.data.get("kind")), size in _SMALL] += fen
        micro += fen if size in _MICRO else 0
    past = _of(before, "contract")
    official = next((line.amount_fen for line in before if line.key == "1-1.政府采购.c3"), None)
    prior = sum(contract.amount_fen or 0 for contract in past) if past else official
    whole = {kind: sums[kind, True] + sums[kind, False] for kind in ("货物", "工程", "服务")}
    return Procurement(
        whole["货物"], whole["工程"], whole["服务"], sums["货物", True], sums["工程", True], sums["服务", True], micro,
        prior, budget_fen,
    )  # fmt: skip


def _staff(lines: Sequence[RecordLine]) -> Staff:
    counted = sorted(_of(lines, "staff"), key=lambda line: (line.unit, line.dated_on or date.min))
    newest = {line.unit: line for line in counted}  # the last count of each unit
    fields = ("posts", "in_service", "retired", "temporary")
    return Staff(*(sum(int(line.data.get(field) or 0) for line in newest.values()) for field in fields))


def _projects(facts: Facts, past: Facts, texts: Mapping[str, str]) -> tuple[Project, ...]:
    """Every project with a budget or a payment, by what it spent."""
    sums: dict[str, dict[str, int]] = {}
    funds: dict[str, str] = {}
    for part, told, where in (
        ("initial", "initial_budget(nature=project)", facts),
        ("adjusted", "budget(nature=project)", facts),
        ("final", "payments(nature=project)", facts),
        ("prior", "payments(nature=project)", past),
    ):
        for fact in where.counted(parse_sum(told)):
            row = sums.setdefault(fact.dims.project, dict.fromkeys(("initial", "adjusted", "final", "prior"), 0))
            row[part] += fact.fen
            funds.setdefault(fact.dims.project, _FUNDS.get(fact.dims.fund_type, "general"))
    made = (
        Project(
            name, row["initial"], row["adjusted"], row["final"], row["prior"], texts.get(f"project.{name}.purpose", ""),
            texts.get(f"project.{name}.results", ""), funds[name],
        )
        for name, row in sums.items()
        if row["adjusted"] or row["final"]
    )  # fmt: skip
    return tuple(sorted(made, key=lambda project: (-project.final_fen, project.name)))


def _forms(views: Sequence[FormView], texts: Mapping[str, str], basic_fen: int) -> tuple[EvaluationForm, ...]:
    """The forms that are fully scored; the others are named among what is missing by their own page."""
    made = []
    for view in views:
        try:
            sheet = view.sheet()
        except ScoringRefused:
            continue
        funds = view.funds
        assert funds is not None
        made.append(
            EvaluationForm(
                funds=funds,
                sheet=sheet,
                goal=view.targets.goal if view.targets else "",
                result=_result(view, texts),
                filled_by=texts.get("form.filled_by", ""),
                filled_on=texts.get("form.filled_on", ""),
                telephone=texts.get("form.telephone", ""),
                signed_by=texts.get("form.signed_by", ""),
                project=view.form.project or None,
                basic_fen=0 if view.form.project else basic_fen,
                project_fen=funds.adjusted_fen if view.form.project else funds.adjusted_fen - basic_fen,
            )
        )
    return tuple(made)


def _result(view: FormView, texts: Mapping[str, str]) -> str:
    return texts.get(f"form.{view.form.project or '整体'}.result", "") or "各项指标完成情况见下。"


def _business(readings: Mapping[tuple[str, str], Reading]) -> tuple[BusinessFigure, ...]:
    facts = performance_tables().facts
    return tuple(
        _figure(readings["", name], facts[name].name_zh.removesuffix("数"), facts[name].unit, facts[name].decimals)
        for name in _BUSINESS
        if ("", name) in readings
    )


def _figure(reading: Reading, name: str, unit: str, decimals: int) -> BusinessFigure:
    """Counts of ten thousand and more in 万, as people write them."""
    value = rounded(reading.value, decimals)
    if unit != "%" and value >= _TEN_THOUSAND:
        return BusinessFigure(reading.fact, name, rounded(value / Decimal(_TEN_THOUSAND), 2), f"万{unit}")
    return BusinessFigure(reading.fact, name, value, unit)


def _words(texts: Mapping[str, str]) -> Words:
    return Words(
        {key: text for key, text in texts.items() if key.startswith("N.")},
        _lines(texts.get("report.problems", "")),
        _lines(texts.get("report.measures", "")),
        texts.get("report.use", ""),
        texts.get("report.saving", ""),
    )
