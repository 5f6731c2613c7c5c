"""Ledger imports as people use them: files of every sort, refused rows, a death in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import psycopg
import pytest
from bench.ledger_files import write_units, write_year

from tests.budgeting.small_ledger import AT, YEAR
from tests.city_database import CityDatabase
from wangge.domains.budgeting.models import LedgerImport, Payment, Posting, Voucher
from wangge.domains.budgeting.operations.importing import ImportResult
from wangge.domains.budgeting.queries.balances import balance
from wangge.domains.budgeting.queries.records import records
from wangge.domains.budgeting.queries.verifying import off_sums
from wangge.domains.organizations.logic import TERMINAL
from wangge.surfaces.exchange.ledger.declaration import LedgerMappingRefused, load_ledger_mapping, shipped_mappings
from wangge.surfaces.exchange.ledger.run import import_ledger

pytestmark = pytest.mark.django_db
HEAD = (
    "预算单位代码,预算年度,支付单号,指标编号,功能分类,部门经济分类,"
    "支出性质,项目名称,资金性质,支付金额,支付日期,支付状态\n"
)
ROW = "101,2024,{number},Z1,2120101 行政运行,30201 办公费,基本支出,,一般公共预算,{amount},{day},已支付\n"


def take(path: Path, mapping: str, *, dry_run: bool = False) -> ImportResult:
    return import_ledger(path, load_ledger_mapping(mapping), by=TERMINAL, at=AT, dry_run=dry_run)[0]


def lines_of_one_unit(folder: Path) -> None:
    (folder / "units.csv").write_text("单位代码,单位名称,单位类别,主管部门代码\n101,示例局,行政单位,\n", "utf-8")
    (folder / "lines.csv").write_text(
        "预算单位代码,预算年度,指标编号,功能分类,支出性质,资金性质,指标类型,指标金额,下达日期\n"
        '101,2024,Z1,2120101,基本支出,一般公共预算,年初预算,"1,000.00",2024-01-15\n',
        "utf-8",
    )
    take(folder / "units.csv", "units")
    take(folder / "lines.csv", "allotments")


def test_every_shipped_mapping_is_sound() -> None:
    for name in shipped_mappings():
        assert load_ledger_mapping(name).title


def test_a_mapping_says_all_that_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    told = 'title = "x"\nkind = "payments"\n[columns]\nnummer = "单号"\n[words.nature]\n"项" = "projekt"\n'
    path.write_text(told, "utf-8")
    with pytest.raises(LedgerMappingRefused) as refused:
        load_ledger_mapping(str(path))
    for word in ("nummer", "amount", "projekt"):
        assert word in str(refused.value)


def test_a_list_in_gbk_with_a_total_row_is_proven(tmp_path: Path) -> None:
    lines_of_one_unit(tmp_path)
    text = HEAD + ROW.format(number="P1", amount="300.10", day="2024-03-01")
    text += ROW.format(number="P2", amount="99.90", day="2024/4/2") + ",,合计,,,,,,,400.00,,\n"
    (tmp_path / "pay.csv").write_bytes(text.encode("gb18030"))
    result = take(tmp_path / "pay.csv", "payments")
    assert (result.difference.new, result.refused, result.proven) == (2, (), True)
    assert balance(year=YEAR, account="7101") == 40_000


def test_a_total_that_the_rows_do_not_reach_is_no_proof(tmp_path: Path) -> None:
    lines_of_one_unit(tmp_path)
    text = HEAD + ROW.format(number="P1", amount="300.10", day="2024-03-01") + ",,合计,,,,,,,300.11,,\n"
    (tmp_path / "pay.csv").write_text(text, "utf-8")
    result = take(tmp_path / "pay.csv", "payments", dry_run=True)
    assert not result.proven
    assert [line["off_fen"] for line in result.proof["lines"]] == [0, 1]


def test_refused_rows_name_line_column_and_remedy(tmp_path: Path) -> None:
    lines_of_one_unit(tmp_path)
    text = HEAD + ROW.format(number="P1", amount="三百", day="2024-03-01")
    text += ROW.format(number="P2", amount="1.005", day="2024-03-01")
    text += ROW.format(number="P3", amount="5", day="昨天")
    text += ROW.format(number="P4", amount="5", day="2024-03-01").replace("2120101 行政运行", "212")
    text += ROW.format(number="P5", amount="5", day="2024-03-01").replace("基本支出", "其他支出")
    text += ROW.format(number="P6", amount="5", day="2024-03-01").replace("Z1", "Z9")
    text += ROW.format(number="P7", amount="5", day="2023-03-01")
    text += "少,列\n" + ROW.format(number="P8", amount="5", day="2024-03-01")
    (tmp_path / "pay.csv").write_text(text, "utf-8")
    result = take(tmp_path / "pay.csv", "payments")
    found = {row.line: row.reason for row in result.refused}
    assert sorted(found) == [2, 3, 4, 5, 6, 7, 8, 9]
    words = {2: "三百", 3: "小于一分", 4: "昨天", 5: "7 位", 6: "words.nature", 7: "Z9", 8: "年度"}
    for line, word in words.items():
        assert word in found[line], found[line]
    assert (result.rows, result.difference.new) == (9, 1)


def test_a_workbook_with_a_title_over_its_table_is_read(tmp_path: Path) -> None:
    lines_of_one_unit(tmp_path)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["政府采购合同台账"])
    sheet.append(["采购单位代码", "年度", "合同编号", "采购类别", "供应商规模", "合同金额", "签订日期"])
    sheet.append(["101", 2024, "HT1", "货物", "小微", 0.1 + 0.2, "2024-05-06"])
    sheet.append(["101", 2024, "HT2", "咨询", "大型", 12, "2024-05-06"])
    book.save(tmp_path / "contracts.xlsx")
    result = take(tmp_path / "contracts.xlsx", "contracts")
    assert ([row.line for row in result.refused], result.proven) == ([4], True)
    (line,) = records(kinds=["contract"], units=["101"], year=YEAR)
    assert (line.key, line.amount_fen, line.data["supplier_size"]) == ("HT1", 30, "小微")


def test_vouchers_of_a_gbt_24589_file_balance_or_stay_out(tmp_path: Path) -> None:
    lines_of_one_unit(tmp_path)
    row = (
        "<记账凭证><会计主体编码>101</会计主体编码><会计年度>2024</会计年度><记账凭证编号>{0}</记账凭证编号>"
        "<记账凭证日期>20240605</记账凭证日期><科目编号>{1}</科目编号><本币借方发生额>{2}</本币借方发生额>"
        "<本币贷方发生额>{3}</本币贷方发生额><功能分类>2120101</功能分类><支出性质>基本支出</支出性质>"
        "<资金性质>其他</资金性质></记账凭证>"
    )
    body = row.format("1", "8001", "50.00", "0") + row.format("1", "6609", "0", "50.00")
    body += row.format("2", "8001", "9.00", "0") + row.format("2", "6609", "0", "8.99")
    (tmp_path / "gbt.xml").write_text(f'<?xml version="1.0" encoding="UTF-8"?><总账>{body}</总账>', "utf-8")
    result = take(tmp_path / "gbt.xml", "gbt24589_vouchers")
    assert (result.difference.new, len(result.refused), result.proven) == (2, 2, True)
    assert "0.01" in result.refused[0].reason
    assert balance(year=YEAR, account="6609") == -5_000


@pytest.mark.slow
def test_killed_in_the_middle_nothing_is_half_taken_in(tmp_path: Path, city_database: CityDatabase) -> None:
    """The process dies by SIGKILL while it writes: not one row stays, and the same file goes in whole afterwards."""
    write_units(tmp_path / "units.csv", 4)
    lines, paid = write_year(tmp_path, year=YEAR, units=4, payments=6_000)
    take(tmp_path / "units.csv", "units")
    take(lines, "allotments")
    before = LedgerImport.objects.count()
    child = subprocess.Popen([sys.executable, "-c", _IMPORT, city_database.name, str(paid)])
    with city_database.owner_link() as watcher:
        _until_it_writes(watcher, child)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert (Voucher.objects.count(), Posting.objects.count(), Payment.objects.count()) == (0, 0, 0)
    assert LedgerImport.objects.count() == before
    assert off_sums() == ()
    assert take(paid, "payments").proven
    assert Payment.objects.count() == 6_000
    assert off_sums() == ()


def _until_it_writes(watcher: psycopg.Connection[tuple[object, ...]], child: subprocess.Popen[bytes]) -> None:
    """Until the child's transaction has locked the table of vouchers, which is after its first rows."""
    while child.poll() is None:
        found = watcher.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = 'budgeting_voucher'::regclass AND mode = 'RowExclusiveLock'"
        ).fetchone()
        if found and found[0]:
            return
        time.sleep(0.02)
    pytest.fail("the import never began to write")


_IMPORT = """
import sys
import tests.settings
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from django.conf import settings
from django.db import connections
from pathlib import Path
from wangge.groundwork.embedded_postgres import APPLICATION, Cluster
from tests.budgeting.small_ledger import AT
found = Cluster(Path(settings.ENVIRONMENT.var), durable=False).connection(APPLICATION, sys.argv[1])
connections["default"].settings_dict.update(NAME=sys.argv[1], USER=APPLICATION, PASSWORD=found["password"],
    HOST=found["host"], PORT=str(found["port"]))
from wangge.domains.organizations.logic import TERMINAL
from wangge.surfaces.exchange.ledger.declaration import load_ledger_mapping
from wangge.surfaces.exchange.ledger.run import import_ledger
import_ledger(Path(sys.argv[2]), load_ledger_mapping("payments"), by=TERMINAL, at=AT, dry_run=False)
"""
