"""Asks a filled ledger in an open city and prints: the worst balance's seconds, the seconds of all units' tables."""

from __future__ import annotations

import sys
import time

from wangge.project.opening import open_city


def main(year: int) -> None:
    """Every account, of the bureau and of single units, through every month; then the tables of all units."""
    with open_city():
        from wangge.domains.budgeting.models import BudgetUnit
        from wangge.domains.budgeting.queries.balances import balance, units_below
        from wangge.domains.disclosure.queries.cells import computed_of_units

        units = units_below("101")
        balance(year=year, account="7201")  # the connection is made
        worst = 0.0
        for account in ("6001", "7101", "7201", "4001", "5001"):
            for asked in (None, units, units[:1], units[7:8]):
                for through in (1, 6, 13):
                    began = time.perf_counter()
                    balance(year=year, account=account, units=asked, through=through)
                    worst = max(worst, time.perf_counter() - began)
        began = time.perf_counter()
        groups = {unit: (unit,) for unit in BudgetUnit.objects.values_list("code", flat=True) if unit != "101"}
        tables = computed_of_units(year=year, groups={**groups, "101": units})
        assert all(each.fen("01.r57") > 0 for each in tables.values())
        print(worst, time.perf_counter() - began)


if __name__ == "__main__":
    main(int(sys.argv[1]))
