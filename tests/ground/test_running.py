"""How long the platform has run without a fault is told from its beats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from tests.ground.city import City
from wangge.domains.platform.logic import Stretch, faults_between, total_seconds
from wangge.domains.platform.models import Running, UpkeepKind
from wangge.domains.platform.operations import beat, note
from wangge.domains.platform.queries import faults, latest_upkeep, latest_well
from wangge.surfaces.jobs import rounds

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def _after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def _stretch(begins: float, ends: float) -> Stretch:
    return Stretch(_after(begins), _after(ends))


@pytest.mark.parametrize(
    ("running", "faulty"),
    [
        ([], []),
        ([(0, 60)], []),
        ([(-30, 60)], []),
        ([(0, 20), (25, 60)], [(20, 25)]),
        ([(-30, -10), (10, 60)], [(0, 10)]),
        ([(10, 60)], []),  # before the first beat nothing is known
        ([(0, 30), (20, 60)], []),  # two workers
        ([(0, 50)], [(50, 60)]),
        ([(0, 58)], []),  # the next beat may still come
        ([(0, 10), (20, 30), (40, 70)], [(10, 20), (30, 40)]),
    ],
)
def test_what_no_stretch_covers_is_a_fault(
    running: list[tuple[float, float]], faulty: list[tuple[float, float]]
) -> None:
    found = faults_between(running=[_stretch(*each) for each in running], begins_at=NOON, ends_at=_after(60))
    assert [(each.begins_at, each.ends_at) for each in found] == [(_after(a), _after(b)) for a, b in faulty]
    assert total_seconds(found) == sum((b - a) * 60 for a, b in faulty)


@pytest.mark.django_db
def test_beats_go_on_and_a_missed_one_begins_a_new_stretch() -> None:
    begun = [beat(at=_after(minute)) for minute in (0, 1, 2, 3, 9, 10)]
    assert begun == [True, False, False, False, True, False]
    assert [(each.began_at, each.last_beat_at) for each in Running.objects.order_by("id")] == [
        (_after(0), _after(3)),
        (_after(9), _after(10)),
    ]
    assert faults(begins_at=NOON, ends_at=_after(11)) == (_stretch(3, 9),)
    assert faults(begins_at=_after(5), ends_at=_after(11)) == (_stretch(5, 9),)


@pytest.mark.django_db
def test_pages_that_do_not_answer_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_SERVED_AT", "http://127.0.0.1:1")
    assert not rounds.beat()
    assert not Running.objects.exists()
    monkeypatch.delenv("WANGGE_SERVED_AT")
    assert rounds.beat()
    assert Running.objects.exists()


@pytest.mark.django_db
def test_what_was_done_is_never_changed() -> None:
    note(kind=UpkeepKind.REHEARSAL, well=True, at=NOON, seconds=7, detail={"cases": 3})
    note(kind=UpkeepKind.REHEARSAL, well=False, at=_after(1), detail={"why": "…"})
    assert not latest_upkeep()[UpkeepKind.REHEARSAL].well
    good = latest_well(UpkeepKind.REHEARSAL)
    assert good is not None
    assert (good.at, good.seconds, good.detail) == (NOON, 7, {"cases": 3})
    for order in ("UPDATE platform_upkeep SET well = true", "DELETE FROM platform_upkeep"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(order)


def test_a_command_on_a_city_that_was_not_migrated_says_what_to_do(tmp_path: Path) -> None:
    done = City(tmp_path / "city").run("token", "add", "somebody")
    assert done.returncode == 1
    assert "请先运行 wangge migrate" in done.stderr
    assert len(done.stderr.splitlines()) == 1
