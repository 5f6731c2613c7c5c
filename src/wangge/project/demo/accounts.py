"""The demo city's account of a year: lists as a budget system would give them, taken in by the imports, and published.

Figures and names lie in ``demo/accounts``; sums are split into payments by the seed. What comes out is an account like
any other: every printed figure leads down to these payments.
"""

from __future__ import annotations

import csv
import random
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext as _

from wangge.domains.budgeting.operations.importing import ImportResult
from wangge.domains.budgeting.operations.recording import enter_record
from wangge.domains.disclosure.models import Form
from wangge.domains.disclosure.operations.editions import compile_edition, take_step
from wangge.domains.disclosure.queries.budgets import budget_document
from wangge.domains.disclosure.queries.documents import written
from wangge.domains.disclosure.rendering.files import FORMATS, rendered
from wangge.domains.organizations.logic import TERMINAL, Actor
from wangge.domains.organizations.queries import actor_of_person, people_with_posts
from wangge.project.demo.city_data import CITIES, CityData
from wangge.project.demo.self_evaluation import evaluate_year
from wangge.surfaces.exchange.ledger.declaration import load_ledger_mapping
from wangge.surfaces.exchange.ledger.run import import_ledger

DIRECTORY = CITIES.parent / "accounts"
_WAY = (
    ("review", "section_head", ""),
    ("submit", "finance", ""),
    ("approve", "chief", "决批〔2025〕17号"),
    ("secrecy_review", "centre_leader", "经审查，不涉及国家秘密与工作秘密"),
    ("publish", "finance", ""),
)


class DemoAccountWrong(Exception):
    """The demo's own lists are refused by the imports: a fault of the build."""


def load_account(city: CityData, *, at: datetime) -> int:
    """Load the ledger of the demo's year; answers how many payments."""
    told = _told(city)
    with TemporaryDirectory() as folder:
        lists = _Lists(told, city, Path(folder))
        for mapping, path in lists.written():
            _taken(path, mapping, at)
    _registers(told, at, lists.deliveries)
    return lists.payments


def publish_account(city: CityData, *, at: datetime) -> None:
    """Compile budget and account as editions and take them to the public, each step by whoever holds the post."""
    told = _told(city)
    people = _by_post(at)
    evaluate_year(unit=told["unit"], year=told["year"], people=people, at=at)
    found = written(year=told["year"], unit=told["unit"])
    files = {name: rendered(name, found.document, found.account.cells, found.forms) for name in FORMATS}
    document, cells, forms = budget_document(year=told["year"], unit=told["unit"])
    budget = {name: rendered(name, document, cells, forms) for name in FORMATS}
    for form, made in ((Form.BUDGET, budget), (Form.FINAL, files)):
        edition = compile_edition(
            unit=told["unit"], year=told["year"], by=people["finance"], at=at, form=form, files=made
        )  # fmt: skip
        for verb, post, reason in _WAY:
            take_step(edition_id=edition, verb=verb, by=people[post], at=at, reason=reason)


def _told(city: CityData) -> Mapping[str, Any]:
    return tomllib.loads((DIRECTORY / f"{city.account}.toml").read_text(encoding="utf-8"))


def _by_post(at: datetime) -> Mapping[str, Actor]:
    found: dict[str, Actor] = {}
    for line in people_with_posts(at=at):
        for holding in line.holdings:
            if holding.post not in found and line.is_active:
                actor = actor_of_person(line.person_id, at)
                assert actor is not None
                found[holding.post] = actor
    return found


def _taken(path: Path, mapping: str, at: datetime) -> ImportResult:
    result, _read = import_ledger(path, load_ledger_mapping(mapping), by=TERMINAL, at=at, dry_run=False)
    if result.refused or not result.proven:
        raise DemoAccountWrong(f"{mapping}: {result.refused[:3]} {dict(result.proof)}")
    return result


class _Lists:
    """Writes the lists of the demo's budget system into a folder."""

    def __init__(self, told: Mapping[str, Any], city: CityData, folder: Path) -> None:
        self._told, self._city, self._folder = told, city, folder
        self._dice = random.Random(told["seed"])  # noqa: S311 - a demo's payments, no secret
        self._year = int(told["year"])
        self._contracts = list(self._signed())
        self._left = {str(row[2]): int(Decimal(str(row[5])) * 100) for row in self._contracts}
        self.payments = 0
        self.deliveries: list[dict[str, object]] = []

    def written(self) -> Iterable[tuple[str, Path]]:
        """(mapping, file) in the order in which they are taken in."""
        yield "units", self._list("units", ("单位代码", "单位名称", "单位类别", "主管部门代码"), self._units())
        yield "allotments", self._list("allotments", _ALLOTMENTS, self._allotments())
        yield "payments", self._list("payments", _PAYMENTS, self._payments())
        yield "contracts", self._list("contracts", _CONTRACTS, self._contracts)
        yield "assets", self._list("assets", _ASSETS, self._assets())
        yield "official_cells", self._list("last", ("单位代码", "年度", "单元格", "金额"), self._last())

    def _list(self, name: str, head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Path:
        path = self._folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(head)
            writer.writerows(rows)
        return path

    def _units(self) -> Iterable[tuple[object, ...]]:
        yield self._told["bureau"], self._city.bureau_name, "行政单位", ""
        yield self._told["unit"], self._city.centre_name, self._told["unit_kind"], self._told["bureau"]

    def _allotments(self) -> Iterable[tuple[object, ...]]:
        for line in self._told["lines"]:
            project = line.get("project", "")
            dims = (self._told["unit"], self._year, line["number"], line["item"], line.get("economic", ""),
                    "项目支出" if project else "基本支出", project, "一般公共预算")  # fmt: skip
            yield (*dims, "年初预算", _yuan(line["approved"]), date(self._year, 1, 22), "")
            for stage, word in (("added", "追加"), ("cut", "调减")):
                if stage in line:
                    yield (*dims, word, _yuan(line[stage]), date(self._year, 9, 10), line["document"])

    def _payments(self) -> Iterable[tuple[object, ...]]:
        with (DIRECTORY / self._told["spending"]).open(encoding="utf-8", newline="") as opened:
            spending = list(csv.DictReader(opened))
        for row in spending:
            fen = int(Decimal(row["yuan"]) * 100)
            parts = self._split(fen, min(int(row["payments"]), fen // 100))
            for number, part in enumerate(parts):
                day = self._day(number, len(parts), row["line"])
                yield self._payment(row["line"], row["function_item"], row["economic_item"], row["nature"],
                                    row["project"], part, day, "已支付", "")  # fmt: skip
        for back in self._told["returned"]:
            line = next(each for each in self._told["lines"] if each["number"] == back["line"])
            fen = int(Decimal(back["yuan"]) * 100)
            yield self._payment(back["line"], line["item"], back["economic"], "项目支出", line["project"], fen,
                                back["on"], "退单", back["reason"])  # fmt: skip

    def _payment(
        self, line: str, item: str, economic: str, nature: str, project: str, fen: int, day: date, state: str, why: str
    ) -> tuple[object, ...]:
        self.payments += 1
        payees = self._told["payees"]
        payee = self._dice.choice(payees.get(economic) or payees.get(economic[:3]) or payees[""])
        contract = self._of_contract(economic, project, fen, day)
        return (
            self._told["unit"], self._year, f"ZF{self._year}{self.payments:05}", line, item, economic, nature, project,
            "一般公共预算", f"{fen / 100:.2f}", day, state, payee, project or _("日常支出"), why,
            contract,
        )  # fmt: skip

    def _day(self, number: int, count: int, line: str) -> date:
        """Spread over the year; later money is spent later."""
        first = 260 if line in ("2019999", "排水防涝") else 10
        place = first + (350 - first) * (number + 1) // (count + 1)
        return date(self._year, 1, 1) + timedelta(days=place + self._dice.randrange(6))

    def _split(self, fen: int, parts: int) -> list[int]:
        cuts = sorted(self._dice.sample(range(1, fen), parts - 1))
        return [b - a for a, b in zip([0, *cuts], [*cuts, fen], strict=True)]

    def _of_contract(self, economic: str, project: str, fen: int, paid_on: date) -> str:
        """The contract that a payment of a project settles a part of: what was delivered some weeks before."""
        if not project or economic not in self._told["contract_items"]:
            return ""
        for row in self._contracts:
            number, signed = str(row[2]), row[6]
            assert isinstance(signed, date)
            delivered = paid_on - timedelta(days=self._dice.choice(self._told["delivered_days_before"]))
            if signed < delivered and fen <= self._left[number]:
                self._left[number] -= fen
                self.deliveries.append({"contract": number, "delivered_on": delivered.isoformat(), "amount": fen / 100})
                return number
        return ""

    def _signed(self) -> Iterable[tuple[object, ...]]:
        number = 0
        for told in self._told["contracts"]:
            for part in self._split(int(Decimal(told["yuan"]) * 100), told["parts"]):
                number += 1
                day = date(self._year, 1, 1) + timedelta(days=self._dice.randrange(330))
                yield (self._told["unit"], self._year, f"HT{self._year}-{number:03}", told["kind"], told["size"],
                       f"{part / 100:.2f}", day, 30)  # fmt: skip

    def _assets(self) -> Iterable[tuple[object, ...]]:
        for told in self._told["assets"]:
            car = told["class"] == "车辆"
            yield (self._told["unit"], self._year, told["key"], told["name"], told["class"], told["acquired_on"],
                   told["yuan"], told.get("use", ""), "是" if car else "", "在用")  # fmt: skip

    def _last(self) -> Iterable[tuple[object, ...]]:
        for cell, amount in self._told["last"].items():
            yield self._told["unit"], self._year - 1, cell, amount


_ALLOTMENTS = ("预算单位代码", "预算年度", "指标编号", "功能分类", "部门经济分类", "支出性质", "项目名称", "资金性质",
               "指标类型", "指标金额", "下达日期", "文号")  # fmt: skip
_PAYMENTS = ("预算单位代码", "预算年度", "支付单号", "指标编号", "功能分类", "部门经济分类", "支出性质", "项目名称",
             "资金性质", "支付金额", "支付日期", "支付状态", "收款人", "用途", "退回原因",
             "合同编号")  # fmt: skip
_CONTRACTS = ("预算单位代码", "年度", "合同编号", "采购类别", "供应商规模", "合同金额", "签订日期", "付款期限")
_ASSETS = ("预算单位代码", "年度", "卡片编号", "资产名称", "资产类别", "取得日期", "原值", "车辆用途", "财政负担运行费",
           "使用状况")  # fmt: skip


def _yuan(wan_yuan: str) -> str:
    return str(Decimal(wan_yuan) * 10_000)


def _registers(told: Mapping[str, Any], at: datetime, deliveries: Iterable[Mapping[str, object]]) -> None:
    common: dict[str, Any] = {"unit": told["unit"], "year": told["year"], "by": TERMINAL, "at": at}
    enter_record(kind="staff", told=told["staff"], **common)
    for row in told["trainings"]:
        fields = {**row, "amount": row["yuan"]}
        fields.pop("yuan")
        enter_record(kind="training", told=fields, **common)
    for event in told["events"]:
        enter_record(kind="calendar_event", told=event, **common)
    for delivery in deliveries:
        enter_record(kind="contract_delivery", told=delivery, **common)
    for key, text in told.get("texts", {}).items():
        enter_record(kind="narrative_text", key=key, told={"text": text}, **common)
