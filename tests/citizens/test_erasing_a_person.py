"""A person is erased from every case, letter and list under his number; what is counted and verified stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from tests.cases.conftest import START
from wangge.domains.cases.failures import BadInput
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.queries.counts import cases_by_stage
from wangge.domains.cases.verifying import verification
from wangge.domains.citizens.operations.erasing import erase_person
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import AuditRecord

Find = Callable[[str], Actor]
pytestmark = pytest.mark.django_db
HIS, ANOTHERS = "13800000000", "13900000000"
# Whatever is counted is counted from these.
COUNTED = (
    "SELECT md5(string_agg(c::text, '' ORDER BY c.id)) FROM cases_case c",
    "SELECT md5(string_agg(s::text, '' ORDER BY s.case_id, s.seq)) FROM cases_step s",
    "SELECT md5(string_agg(o::text, '' ORDER BY o.id)) FROM outbox o",
    "SELECT count(*), sum(lon), sum(lat) FROM cases_matter",
)


def report_of(actor: Find, phone: str, words: str) -> str:
    report = Report(
        source="hotline", description=words, location={"address": "人民路 3 号", "lon": 113.1, "lat": 27.8},
        reporter_name="陈某", reporter_phone=phone, stated_entry="register_report",
    )  # fmt: skip
    return report_case(report=report, by=actor("acceptor-1"), at=START).number


def _counted() -> list[object]:
    found: list[object] = [cases_by_stage()]
    with connection.cursor() as cursor:
        for question in COUNTED:
            cursor.execute(question)
            found.append(cursor.fetchall())
    with verification(jobs=1) as verified:
        answers = list(verified.answers)
    assert [each for answer in answers for each in answer.breaks] == []
    return [*found, [(answer.cases, answer.steps) for answer in answers]]


def _said() -> str:
    """Every word that is kept of anybody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(string_agg(t, ' '), '') FROM (SELECT texts::text AS t FROM cases_private_texts UNION ALL"
            " SELECT description || address FROM cases_matter UNION ALL"
            " SELECT payload FROM cases_step UNION ALL SELECT payload FROM outbox) words"
        )
        return str(cursor.fetchone()[0])


def test_a_person_is_erased_everywhere_and_nothing_counted_changes(small_city: None, actor: Find) -> None:
    mine = [report_of(actor, HIS, "楼下路灯不亮"), report_of(actor, HIS, "井盖松动")]
    report_of(actor, ANOTHERS, "树枝折断")
    before = _counted()
    done = erase_person(phone=HIS, because="本人申请", by=actor("chief-1"), at=START)
    assert done.cases == tuple(sorted(mine))
    said = _said()
    assert HIS not in said
    assert "路灯" not in said
    assert "井盖" not in said
    assert ANOTHERS in said
    assert "树枝" in said
    assert _counted() == before
    assert AuditRecord.objects.filter(kind="erasure").count() == 2
    again = erase_person(phone=HIS, because="本人申请", by=actor("chief-1"), at=START)
    assert (again.cases, again.letters, again.followers) == ((), 0, 0)


def test_an_erasure_needs_a_reason(small_city: None, actor: Find) -> None:
    report_of(actor, HIS, "楼下路灯不亮")
    with pytest.raises(BadInput):
        erase_person(phone=HIS, because=" ", by=actor("chief-1"), at=START)
    assert HIS in _said()
