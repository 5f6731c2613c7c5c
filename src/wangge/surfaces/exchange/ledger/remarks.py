"""What a person should look at in a list that is taken in all the same: unknown codes, likely twice, balances apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from wangge.domains.budgeting.logic.facts import (
    AllotmentFact,
    Dims,
    EntryLineFact,
    MoneyFact,
    PaymentFact,
    RecordFact,
)
from wangge.domains.budgeting.logic.money import yuan_text
from wangge.domains.budgeting.queries.balances import account_sums
from wangge.standards.accounts.library import load_accounts

MOST = 20
_BALANCES = "account_balance"


def remarks_on(facts: Sequence[Any], kind: str) -> tuple[str, ...]:
    """Every remark on the facts of one list, ready to print; two statements at most."""
    found = [*_codes(facts), *_twice(facts)]
    if kind == _BALANCES:
        found += _balances_apart(facts)
    more = len(found) - MOST
    return (*found[:MOST], *([_("另有 %(count)d 处，未列出。") % {"count": more}] if more > 0 else []))


def _codes(facts: Iterable[Any]) -> Iterator[str]:
    """Codes that the year's list does not have, each once with its first rows."""
    lines: dict[tuple[int, Dims], list[int]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, AllotmentFact | PaymentFact | MoneyFact | EntryLineFact):
            lines[fact.year, fact.dims].append(fact.line)
    unknown: dict[tuple[str, str], list[int]] = defaultdict(list)
    names = (_("功能分类"), _("部门经济分类"))
    for (year, dims), found in lines.items():
        known = load_accounts(str(year))
        codes = ((dims.function_item, known.function_codes), (dims.economic_item, known.economic_codes))
        for name, (code, listed) in zip(names, codes, strict=True):
            if code and code not in listed:
                unknown[name, code] += found
    for (name, code), rows in sorted(unknown.items()):
        where = _rows(sorted(rows))
        yield _("%(name)s代码“%(code)s”不在代码表内（%(rows)s）。") % {"name": name, "code": code, "rows": where}


def _rows(lines: Sequence[int]) -> str:
    first = "、".join(str(line) for line in lines[:5])
    words = _("第 %(rows)s 行") % {"rows": first}
    return words + (_("等 %(count)d 行") % {"count": len(lines)} if len(lines) > 5 else "")


def _twice(facts: Iterable[Any]) -> Iterator[str]:
    """Payments under two numbers that are otherwise one: same day, payee, amount, purpose and codes."""
    groups: dict[tuple[Any, ...], list[PaymentFact]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, PaymentFact) and fact.payee:
            key = (fact.unit, fact.dated_on, fact.payee, fact.amount_fen, fact.purpose, fact.dims)
            groups[key].append(fact)
    for found in groups.values():
        if len(found) > 1:
            yield _("疑似重复：%(rows)s 的日期、收款人、金额和用途相同（%(yuan)s 元）。") % {
                "rows": _rows([fact.line for fact in found]), "yuan": yuan_text(found[0].amount_fen),
            }  # fmt: skip


def _balances_apart(facts: Sequence[Any]) -> Iterator[str]:
    """The closing balances of another accounting program beside ours; sides are not told, so amounts are compared."""
    rows = [fact for fact in facts if isinstance(fact, RecordFact)]
    ours = account_sums({(fact.unit, fact.year) for fact in rows})
    for fact in rows:
        account, told = str(fact.data.get("account", "")), fact.data.get("closing")
        if not account or told is None:
            continue
        theirs = int(Decimal(str(told)) * 100)  # the reader tells yuan to the cent
        below = (fen for (unit, year, code), fen in ours.items()
                 if (unit, year) == (fact.unit, fact.year) and code.startswith(account))  # fmt: skip
        here = sum(below)
        if abs(theirs) != abs(here):
            yield _("科目 %(account)s：余额表 %(theirs)s 元，台账 %(ours)s 元，相差 %(off)s 元。") % {
                "account": account, "theirs": yuan_text(abs(theirs)), "ours": yuan_text(abs(here)),
                "off": yuan_text(abs(theirs) - abs(here)),
            }  # fmt: skip
