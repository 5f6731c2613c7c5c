"""What the database refuses of orders, and what the pure logic says of clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from tests.hotline.conftest import Partner
from wangge.domains.cases.logic.moments import moment, text_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.hotline.logic.limits import leading, limits_of
from wangge.domains.hotline.queries.orders import order_numbered
from wangge.domains.hotline.tables import kind_of
from wangge.groundwork import clock
from wangge.surfaces.exchange.hotline.orders import FileRefused, import_orders

Partners = Callable[..., Partner]
WRONG = [
    ("hotline_event", "UPDATE hotline_event SET act = 'x'", "append-only"),
    ("hotline_event", "DELETE FROM hotline_event", "append-only"),
    ("hotline_message", "UPDATE hotline_message SET answer = '{}'", "append-only"),
    ("hotline_order", "DELETE FROM hotline_order", "order_stays"),
    ("hotline_order", "UPDATE hotline_order SET state = 'approved'", "order_moves_by_events"),
    ("hotline_order", "UPDATE hotline_order SET order_no = 'x', version = version + 1", "order_moves_by_events"),
    ("hotline_order", "UPDATE hotline_order SET version = version + 1", "order_has_its_event"),
    ("hotline_order", "UPDATE hotline_order SET kind = 'riot', version = version + 1", "order_kind_known"),
    ("hotline_order", "UPDATE hotline_order SET state = 'with_section', version = version + 1",
     "order_with_section_has_one"),
    ("hotline_order", "UPDATE hotline_order SET state = 'approved', answer = '', version = version + 1",
     "order_approved_has_answer"),
    ("hotline_order", "UPDATE hotline_order SET case_number = 'x', case_id = NULL, version = version + 1",
     "order_case_whole"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "statement", "told"), WRONG)
def test_the_database_refuses(
    city_database: object, owner_link: object, partner: Partners, table: str, statement: str, told: str
) -> None:
    assert partner().order().status_code == 201
    with pytest.raises(Exception, match=told), owner_link.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement)


@pytest.mark.django_db
def test_an_order_without_its_event_is_refused_to_the_application_too(partner: Partners) -> None:
    partner().order()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE hotline_order SET version = version + 1")
        with pytest.raises(DatabaseError, match="order_has_its_event"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    transaction.set_rollback(True)


def due(amount: str, start: int) -> int:
    rules = rulebook_on(date(2024, 3, 15))
    length = rules.length(amount)
    return rules.clock(length.clock).due(start, length.minutes)


def test_a_complaint_counts_from_the_next_day_and_a_question_at_once() -> None:
    received = moment("2024-03-15 10:00")  # a Friday
    complaint, question = kind_of("hotline_12345", "complaint"), kind_of("hotline_12345", "consultation")
    assert complaint is not None
    assert question is not None
    found = limits_of(question, received=received, urgent=False, due=due)
    assert text_of(found.answer) == "2024-03-20 10:00"  # three working days
    assert text_of(found.send_back) == "2024-03-19 10:00"
    # thirteen whole working days from Monday 18 March on
    assert text_of(limits_of(complaint, received=received, urgent=False, due=due).answer) == "2024-04-03 18:00"
    assert text_of(limits_of(complaint, received=received, urgent=True, due=due).answer) == "2024-03-16 10:00"


class Two:
    def __init__(self, due_at: datetime | None, case_due_at: datetime | None) -> None:
        self.due_at, self.case_due_at = due_at, case_due_at


def test_the_earlier_clock_leads_and_the_hotlines_where_they_are_equal() -> None:
    at = datetime(2024, 3, 15, 10, tzinfo=UTC)
    later = at + timedelta(hours=1)
    assert leading(Two(at, later)) == (at, "order")
    assert leading(Two(later, at)) == (at, "case")
    assert leading(Two(at, at)) == (at, "order")
    assert leading(Two(None, at)) == (at, "case")
    assert leading(Two(None, None)) == (None, "")


CSV = """工单编号,诉求类型,标题,内容,地址,经度,纬度,紧急,办理期限
CSV-1,投诉,占道经营,"门前摆摊，
影响通行",某路 2 号,113.134,27.827,否,2026-12-20 10:00
CSV-2,咨询,办证,怎么办理,,,,是,
CSV-3,不知道,x,y,,,,,
CSV-4,投诉,x,y,,东经,27,,
CSV-5,投诉,x,y,,,,,明天
"""


@pytest.mark.django_db
def test_orders_of_a_csv_enter_once_and_bad_rows_are_named(partner: Partners, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(CSV.encode("gb18030"))
    first = import_orders(path=path, channel="hotline_12345", at=clock.now())
    assert (first.rows, first.taken, first.cases, first.there) == (5, 2, 1, 0)
    assert [line for line, _why in first.refused] == [5, 6, 7]
    again = import_orders(path=path, channel="hotline_12345", at=clock.now())
    assert (again.taken, again.there) == (0, 2)
    row = order_numbered("hotline_12345", "CSV-1")
    assert row is not None
    assert row.due_at == datetime.fromisoformat("2026-12-20T10:00:00+08:00")


@pytest.mark.django_db
def test_a_file_without_its_columns_is_refused(small_city: None, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="order_no"):
        import_orders(path=path, channel="hotline_12345", at=clock.now())
