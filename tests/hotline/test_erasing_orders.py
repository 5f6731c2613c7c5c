"""Who called the hotline is erased from its orders; that there were orders, and what became of them, stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from tests.hotline.conftest import Partner
from wangge.domains.hotline.operations.erasing import erase_orders
from wangge.domains.hotline.queries.orders import order_numbered
from wangge.domains.hotline.refusals import BadOrder
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.organizations.models import AuditRecord
from wangge.groundwork import clock

Partners = Callable[..., Partner]
pytestmark = pytest.mark.django_db
HIS, ANOTHERS = "13812345678", "13900000000"
CHANNEL = "hotline_12345"


def _counted() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(o::text, ' ' ORDER BY o.id) FROM hotline_order o),"
            " (SELECT string_agg(e::text, ' ' ORDER BY order_id, seq) FROM hotline_event e),"
            " (SELECT sum(lon) FROM hotline_matter)"
        )
        return tuple(cursor.fetchone())


def _said() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(string_agg(m::text, ' '), '') FROM hotline_matter m")
        return str(cursor.fetchone()[0])


@pytest.fixture
def orders(partner: Partners) -> None:
    """Two orders of one caller, one of another."""
    hotline = partner()
    hotline.order(1)
    hotline.order(2, title="井盖松动", kind="consultation")
    hotline.order(3, title="树枝折断", content="挡住人行道", citizen={"name": "司马光", "phone": ANOTHERS})


def test_a_caller_is_erased_from_his_orders_and_nothing_counted_changes(orders: None) -> None:
    before = _counted()
    gone = erase_orders(phone=HIS, because="本人申请", by=TERMINAL, at=clock.now())
    assert gone == (f"{CHANNEL}/DH-00001", f"{CHANNEL}/DH-00002")
    said = _said()
    assert not [word for word in (HIS, "欧阳明", "井盖", "路口有坑") if word in said]
    assert ANOTHERS in said
    assert "树枝" in said
    assert _counted() == before
    assert AuditRecord.objects.filter(kind="erasure", object_kind="hotline_order").count() == 2
    assert erase_orders(phone=HIS, because="本人申请", by=TERMINAL, at=clock.now()) == ()


def test_an_order_goes_with_its_case_or_by_its_name(orders: None) -> None:
    made = order_numbered(CHANNEL, "DH-00001")
    assert made is not None
    assert made.case_number
    assert erase_orders(cases=[made.case_number], because="本人申请", by=TERMINAL, at=clock.now()) == (
        f"{CHANNEL}/DH-00001",
    )
    named = f"{CHANNEL}/DH-00003"
    assert erase_orders(orders=[named, "act_now/DH-00002"], because="再次", by=TERMINAL, at=clock.now()) == (named,)


def test_an_empty_number_erases_nobody(partner: Partners) -> None:
    partner().order(1, citizen={"name": "", "phone": ""})
    assert erase_orders(phone="", because="本人申请", by=TERMINAL, at=clock.now()) == ()


def test_an_erasure_of_orders_needs_a_reason(orders: None) -> None:
    with pytest.raises(BadOrder):
        erase_orders(phone=HIS, because=" ", by=TERMINAL, at=clock.now())
    assert HIS in _said()
