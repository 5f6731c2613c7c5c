"""Takes in money that is no payment: receipts, opening balances, surplus used, and whole vouchers 明细账."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from wangge.domains.budgeting.logic.entries import CREDIT, DEBIT, EntryLine, NoTemplate, entry_lines
from wangge.domains.budgeting.logic.facts import Difference, EntryLineFact, MoneyFact, RefusedRow, with_whole_dims
from wangge.domains.budgeting.logic.money import plain_yuan
from wangge.domains.budgeting.operations import importing as shared
from wangge.domains.budgeting.operations.importing import ImportResult, ImportSource
from wangge.domains.budgeting.operations.reversing import reversal_drafts
from wangge.domains.budgeting.operations.writing import PostingDraft, VoucherDraft, dimension_ids, write_vouchers
from wangge.domains.budgeting.queries.balances import KnownVoucher, known_vouchers
from wangge.domains.organizations.logic import Actor
from wangge.standards.budgeting import ledger_accounts

_OPENINGS = ("opening", "surplus_opening")
_Key = tuple[str, int, str]


def take_in_money(
    facts: Iterable[MoneyFact], *, source: ImportSource, by: Actor, at: datetime, dry_run: bool = False,
    unreadable: Sequence[RefusedRow] = (),
) -> ImportResult:  # fmt: skip
    """Take in receipts and balances; a number that comes again with another amount is reversed and booked anew."""
    rows = [with_whole_dims(fact) for fact in facts]
    kinds = shared.unit_kinds()
    refused: list[RefusedRow] = [*unreadable]
    groups: dict[_Key, list[tuple[int, VoucherDraft | None, int]]] = {}
    dims = dimension_ids_later(rows)
    for fact in rows:
        reason, lines = _booked(fact, kinds)
        if reason:
            refused.append(RefusedRow(fact.line, reason))
            continue
        draft = VoucherDraft(
            fact.unit, fact.year, fact.dated_on.month, fact.dated_on, fact.event, fact.number,
            tuple(PostingDraft(line, dims[fact.line]) for line in lines),
            phase="opening" if fact.event in _OPENINGS else "current", summary=fact.summary,
        )  # fmt: skip
        groups.setdefault((fact.unit, fact.year, f"{fact.event}:{fact.number}"), []).append(
            (fact.line, draft, fact.amount_fen)
        )
    drafts = {key: (_joined([d for _l, d, _a in found if d]), sum(a for _l, _d, a in found), len(found))
              for key, found in groups.items()}  # fmt: skip
    return _taken("money", drafts, len(rows) + len(unreadable), refused, source, by, at, dry_run, {
        key[:2] for key in drafts})  # fmt: skip


def dimension_ids_later(rows: Sequence[MoneyFact | EntryLineFact]) -> dict[int, int]:
    """Line of the file → its dimension's row."""
    ids = dimension_ids({fact.dims for fact in rows})
    return {fact.line: ids[fact.dims] for fact in rows}


def take_in_entries(
    facts: Iterable[EntryLineFact], *, source: ImportSource, by: Actor, at: datetime, dry_run: bool = False,
    unreadable: Sequence[RefusedRow] = (),
) -> ImportResult:  # fmt: skip
    """Take in whole vouchers of another accounting program; one that does not balance is refused whole."""
    rows = [with_whole_dims(fact) for fact in facts]
    kinds = shared.unit_kinds()
    systems = {account.code: account.system for account in ledger_accounts()}
    dims = dimension_ids_later(rows)
    groups: dict[_Key, list[EntryLineFact]] = defaultdict(list)
    for fact in rows:
        groups[fact.unit, fact.year, f"entries:{fact.number}"].append(fact)
    refused: list[RefusedRow] = [*unreadable]
    drafts: dict[_Key, tuple[VoucherDraft, int, int]] = {}
    for key, lines in groups.items():
        reason = _voucher_refusal(lines, kinds, systems)
        if reason:
            refused += [RefusedRow(line.line, reason) for line in lines]
            continue
        first = lines[0]
        postings = tuple(
            PostingDraft(EntryLine(_system(line.account, systems), line.account, side, abs(fen)), dims[line.line])
            for line in lines
            for side, fen in _sides(line)
        )
        draft = VoucherDraft(
            first.unit, first.year, first.dated_on.month, first.dated_on, "entries", first.number, postings,
            summary=first.summary,
        )  # fmt: skip
        drafts[key] = (draft, sum(line.debit_fen for line in lines), len(lines))
    return _taken("entries", drafts, len(rows) + len(unreadable), refused, source, by, at, dry_run, {
        key[:2] for key in drafts})  # fmt: skip


def _taken(
    kind: str, drafts: dict[_Key, tuple[VoucherDraft, int, int]], rows: int, refused: list[RefusedRow],
    source: ImportSource, by: Actor, at: datetime, dry_run: bool, pairs: set[tuple[str, int]],
) -> ImportResult:  # fmt: skip
    import_id = None
    with shared.tried(dry_run=dry_run):
        shared.lock_years(pairs)
        known = known_vouchers(sorted(pairs))
        new = {key: found for key, found in drafts.items() if key not in known}
        changed = {key: (found, known[key]) for key, found in drafts.items()
                   if key in known and not _same(found[0], known[key])}  # fmt: skip
        vanished = tuple(sorted(k[2] for k, was in known.items() if k not in drafts and was.mapping == source.mapping))
        fresh = sum(found[2] for found in new.values())
        other = sum(found[2] for found, _was in changed.values())
        difference = Difference(fresh, other, rows - len(refused) - fresh - other, vanished,
                                tuple(key[2] for key in changed))  # fmt: skip
        shared.open_years(pairs, by=by, at=at)
        if new or changed:
            import_id = shared.record_import(
                source, rows=rows, difference=difference, refused=len(refused), proof={}, by=by, at=at
            )
            back = reversal_drafts([was.voucher_id for _found, was in changed.values()])
            going = [*(found[0] for found in new.values()), *(found[0] for found, _was in changed.values())]
            write_vouchers([*back, *going], by=by, at=at, import_id=import_id)
        proof = _proof(drafts, known_vouchers(sorted(pairs)))
    return ImportResult(kind, dry_run, rows, difference, tuple(refused), proof, None if dry_run else import_id)


def _same(draft: VoucherDraft, known: KnownVoucher) -> bool:
    postings = sorted((p.line.account, p.line.side, p.line.amount_fen, p.dimension_id) for p in draft.postings)
    return known.postings == tuple(postings)


def _proof(drafts: dict[_Key, tuple[VoucherDraft, int, int]], booked: dict[_Key, KnownVoucher]) -> dict[str, object]:
    lines: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for key, (draft, _amount, _rows) in drafts.items():
        lines[key[:2]][0] += sum(p.line.amount_fen for p in draft.postings if p.line.side == DEBIT)
        lines[key[:2]][1] += sum(fen for _a, side, fen, _d in booked[key].postings if side == DEBIT)
    return {
        "lines": [
            {"unit": unit, "year": year, "file_fen": file, "ledger_fen": ours, "off_fen": file - ours}
            for (unit, year), (file, ours) in sorted(lines.items())
        ]
    }


def _booked(fact: MoneyFact, kinds: dict[str, str]) -> tuple[str, tuple[EntryLine, ...]]:
    if fact.unit not in kinds:
        return shared.unknown_unit(fact.unit), ()
    if not fact.amount_fen:
        return _("金额为零。"), ()
    try:
        return "", entry_lines(fact.event, fact.dims, kinds[fact.unit], fact.amount_fen)
    except NoTemplate as missing:
        return _("没有这类收支的记账方法：%(what)s。") % {"what": str(missing)}, ()


def _joined(drafts: Sequence[VoucherDraft]) -> VoucherDraft:
    return replace(drafts[0], postings=tuple(p for draft in drafts for p in draft.postings))


def _system(account: str, systems: dict[str, str]) -> str:
    return systems.get(account[:4], "budget" if account[:1] in "678" else "financial")


def _sides(line: EntryLineFact) -> list[tuple[str, int]]:
    """Red entries (negative amounts) stand on the other side."""
    found = []
    if line.debit_fen:
        found.append((DEBIT if line.debit_fen > 0 else CREDIT, line.debit_fen))
    if line.credit_fen:
        found.append((CREDIT if line.credit_fen > 0 else DEBIT, line.credit_fen))
    return found


def _voucher_refusal(lines: Sequence[EntryLineFact], kinds: dict[str, str], systems: dict[str, str]) -> str:
    if lines[0].unit not in kinds:
        return shared.unknown_unit(lines[0].unit)
    off: dict[str, int] = defaultdict(int)
    for line in lines:
        if not (line.account[:1].isdigit() and "1" <= line.account[0] <= "8" and len(line.account) >= 4):
            return _("科目编码“%(code)s”不在制度规定的一至八类内。") % {"code": line.account}
        off[_system(line.account, systems)] += line.debit_fen - line.credit_fen
    for system, fen in off.items():
        if fen:
            return _("凭证“%(number)s”借贷不平，差 %(yuan)s 元（%(system)s）。") % {
                "number": lines[0].number, "yuan": plain_yuan(fen),
                "system": _("预算会计") if system == "budget" else _("财务会计"),
            }  # fmt: skip
    return ""
