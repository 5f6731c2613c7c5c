"""The maintenance page tells how everything stands, and why it once did not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.cases.conftest import BEGAN
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.models import Person, PostHolding
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.domains.platform.models import Running, Upkeep, UpkeepKind
from wangge.domains.platform.operations import note
from wangge.groundwork import clock
from wangge.surfaces.web.office import platform_checks

pytestmark = pytest.mark.django_db


def _signed_in(post: str, settings: Any) -> Client:
    settings.TOTP_COMPULSORY = False
    settings.PASSWORD_AGE_DAYS = 0
    person = Person.objects.create(username=post, display_name="值守", password="!", created_at=BEGAN)
    PostHolding.objects.create(person=person, post=post, valid_from=BEGAN)
    forget_people()
    client = Client()
    client.force_login(person, backend=PASSWORD_BACKEND)
    client.get("/account")
    return client


def test_what_stands_badly_is_named_with_what_to_do(settings: Any) -> None:
    page = _signed_in("system_administrator", settings).get("/platform").content.decode()
    assert "wangge backup --base" in page
    assert "没有恢复过的备份不算备份" in page
    note(kind=UpkeepKind.BASE, well=True, at=clock.now(), detail={"where": "/backup"})
    note(kind=UpkeepKind.REHEARSAL, well=True, at=clock.now(), detail={"cases": 1234, "breaks": 0, "missing_photos": 0})
    page = _signed_in("chief", settings).get("/platform")
    assert page.status_code == 403
    person = Person.objects.get(username="system_administrator")
    client = Client()
    client.force_login(person, backend=PASSWORD_BACKEND)
    client.get("/account")
    page = client.get("/platform").content.decode()
    assert "没有恢复过的备份不算备份" not in page
    assert "1,234" in page


def test_a_fault_is_counted_in_hours_and_explained(settings: Any) -> None:
    client = _signed_in("system_administrator", settings)
    at = clock.now()
    began = at - timedelta(minutes=100)
    Running.objects.create(began_at=began - timedelta(minutes=20), last_beat_at=began)
    Running.objects.create(began_at=at - timedelta(minutes=10), last_beat_at=at)
    page = client.get("/platform").content.decode()
    same_year = began.astimezone(clock.CITY_ZONE).year == at.astimezone(clock.CITY_ZONE).year
    assert "1.5 小时" in page or not same_year
    other = {"begins_at": (began - timedelta(minutes=5)).isoformat(), "why": "不存在"}
    client.post("/platform/explain", other)
    client.post("/platform/explain", {"begins_at": began.isoformat(), "why": " "})
    assert not Upkeep.objects.exists()
    if same_year:
        client.post("/platform/explain", {"begins_at": began.isoformat(), "why": "计划内升级"})
        assert Upkeep.objects.get().detail["why"] == "计划内升级"
        assert "计划内升级" in client.get("/platform").content.decode()


def test_what_went_to_citizens_and_what_did_not_arrive_is_told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = _signed_in("system_administrator", settings)
    assert "答复诉求人" in client.get("/platform").content.decode()
    line = {
        "channel": "sms", "waiting": 0, "sent": 3, "put_aside": 0, "delivered": 1, "undelivered": 2, "last_error": ""
    }  # fmt: skip
    monkeypatch.setattr(platform_checks, "answers_by_channel", lambda: [line])
    page = client.get("/platform").content.decode()
    assert "已发 3（其中送达 1，未送达 2）" in page
    assert "wangge replies undelivered" in page
