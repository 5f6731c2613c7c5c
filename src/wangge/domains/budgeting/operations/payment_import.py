"""Takes in payments 支付明细 in bulk: difference, control of allotments, vouchers by COPY, proof to the last fen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from wangge.domains.budgeting.logic.entries import NoTemplate, accounts_of
from wangge.domains.budgeting.logic.facts import Difference, Dims, PaymentFact, RefusedRow, with_whole_dims
from wangge.domains.budgeting.logic.money import plain_yuan
from wangge.domains.budgeting.operations import importing as shared
from wangge.domains.budgeting.operations.importing import ImportResult, ImportSource
from wangge.domains.budgeting.operations.payment_vouchers import BookedPayment, book_payments
from wangge.domains.budgeting.operations.reversing import reversal_drafts
from wangge.domains.budgeting.operations.writing import (
    copy_rows,
    dimension_ids,
    refused_plainly,
    reserve_ids,
    write_vouchers,
)
from wangge.domains.budgeting.queries.payments import (
    AllotmentRoom,
    KnownPayment,
    allotment_rooms,
    known_payments,
    paid_in_ledger,
)
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.clock import city_day
from wangge.standards.budgeting import fiscal_funds

_PAYMENT_COLUMNS = (
    "id", "unit_code", "year", "number", "version", "allotment_id", "dimension_id", "amount_fen", "payee", "purpose",
    "contract", "handler", "dated_on", "digest", "imported_id",
)  # fmt: skip
_STEP_COLUMNS = ("payment_id", "state", "dated_on", "voucher_id", "reason", "by_id", "by_name", "at")
_ENDED = ("paid", "returned")
_Key = tuple[str, int, str]


@dataclass(slots=True)
class _Sorted:
    """The rows of a file beside what is known."""

    new: list[PaymentFact]
    changed: list[tuple[PaymentFact, KnownPayment]]
    gone_on: list[tuple[PaymentFact, KnownPayment]]
    same: list[tuple[PaymentFact, KnownPayment]]
    refused: list[RefusedRow]
    vanished: tuple[str, ...]


def take_in_payments(
    facts: Iterable[PaymentFact], *, source: ImportSource, by: Actor, at: datetime, dry_run: bool = False,
    without_allotments: bool = False, unreadable: Sequence[RefusedRow] = (),
    stated_total_fen: int | None = None,
) -> ImportResult:  # fmt: skip
    """Take in every payment that can be taken in; all of them or, on a failure, none.

    ``without_allotments``: fiscal payments need not name an allotment (a list that has no column for it).
    ``stated_total_fen``: the total that the file itself prints.
    """
    rows = [with_whole_dims(fact) for fact in _numbered(facts)]
    pairs = {(fact.unit, fact.year) for fact in rows}
    import_id: int | None = None
    written: list[tuple[int, PaymentFact]] = []
    with shared.tried(dry_run=dry_run):
        shared.lock_years(pairs)
        kinds = shared.unit_kinds()
        sorted_ = _sort(rows, kinds, source.mapping, without_allotments)
        shared.open_years({p for p in pairs if p[0] in kinds}, by=by, at=at)
        changed = len(sorted_.changed) + len(sorted_.gone_on)
        keys = tuple(fact.number for fact, _known in [*sorted_.changed, *sorted_.gone_on])
        difference = Difference(len(sorted_.new), changed, len(sorted_.same), sorted_.vanished, keys)
        refused = (*unreadable, *sorted_.refused)
        count = len(rows) + len(unreadable)
        if difference.new or difference.changed:
            import_id = shared.record_import(
                source, rows=count, difference=difference, refused=len(refused),
                proof={"stated_total_fen": stated_total_fen}, by=by, at=at,
            )  # fmt: skip
            written = _write(sorted_, kinds, import_id, by, at)
        taken = [*written, *((known.payment_id, fact) for fact, known in sorted_.same)]
        proof = _proof(taken, rows, stated_total_fen)
    return ImportResult("payments", dry_run, count, difference, refused, proof, None if dry_run else import_id)


def _numbered(facts: Iterable[PaymentFact]) -> list[PaymentFact]:
    """One order number on several lines (one per economic item) gets a number for each line."""
    seen: Counter[_Key] = Counter()
    found: list[PaymentFact] = []
    for fact in facts:
        key = (fact.unit, fact.year, fact.number)
        seen[key] += 1
        found.append(fact if seen[key] == 1 else replace(fact, number=f"{fact.number}/{seen[key]}"))
    return found


def _sort(rows: Sequence[PaymentFact], kinds: dict[str, str], mapping: str, without_allotments: bool) -> _Sorted:
    pairs = sorted({(fact.unit, fact.year) for fact in rows})
    known = known_payments(pairs)
    judge = _Judge(kinds, without_allotments, allotment_rooms(pairs), shared.year_states(pairs))
    found = _Sorted([], [], [], [], [], ())
    for fact in rows:
        before = known.get((fact.unit, fact.year, fact.number))
        if before is not None and before.digest == fact.digest and before.state == fact.state:
            found.same.append((fact, before))
            continue
        reason = judge.refusal(fact, before)
        if reason:
            found.refused.append(RefusedRow(fact.line, reason))
        elif before is None:
            found.new.append(fact)
        elif before.digest == fact.digest and before.state not in _ENDED:
            found.gone_on.append((fact, before))
        else:
            found.changed.append((fact, before))
    here = {(fact.unit, fact.year, fact.number) for fact in rows}
    gone = sorted(key[2] for key, before in known.items() if key not in here and before.mapping == mapping)
    found.vanished = tuple(gone)
    return found


class _Judge:
    """Says why a payment is not taken in; counts along what each allotment still holds."""

    def __init__(
        self, kinds: dict[str, str], without_allotments: bool, rooms: dict[_Key, AllotmentRoom],
        years: dict[tuple[str, int], tuple[str, int]],
    ) -> None:  # fmt: skip
        self._kinds, self._without, self._rooms, self._years = kinds, without_allotments, rooms, years
        self._free = {room.allotment_id: room.free_fen for room in rooms.values()}

    def refusal(self, fact: PaymentFact, before: KnownPayment | None) -> str:
        """Empty when it is taken in."""
        if fact.unit not in self._kinds:
            return shared.unknown_unit(fact.unit)
        if fact.amount_fen == 0:
            return _("金额为零。")
        if fact.dated_on.year != fact.year:
            return _("支付日期不在预算年度内。")
        found = self._years.get((fact.unit, fact.year))
        if not shared.period_open(found, fact.dated_on.month):
            return shared.not_open(found[0] if found else None, fact.dated_on.month)
        try:
            dims = fact.dims
            accounts_of(
                "payment", dims.fund_type, dims.fund_year, dims.nature, self._kinds[fact.unit], dims.economic_item[:3]
            )
        except NoTemplate as missing:
            return _("没有这类支付的记账方法：%(what)s。") % {"what": str(missing)}
        return self._of_allotment(fact, before)

    def _of_allotment(self, fact: PaymentFact, before: KnownPayment | None) -> str:
        if not fact.allotment:
            if fact.dims.fund_type in fiscal_funds() and not self._without:
                return _("财政资金支付没有指标编号。")
            return ""
        room = self._rooms.get((fact.unit, fact.year, fact.allotment))
        if room is None:
            return _("没有编号为“%(number)s”的指标，请先导入指标明细。") % {"number": fact.allotment}
        if not _belongs(fact.dims, room.dims):
            return _("功能分类、支出性质、项目或资金性质与指标“%(number)s”不符。") % {"number": fact.allotment}
        if fact.state == "returned":
            return ""
        held = before.held_fen if before is not None and before.allotment_id == room.allotment_id else 0
        left = self._free[room.allotment_id] + held - fact.amount_fen
        if left < 0:
            return _("指标“%(number)s”余额不足，差 %(yuan)s 元；请先办理追加或调剂。") % {
                "number": fact.allotment, "yuan": plain_yuan(-left),
            }  # fmt: skip
        self._free[room.allotment_id] = left
        return ""


def _belongs(paid: Dims, allotted: Dims) -> bool:
    same = (
        (paid.function_item, paid.nature, paid.fund_type, paid.fund_year, paid.project)
        == (allotted.function_item, allotted.nature, allotted.fund_type, allotted.fund_year, allotted.project)
    )  # fmt: skip
    return same and allotted.economic_item in ("", paid.economic_item)


def _write(
    found: _Sorted, kinds: dict[str, str], import_id: int, by: Actor, at: datetime
) -> list[tuple[int, PaymentFact]]:
    """Write what is new, changed or gone on; answers the payments by their numbers in the table."""
    _reverse([known for _fact, known in found.changed], import_id, by, at)
    fresh = [*found.new, *(fact for fact, _known in found.changed)]
    versions = {(f.unit, f.year, f.number): known.version + 1 for f, known in found.changed}
    going = [*fresh, *(fact for fact, _known in found.gone_on)]
    dims = dimension_ids({fact.dims for fact in going})
    pairs = sorted({(fact.unit, fact.year) for fact in going})
    rooms = {key: room.allotment_id for key, room in allotment_rooms(pairs).items()}
    ids = [*reserve_ids("budgeting_payment", len(fresh)), *(known.payment_id for _fact, known in found.gone_on)]
    booked = [BookedPayment(f, dims[f.dims], rooms.get((f.unit, f.year, f.allotment))) for f in going]
    with refused_plainly():
        copy_rows(
            "budgeting_payment",
            _PAYMENT_COLUMNS,
            (
                (number, f.unit, f.year, f.number, versions.get((f.unit, f.year, f.number), 1), each.allotment_id,
                 each.dimension_id, f.amount_fen, f.payee, f.purpose, f.contract, f.handler, f.dated_on, f.digest,
                 import_id)
                for number, each, f in zip(ids, booked, fresh, strict=False)  # those gone on are there already
            ),
        )  # fmt: skip
        paid = [(number, each) for number, each in zip(ids, booked, strict=True) if each.fact.state == "paid"]
        vouchers = book_payments([each for _number, each in paid], kinds, import_id=import_id, by=by, at=at)
        voucher_of = {number: voucher for (number, _each), voucher in zip(paid, vouchers, strict=True)}
        begun = {known.payment_id for _fact, known in found.gone_on}
        copy_rows(
            "budgeting_payment_step",
            _STEP_COLUMNS,
            (
                (number, state, f.dated_on, voucher_of.get(number) if state == "paid" else None,
                 (f.reason or _("导入")) if state == "returned" else f.reason, by.person_id, by.display_name, at)
                for number, f in zip(ids, going, strict=True)
                for state in _states(f, begun=number in begun)
            ),
        )  # fmt: skip
    return [*zip(ids, going, strict=True)]


def _states(fact: PaymentFact, *, begun: bool) -> tuple[str, ...]:
    """The steps an imported payment has behind it; a return implies the request that was returned."""
    if fact.state == "returned" and not begun:
        return ("requested", "returned")
    return (fact.state,)


def _reverse(known: Sequence[KnownPayment], import_id: int, by: Actor, at: datetime) -> None:
    """Payments that a file shows changed are taken back: reversed where paid, set free where only requested."""
    if not known:
        return
    drafts = reversal_drafts([k.voucher_id for k in known if k.voucher_id is not None])
    write_vouchers(drafts, by=by, at=at, import_id=import_id)
    with connection.cursor() as cursor, refused_plainly():
        cursor.executemany(
            "INSERT INTO budgeting_payment_step (payment_id, state, dated_on, voucher_id, reason, by_id, by_name, at)"
            " VALUES (%s, %s, %s, NULL, %s, %s, %s, %s)",
            [
                (k.payment_id, state, city_day(at), _("导入数据已变更"), by.person_id, by.display_name, at)
                for k in known
                for state in (("returned", "replaced") if k.state not in _ENDED else ("replaced",))
            ],
        )


def _proof(
    taken: Sequence[tuple[int, PaymentFact]], rows: Sequence[PaymentFact], stated: int | None
) -> dict[str, object]:
    """File against ledger for each unit and year, both systems against themselves."""
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for _number, fact in taken:
        if fact.state == "paid":
            sums[fact.unit, fact.year] += fact.amount_fen
    booked = paid_in_ledger([number for number, fact in taken if fact.state == "paid"])
    lines = [
        {"unit": unit, "year": year, "file_fen": fen, "ledger_fen": booked.get((unit, year), 0),
         "off_fen": fen - booked.get((unit, year), 0)}
        for (unit, year), fen in sorted(sums.items())
    ]  # fmt: skip
    proof: dict[str, object] = {"lines": lines, "file_total_fen": sum(f.amount_fen for f in rows)}
    if stated is not None:
        read = sum(f.amount_fen for f in rows)
        proof["stated_total_fen"] = stated
        lines.append({"unit": "", "year": 0, "file_fen": stated, "ledger_fen": read, "off_fen": stated - read})
    return proof
