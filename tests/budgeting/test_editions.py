"""Editions on their way to the public: in order, by separate persons, and never changed."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tests.budgeting.small_ledger import AT, UNIT, YEAR, allot, pay, payment, with_units
from wangge.domains.disclosure.models import Edition, State
from wangge.domains.disclosure.operations.editions import compile_edition, take_step
from wangge.domains.disclosure.queries.cells import cells
from wangge.domains.disclosure.queries.editions import editions, public_edition
from wangge.domains.disclosure.refusals import DisclosureRefused
from wangge.domains.organizations.logic import TERMINAL, Actor, Holding

pytestmark = pytest.mark.django_db

KEEPER = Actor(7, "accountant", "会计甲", (Holding("finance"),))
HEAD = Actor(8, "head", "科长乙", (Holding("section_head"), Holding("finance")))
LEADER = Actor(9, "leader", "主任丙", (Holding("centre_leader"), Holding("finance")))
WAY = (
    ("review", HEAD, ""), ("submit", KEEPER, ""), ("approve", HEAD, "批〔2025〕3号"),
    ("secrecy_review", LEADER, "不涉及秘密"), ("publish", KEEPER, ""),
)  # fmt: skip


def compiled() -> int:
    with_units()
    allot(100_000)
    pay(payment("P1", 30_000))
    return compile_edition(unit=UNIT, year=YEAR, by=KEEPER, at=AT)


def published() -> int:
    edition = compiled()
    for verb, by, reason in WAY:
        take_step(edition_id=edition, verb=verb, by=by, at=AT, reason=reason)
    return edition


def test_an_edition_keeps_its_figures_when_the_ledger_goes_on() -> None:
    edition = published()
    pay(payment("P1", 30_000), payment("P2", 5_000))
    assert cells(year=YEAR, unit=UNIT)["01.r57"] == 35_000
    assert cells(year=YEAR, unit=UNIT, edition=edition)["01.r57"] == 30_000
    seen = public_edition(unit=UNIT, year=YEAR)
    assert seen is not None
    assert (seen.id, seen.state) == (edition, State.PUBLISHED)


def test_steps_are_taken_in_order() -> None:
    edition = compiled()
    with pytest.raises(DisclosureRefused, match="不能办理"):
        take_step(edition_id=edition, verb="publish", by=KEEPER, at=AT)


def test_who_compiled_neither_reviews_nor_approves_nor_clears() -> None:
    edition = compiled()
    both = Actor(7, "accountant", "会计甲", (Holding("finance"), Holding("section_head"), Holding("centre_leader")))
    with pytest.raises(DisclosureRefused, match="他人"):
        take_step(edition_id=edition, verb="review", by=both, at=AT)
    take_step(edition_id=edition, verb="review", by=HEAD, at=AT)
    take_step(edition_id=edition, verb="submit", by=KEEPER, at=AT)
    with pytest.raises(DisclosureRefused, match="他人"):
        take_step(edition_id=edition, verb="approve", by=both, at=AT, reason="批")
    take_step(edition_id=edition, verb="approve", by=LEADER, at=AT, reason="批")
    with pytest.raises(DisclosureRefused, match="他人"):
        take_step(edition_id=edition, verb="secrecy_review", by=HEAD, at=AT, reason="可以")


def test_a_step_needs_its_post_its_reason_and_a_named_person() -> None:
    edition = compiled()
    with pytest.raises(DisclosureRefused, match="岗位"):
        take_step(edition_id=edition, verb="review", by=Actor(3, "x", "外人", (Holding("collector"),)), at=AT)
    with pytest.raises(DisclosureRefused, match="具名"):
        take_step(edition_id=edition, verb="review", by=TERMINAL, at=AT)
    with pytest.raises(DisclosureRefused, match="意见"):
        take_step(edition_id=edition, verb="send_back", by=HEAD, at=AT)


def test_a_correction_says_why_in_public_and_the_old_edition_stays() -> None:
    edition = published()
    with pytest.raises(DisclosureRefused, match="更正"):
        compile_edition(unit=UNIT, year=YEAR, by=KEEPER, at=AT)
    take_step(edition_id=edition, verb="correct", by=LEADER, at=AT, reason="功能科目列错")
    second = compile_edition(unit=UNIT, year=YEAR, by=KEEPER, at=AT)
    assert Edition.objects.get(id=second).corrects_id == edition
    seen = public_edition(unit=UNIT, year=YEAR)
    assert seen is not None
    assert (seen.id, seen.reason) == (edition, "功能科目列错")
    assert [line.number for line in editions(unit=UNIT)] == [2, 1]


def test_only_one_edition_is_on_its_way() -> None:
    compiled()
    with pytest.raises(DisclosureRefused, match="正在办理"):
        compile_edition(unit=UNIT, year=YEAR, by=KEEPER, at=AT)


STEP = (
    "INSERT INTO disclosure_edition_step (edition_id, seq, verb, from_state, to_state, reason, by_id, by_name, at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, 'x', now())"
)


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ((2, "publish", "compiled", "published", "", 8), "edition_step_is_legal"),
        ((3, "review", "compiled", "reviewed", "", 8), "edition_step_follows"),
        ((2, "submit", "reviewed", "submitted", "", 8), "edition_step_follows"),
        ((2, "compile", "compiled", "compiled", "", 8), "edition_step_follows"),
        ((2, "review", "compiled", "reviewed", "", 7), "edition_step_by_another_person"),
        ((2, "review", "compiled", "reviewed", "", None), "edition_step_by_a_person"),
        ((2, "send_back", "compiled", "sent_back", " ", 8), "edition_step_says_why"),
    ],
)
def test_no_sql_breaks_the_way(row: tuple[int | str | None, ...], constraint: str) -> None:
    edition = compiled()
    with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STEP, [edition, *row])
    assert broken.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


@pytest.mark.parametrize("table", ["disclosure_edition", "disclosure_edition_file", "disclosure_edition_step"])
@pytest.mark.parametrize("order", ["DELETE FROM {}", "UPDATE {} SET id = id", "TRUNCATE {} CASCADE"])
def test_nothing_of_an_edition_changes(table: str, order: str) -> None:
    compiled()
    from django.db import DatabaseError

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(order.format(table))
