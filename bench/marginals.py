"""Prints a simulated year beside the published one: ``python bench/marginals.py PUBLISHED.csv [--var DIRECTORY]``.

The file has the columns ``id`` and ``value`` of a published year; what it does not hold is printed without comparison.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from bench.bench_city import environment  # noqa: E402

COUNT = """
from wangge.project.opening import open_city
with open_city(as_owner=True):
    import json
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute('''
            WITH once AS (
                SELECT case_id, bool_or(verb = 'confirm_self_handled') AS own, bool_or(verb = 'file_case') AS filed,
                       bool_or(verb IN ('close_case', 'close_outside', 'close_parent', 'quick_close')) AS closed
                  FROM cases_step GROUP BY 1)
            SELECT count(*), count(*) FILTER (WHERE own OR filed), count(*) FILTER (WHERE own OR closed),
                   count(*) FILTER (WHERE own), count(*) FILTER (WHERE source = 'public'),
                   count(*) FILTER (WHERE source = 'hotline')
              FROM cases_case c JOIN once ON once.case_id = c.id WHERE c.parent_id IS NULL''')
        names = ("n_report", "n_file", "n_close", "n_self_handled", "public_platform", "hotline_12345")
        told = dict(zip(names, cursor.fetchone()))
        cursor.execute('''
            SELECT count(*) FILTER (WHERE payload::jsonb #>> '{args,grade}' NOT LIKE '%不满意'), count(*)
              FROM cases_step WHERE verb = 'rate' ''')
        told["rated_satisfied"], told["rated"] = cursor.fetchone()
        cursor.execute("SELECT count(DISTINCT code) FROM geography_area WHERE kind = 'responsibility_grid'")
        (told["responsibility_grids_actual"],) = cursor.fetchone()
        cursor.execute("SELECT verb, count(*) FROM cases_step GROUP BY 1 ORDER BY 2 DESC")
        told["verbs"] = dict(cursor.fetchall())
    print("MARGINALS " + json.dumps(told))
"""
BEFALLS = {
    "rework": ("fail_inspection", "order_rework"), "returns": ("send_back",), "extensions": ("approve_extension",),
    "suspensions and postponements": ("approve_suspension", "approve_postponement"), "appeals": ("file_appeal",),
    "duplicates merged": ("merge",), "voided": ("approve_void",), "reopened": ("reopen",), "split": ("split",),
    "inside a district": ("district_dispatch",), "supervised": ("supervise",), "urged": ("urge",),
}  # fmt: skip


def main() -> int:
    """Count, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("published", type=Path)
    parser.add_argument("--var", type=Path, default=ROOT / "var", help="WANGGE_VAR of the city")
    given = parser.parse_args()
    shown = subprocess.run(
        [sys.executable, "-c", COUNT], env=environment(given.var), check=True, capture_output=True, text=True
    ).stdout
    told: dict[str, Any] = json.loads(shown.partition("MARGINALS ")[2])
    with given.published.open(encoding="utf-8", newline="") as file:
        published = {row["id"]: float(row["value"]) for row in csv.DictReader(file) if _is_number(row["value"])}
    _print(_figures(told), published, told)
    return 0


def _figures(told: dict[str, Any]) -> dict[str, float]:
    figures = {name: float(value) for name, value in told.items() if isinstance(value, int)}
    figures["unclosed"] = figures["n_file"] - figures["n_close"]
    figures["close_rate"] = 100 * figures["n_close"] / figures["n_file"]
    own = figures["n_self_handled"]
    figures["close_rate_dispatched"] = 100 * (figures["n_close"] - own) / (figures["n_file"] - own)
    figures["public_total"] = figures["public_platform"] + figures["hotline_12345"]
    figures["wechat_satisfaction_actual"] = 100 * figures["rated_satisfied"] / max(figures["rated"], 1)
    return figures


def _print(figures: dict[str, float], published: dict[str, float], told: dict[str, Any]) -> None:
    table = Table("figure", "simulated", "published", "difference")
    for name, value in figures.items():
        stated = published.get(name)
        off = "" if not stated else f"{100 * (value - stated) / stated:+.2f} %"
        table.add_row(name, f"{value:,.2f}".rstrip("0").rstrip("."), "" if stated is None else f"{stated:,g}", off)
    console = Console()
    console.print(table)
    befalls = Table("what befalls cases", "times")
    for what, verbs in BEFALLS.items():
        befalls.add_row(what, f"{sum(told['verbs'].get(verb, 0) for verb in verbs):,}")
    console.print(befalls)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main())
