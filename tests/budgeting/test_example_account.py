"""The worked example: from constructed payments and contracts the nine tables come out cell for cell.

The facts lie outside the repository; where they are absent the tests say so and are skipped.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.budgeting.small_ledger import AT, UNIT, YEAR, source, with_units
from tests.shared_material import SHARED
from wangge.domains.budgeting.logic.facts import AllotmentFact, Dims, PaymentFact, completed
from wangge.domains.budgeting.operations.allotment_import import take_in_allotments
from wangge.domains.budgeting.operations.payment_import import take_in_payments
from wangge.domains.disclosure.logic.printed import printed
from wangge.domains.disclosure.queries.cells import cells
from wangge.domains.disclosure.queries.telling import account_of
from wangge.domains.organizations.logic import TERMINAL
from wangge.standards.accounts.library import load_accounts
from wangge.surfaces.exchange.ledger.declaration import load_ledger_mapping
from wangge.surfaces.exchange.ledger.run import import_ledger

FACTS = SHARED / "facts" / "finance"
NATURES = {"基本支出": "basic", "项目支出": "project"}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FACTS.is_dir(), reason="the facts of the worked example are not on this machine"),
]


def split(total: int, parts: int, dice: random.Random) -> list[int]:
    """A sum in ``parts`` positive whole fen, drawn at random."""
    cuts = sorted(dice.sample(range(1, total), parts - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]


def payments(seed: int = 9) -> list[PaymentFact]:
    """The example's sums as thousands of payments spread over the year."""
    dice = random.Random(seed)
    with (FACTS / "ledger_payments.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    found: list[PaymentFact] = []
    for row in rows:
        dims = Dims(row["function_item"], NATURES[row["nature"]], "general", row["economic_item"], row["project"] or "")
        fen = int(Decimal(row["amount_yuan"]) * 100)
        for part in split(fen, min(120, max(1, fen // 20_000)), dice):
            day = date(YEAR, 1, 1) + timedelta(days=dice.randrange(366))
            line = len(found) + 2
            number = f"{dims.function_item}-{dims.nature}-{dims.project}"
            found.append(PaymentFact(line, UNIT, YEAR, f"ZF{line:06}", completed(dims), part, day, allotment=number))
    dice.shuffle(found)
    return found


def own_line(fact: PaymentFact) -> PaymentFact:
    """公务用车运行 has a budget line of its own, so that table 09 knows its budget."""
    return replace(fact, allotment="三公-公车运行") if fact.dims.three_public != "none" else fact


def allotments(paid: list[PaymentFact]) -> list[AllotmentFact]:
    """A budget line for each item, nature and project, as large as what is spent on it."""
    sums: Counter[tuple[str, Dims]] = Counter()
    for fact in paid:
        economic = fact.dims.economic_item if fact.dims.three_public != "none" else ""
        dims = Dims(fact.dims.function_item, fact.dims.nature, "general", economic, fact.dims.project)
        sums[fact.allotment, dims] += fact.amount_fen
    return [
        AllotmentFact(i, UNIT, YEAR, number, dims, "approved", fen, date(YEAR, 1, 20))
        for i, ((number, dims), fen) in enumerate(sums.items(), 2)
    ]


COLUMNS = {
    "02": ("total", "fiscal", "superior", "business", "operating", "subordinate", "other"),
    "03": ("total", "basic", "project", "to_superior", "operating", "to_subordinate"),
    "05": ("total", "basic", "project"),
    "09": ("total", "abroad", "car_subtotal", "car_purchase", "car_running", "reception"),
}


def printed_cells() -> dict[str, str]:
    """Every amount of the nine tables as the example prints it; nothing printed is nothing."""
    tables: dict[str, Any] = json.loads((FACTS / "seed_figures.json").read_text(encoding="utf-8"))["tables"]
    found: dict[str, str | None] = {}
    for side in ("income", "expenditure"):
        found |= {f"01.r{row['line']}": row["amount"] for row in tables["01"][side]}
    for table in ("02", "03", "05"):
        for row in tables[table]["rows"]:
            for number, column in enumerate(COLUMNS[table], 1):
                found[f"{table}.{row['code'] or '合计'}.c{number}"] = row[column]
    found |= {f"04.r{row['line']}": row["amount"] for row in tables["04"]["income"]}
    for row in tables["04"]["expenditure"]:
        for number, column in enumerate(("total", "general", "fund", "capital"), 2):
            found[f"04.r{row['line']}.c{number}"] = row[column]
    found |= {f"06.{row['code']}": row["amount"] for row in tables["06"]["rows"]}
    found |= {"06.人员经费合计": tables["06"]["personnel_total"], "06.公用经费合计": tables["06"]["public_total"]}
    for start, part in ((0, "budget"), (6, "final")):
        values = list(tables["09"][part].values())
        assert list(tables["09"][part]) == list(COLUMNS["09"]), list(tables["09"][part])
        found |= {f"09.c{start + number}": value for number, value in enumerate(values, 1)}
    assert tables["07"]["rows"] == tables["08"]["rows"] == []
    return {name: value or "0.00" for name, value in found.items()}


def test_the_nine_tables_come_out_cell_for_cell() -> None:
    with_units()
    paid = [own_line(fact) for fact in payments()]
    assert len(paid) > 1_500
    take_in_allotments(allotments(paid), source=source("allotments"), by=TERMINAL, at=AT)
    result = take_in_payments(paid, source=source("payments"), by=TERMINAL, at=AT)
    assert (len(result.refused), result.proven) == (0, True)
    ours = {name: printed(fen) for name, fen in cells(year=YEAR, unit=UNIT).items()}
    expected = printed_cells()
    wrong = {name: (ours.get(name), value) for name, value in expected.items() if str(ours.get(name, "0.00")) != value}
    assert wrong == {}
    assert len(expected) > 400
    unprinted = {name for name, value in ours.items() if value and name not in expected}
    assert unprinted == set()


def test_the_contracts_give_every_procurement_figure(tmp_path: Path) -> None:
    """Split at random into forty contracts and taken in as a list, they come to the printed figures."""
    with_units()
    dice = random.Random(11)
    with (FACTS / "ledger_contracts.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    lines = ["采购单位代码,年度,合同编号,采购类别,供应商规模,合同金额,签订日期"]
    for row in rows:
        for part in split(int(Decimal(row["amount_yuan"]) * 100), 8, dice):
            day = date(YEAR, 1, 1) + timedelta(days=dice.randrange(366))
            told = (UNIT, YEAR, f"HT{len(lines):03}", row["kind"], row["supplier_size"], f"{part / 100:.2f}", day)
            lines.append(",".join(map(str, told)))
    path = tmp_path / "contracts.csv"
    path.write_text("\n".join(lines), "utf-8")
    result, _read = import_ledger(path, load_ledger_mapping("contracts"), by=TERMINAL, at=AT, dry_run=False)
    assert (len(result.refused), result.difference.new, result.proven) == (0, 40, True)
    bought = account_of(year=YEAR, unit=UNIT).procurement
    narrative = json.loads((FACTS / "seed_figures.json").read_text(encoding="utf-8"))["narrative"]
    figures = {f["subject"]: f["value"] for line in narrative if "政府采购" in line["section"] for f in line["figures"]}
    small = bought.goods_small_fen + bought.works_small_fen + bought.services_small_fen
    for subject, fen in {
        "政府采购总额": bought.goods_fen + bought.works_fen + bought.services_fen, "政府采购货物": bought.goods_fen,
        "政府采购工程": bought.works_fen, "政府采购服务": bought.services_fen, "授予中小企业": small,
        "授予小微企业": bought.micro_fen,
    }.items():  # fmt: skip
        assert str(printed(fen)) == figures[subject], subject


def test_the_examples_own_defects_are_known() -> None:
    """What the example prints wrongly in its tables, and what the computed table prints instead."""
    tables = json.loads((FACTS / "seed_figures.json").read_text(encoding="utf-8"))["tables"]
    wrong = {row["code_printed"]: row["code"] for row in tables["03"]["rows"] if "code_printed" in row}
    assert wrong == {"201999": "2019999"}
    assert load_accounts(str(YEAR)).function_codes["2019999"].level == "项"
