"""What all lives in the database share: units, districts with their border, a grid, and who hears the facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import shapely
from django.db import connection

from tests.living_city.memory import UNITS
from wangge.domains.geography import queries as ground
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.models import AreaRow
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.models import Department, District, Person, PostHolding
from wangge.groundwork import clock
from wangge.groundwork.outbox.models import Delivery
from wangge.groundwork.outbox.operations import OutboxFact, register_consumer
from wangge.project import subscriptions
from wangge.project.subscriptions import Consumer
from wangge.surfaces.jobs import delivery

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def halves(middle: float) -> tuple[Any, Any]:
    return shapely.box(113.0, 27.8, middle, 27.9), shapely.box(middle, 27.8, 113.2, 27.9)


def begin_again() -> None:
    """The borders as they were, and consumers who hear what lies earlier than what they heard last."""
    AreaRow.objects.filter(kind=AreaKind.DISTRICT).delete()
    load_areas(
        areas=[
            Area(AreaKind.DISTRICT, code, code, "", code, box, LONG_AGO.date())
            for code, box in zip(("430202", "430203"), halves(113.1), strict=True)
        ]
    )
    ground.forget()
    Delivery.objects.update(floor_month=date(2020, 1, 1))


def found_city() -> None:
    """What all lives share: units, two districts with their border, one grid, the consumers of facts."""
    for code in ("430202", "430203"):
        District.objects.create(code=code, name=code, valid_from=LONG_AGO.date())
    for unit in UNITS.values():
        Department.objects.create(
            code=unit.code, name=unit.code, kind=unit.kind, district_id=unit.district_code or None,
            valid_from=LONG_AGO.date(),
        )  # fmt: skip
    boxes = halves(113.1)
    whole = shapely.union_all(boxes)
    load_areas(areas=[Area(AreaKind.RESPONSIBILITY_GRID, "G1", "G1", "430202", "430202", whole, LONG_AGO.date())])
    system = Person.objects.create(id=7, username="partner", display_name="partner", password="!", created_at=LONG_AGO)
    PostHolding.objects.create(person=system, post="system", valid_from=LONG_AGO)
    for consumer in (*subscriptions.CONSUMERS, LEDGER):
        register_consumer(consumer=consumer.name, at=LONG_AGO, from_beginning=True)


def _write_down(facts: Sequence[OutboxFact], at: datetime) -> None:
    """A line for each fact each time it is heard, with nothing to keep a second one out."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO notices_inbox_notice (inbox, district_code, topic, object_key, text, source_key, created_at)"
            " VALUES ('post:ledger', '', 'ledger', %s, 'x', 'fact:' || %s || ':' || gen_random_uuid(), %s)",
            [(str(fact.id), str(fact.id), at) for fact in facts],
        )


LEDGER = Consumer("ledger", _write_down)


def deliver_everything(at: datetime) -> None:
    """Until no consumer has anything waiting."""
    with clock.held_at(at):
        for consumer in (*subscriptions.CONSUMERS, LEDGER):
            while delivery.deliver_next(consumer):
                pass
