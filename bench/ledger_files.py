"""Makes the lists of a bureau's budget system: units, allotments and payments of a year, from a seed."""

from __future__ import annotations

import csv
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

ECONOMIC = ("30101", "30102", "30103", "30107", "30108", "30201", "30205", "30206", "30211", "30213", "30217", "30231")
ITEMS = ("2120101", "2080505", "2101102", "2210201")
PROJECTS = ("信息采集", "系统运维", "排水防涝")


def write_units(path: Path, units: int) -> None:
    """A bureau and its units."""
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("单位代码", "单位名称", "单位类别", "主管部门代码"))
        writer.writerow(("101", "示例局", "行政单位", ""))
        for number in range(1, units):
            writer.writerow((f"101{number:03}", f"示例单位{number}", "事业单位", "101"))


def write_year(folder: Path, *, year: int, units: int, payments: int, seed: int = 1) -> tuple[Path, Path]:
    """The year's allotments and payments; every payment stays within its line."""
    dice = random.Random(seed + year)
    codes = ["101", *(f"101{number:03}" for number in range(1, units))]
    spent: Counter[tuple[str, str, str, str]] = Counter()
    paid, lines = folder / f"payments-{year}.csv", folder / f"allotments-{year}.csv"
    with paid.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("预算单位代码", "预算年度", "支付单号", "指标编号", "功能分类", "部门经济分类", "支出性质",
                         "项目名称", "资金性质", "支付金额", "支付日期", "支付状态", "收款人", "用途"))  # fmt: skip
        total = 0
        for number in range(payments):
            unit = codes[number % len(codes)]
            project = dice.choice(PROJECTS) if dice.random() < 0.3 else ""
            item = "2120102" if project else dice.choice(ITEMS)
            nature = "项目支出" if project else "基本支出"
            line = f"{unit}-{item}-{project or '基本'}"
            fen = dice.randrange(100, 5_000_000)
            day = date(year, 1, 1) + timedelta(days=dice.randrange(365))
            economic = "30227" if project else dice.choice(ECONOMIC)
            writer.writerow((unit, year, f"ZF{year}{number:07}", line, item, economic, nature, project, "一般公共预算",
                             f"{fen / 100:.2f}", day, "已支付", f"供应商{number % 97}", "日常支出"))  # fmt: skip
            spent[unit, line, item, project] += fen
            total += fen
        writer.writerow(("", "", "合计", "", "", "", "", "", "", f"{total / 100:.2f}", "", "", "", ""))
    with lines.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("预算单位代码", "预算年度", "指标编号", "功能分类", "支出性质", "项目名称", "资金性质",
                         "指标类型", "指标金额", "下达日期"))  # fmt: skip
        for (unit, line, item, project), fen in spent.items():
            writer.writerow((unit, year, line, item, "项目支出" if project else "基本支出", project, "一般公共预算",
                             "年初预算", f"{(fen + 12_345) / 100:.2f}", date(year, 1, 15)))  # fmt: skip
    return lines, paid
