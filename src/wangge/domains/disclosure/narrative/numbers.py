"""Amounts and rates as they are printed: hundredths of 万元 and of per cent, whole numbers, half up.

Texts reckon with printed amounts, so that a reader who recalculates from the page finds the same figure.
"""

from __future__ import annotations

from wangge.domains.budgeting.logic.money import plain_yuan, yuan_text
from wangge.domains.disclosure.logic.printed import hundredths

__all__ = ["amount", "amount_in_table", "hundredths", "percent"]


def amount(value: int) -> str:
    """Hundredths of 万元 in running text: 1833.86; nothing is 0."""
    return plain_yuan(value) if value else "0"


def amount_in_table(value: int) -> str:
    """Hundredths of 万元 in a table: 1,833.86."""
    return yuan_text(value)


def percent(part: int, whole: int) -> str | None:
    """part ÷ whole in per cent with two decimals, half up; a round hundred is 100; None of nothing."""
    if whole == 0:
        return None
    value = (abs(part) * 20_000 + abs(whole)) // (2 * abs(whole))
    text = f"{value // 100}.{value % 100:02d}"
    return text.removesuffix(".00") if value in {0, 10_000} else text
