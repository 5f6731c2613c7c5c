"""Compiles editions and takes them step by step to the public; an edition is frozen as it was compiled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.budgeting.models import Voucher
from wangge.domains.budgeting.policies import check_may_keep_books
from wangge.domains.disclosure.logic.cells import Computed
from wangge.domains.disclosure.logic.comparing import tails
from wangge.domains.disclosure.logic.sums import Facts, parse_sum
from wangge.domains.disclosure.models import Edition, EditionFile, EditionStep, Form, State
from wangge.domains.disclosure.policies import check_may_take, steps_from
from wangge.domains.disclosure.queries.bureaus import standings_below
from wangge.domains.disclosure.queries.cells import account_of_form
from wangge.domains.disclosure.queries.editions import steps_of
from wangge.domains.disclosure.refusals import DisclosureRefused, refusal_of
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.standards.budgeting import DisclosureStep

_ON_THE_WAY = (State.COMPILED, State.REVIEWED, State.SUBMITTED, State.APPROVED, State.CLEARED)
_NAMES_SHOWN = 5


@transaction.atomic
def compile_edition(
    *, unit: str, year: int, by: Actor, at: datetime, form: Form = Form.FINAL, files: Mapping[str, bytes] | None = None
) -> int:
    """Freeze an edition of the account as the ledger stands; answers its number in the table.

    ``files`` are the rendered formats. One edition at a time is on its way; after a correction the next one names
    the edition it corrects. Raises ``DisclosureRefused``.
    """
    step = steps_from("")[0]
    check_may_take(by, step, ())
    check_may_keep_books(by, unit)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('disclosure ' || %s), %s)", [unit, year])
    last = Edition.objects.filter(unit=unit, year=year, form=form).order_by("-number").first()
    corrects = _corrected(last)
    computed, facts = account_of_form(year=year, unit=unit, form=form)
    cells = {name: cell.fen for name, cell in computed.cells.items()}
    notes = [*notes_of(computed, facts.eliminated), *carry_notes(computed, facts)]
    edition = Edition.objects.create(
        unit_id=unit, year=year, form=form, number=last.number + 1 if last else 1, corrects=corrects,
        units=sorted(facts.inside), cells=cells, notes=notes, last_voucher=_last_voucher(), at=at,
        digest=digest_of(unit, year, cells),
    )  # fmt: skip
    EditionFile.objects.bulk_create(
        EditionFile(edition=edition, format=name, content=content, digest=hashlib.new("sm3", content).hexdigest())
        for name, content in (files or {}).items()
    )
    _write(edition, 1, step, "", "", by, at)
    return edition.id


@transaction.atomic
def take_step(*, edition_id: int, verb: str, by: Actor, at: datetime, reason: str = "") -> State:
    """Take the next step of an edition; answers where it stands. Raises ``DisclosureRefused``."""
    edition = Edition.objects.filter(id=edition_id).first()
    if edition is None:
        raise DisclosureRefused(_("没有这个版本。"))
    done = steps_of(edition_id)
    state = done[-1].to_state
    step = next((each for each in steps_from(state) if each.verb == verb), None)
    if step is None:
        raise DisclosureRefused(_("版本现为“%(state)s”，不能办理这一环节。") % {"state": State(state).label})
    check_may_take(by, step, [(each.verb, each.by_id) for each in done])
    if step.needs_reason and not reason.strip():
        raise DisclosureRefused(_("“%(step)s”须写明意见或文号。") % {"step": step.name_zh}, "edition_step_says_why")
    if step.after_units:
        _check_units_came_before(edition, step)
    _write(edition, len(done) + 1, step, state, reason, by, at)
    return State(step.to_state)


def _check_units_came_before(edition: Edition, step: DisclosureStep) -> None:
    """A consolidated account rests on those of its units: they come first."""
    below = standings_below(unit=edition.unit_id, year=edition.year, form=edition.form)
    awaited = [each.name for each in below if each.is_awaited]
    if awaited:
        raise DisclosureRefused(
            _("所属单位还有 %(count)d 个没有报送（%(names)s），“%(step)s”须在其后办理。")
            % {"count": len(awaited), "names": _shortened(awaited), "step": step.name_zh},
            "edition_step_after_units",
        )


def _shortened(names: Sequence[str]) -> str:
    shown = "、".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else _("%(names)s等") % {"names": shown}


def digest_of(unit: str, year: int, cells: Mapping[str, int]) -> str:
    """SM3 over unit, year and every cell in fen."""
    text = orjson.dumps({"unit": unit, "year": year, "cells": dict(cells)}, option=orjson.OPT_SORT_KEYS)
    return hashlib.new("sm3", text).hexdigest()


def notes_of(computed: Computed, eliminated: Mapping[str, int]) -> list[dict[str, Any]]:
    """What a reader of the tables is told: tails within their bound, and dealings that were left out."""
    notes: list[dict[str, Any]] = [
        {"kind": "tail", "cell": tail.cell, "off_hundredths": tail.off, "bound_hundredths": tail.bound,
         "within": tail.within}
        for tail in tails(computed)
    ]  # fmt: skip
    if any(eliminated.values()):
        received, paid = eliminated.get("receipts", 0), eliminated.get("payments", 0)
        notes.append({"kind": "eliminated", "receipts_fen": received, "payments_fen": paid, "off_fen": received - paid})
    return notes


def carry_notes(computed: Computed, facts: Facts) -> list[dict[str, Any]]:
    """Where the books were closed and hold another carry-over than the tables compute."""
    booked = facts.total(parse_sum("carried_out()"))
    was_opened = facts.total(parse_sum("carried_in()"))
    if booked == was_opened or booked == computed.fen("01.r59"):  # not closed yet, or in agreement
        return []
    return [{"kind": "carry", "cell": "01.r59", "fen": computed.fen("01.r59"), "booked_fen": booked,
             "off_fen": computed.fen("01.r59") - booked}]  # fmt: skip


def _corrected(last: Edition | None) -> Edition | None:
    if last is None:
        return None
    state = steps_of(last.id)[-1].to_state
    if state in _ON_THE_WAY:
        raise DisclosureRefused(
            _("第 %(number)d 版正在办理（%(state)s），请先办结或退回。")
            % {"number": last.number, "state": State(state).label}
        )
    if state == State.PUBLISHED:
        raise DisclosureRefused(_("第 %(number)d 版已公开，请先办理更正并写明公开的理由。") % {"number": last.number})
    return last if state == State.CORRECTED else None


def _last_voucher() -> int:
    return Voucher.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _write(edition: Edition, seq: int, step: DisclosureStep, state: str, reason: str, by: Actor, at: datetime) -> None:
    try:
        with transaction.atomic():
            EditionStep.objects.create(
                edition=edition, seq=seq, verb=step.verb, from_state=state, to_state=step.to_state, reason=reason,
                by_id=by.person_id, by_name=by.display_name, at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise refusal_of(error) from error
    record(
        by=by, at=at, kind=AuditKind.MOVE, object_kind="edition", object_key=str(edition.id),
        detail={"verb": step.verb, "to": step.to_state},
    )  # fmt: skip
