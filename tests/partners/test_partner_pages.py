"""Partners on their pages: added with a secret shown once, stopped, resumed, replayed; only by who keeps keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from tests.cases.conftest import BEGAN
from tests.partners.conftest import Told
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.models import AuditRecord, Person, PostHolding
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.domains.partners.models import Partner
from wangge.project.command_line import wangge

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = {"name": "市数据平台", "address": "http://127.0.0.1:9000/in", "wall": "city", "code": "", "batch": "50"}


@pytest.fixture
def office(small_city: None, loopback: None, settings: Any) -> Client:
    """A browser the security administrator signed in with."""
    settings.TOTP_COMPULSORY = False
    settings.PASSWORD_AGE_DAYS = 0
    person = Person.objects.create(username="keys", display_name="安全员", password="!", created_at=BEGAN)
    PostHolding.objects.create(person=person, post="security_administrator", valid_from=BEGAN)
    forget_people()
    client = Client()
    client.force_login(person, backend=PASSWORD_BACKEND)
    client.get("/account")
    return client


def test_a_partner_is_added_and_its_secret_shown_this_once(office: Client) -> None:
    assert "还没有登记外部系统" in office.get("/partners").content.decode()
    added = office.post("/partners", {**ASKED, "stages": ["closed", "handling"]})
    secret = re.search(r"whsec_[\w+/=]+", added.content.decode())
    assert secret is not None
    assert "no-store" in added["Cache-Control"]
    made = Partner.objects.get()
    assert (made.name, made.stages, made.batch) == ("市数据平台", ["closed", "handling"], 50)
    again = office.get(f"/partners/{made.pk}").content.decode()
    assert "whsec_" not in again
    assert "全市 · 已结案、处置中" in office.get("/partners").content.decode()
    assert AuditRecord.objects.filter(object_kind="partner", detail__act="add").count() == 1


def test_a_wrong_form_comes_back_with_what_was_typed(office: Client) -> None:
    answer = office.post("/partners", {**ASKED, "address": "https://10.0.0.8/x", "batch": "many"})
    assert answer.status_code == 422
    assert "https://10.0.0.8/x" in answer.content.decode()
    assert "不在公网" in answer.content.decode()
    assert not Partner.objects.exists()


def test_a_partner_is_stopped_resumed_and_given_a_new_secret(office: Client) -> None:
    office.post("/partners", ASKED)
    number = Partner.objects.get().pk
    assert office.post(f"/partners/{number}/acts/stop").status_code == 302
    assert "已暂停" in office.get(f"/partners/{number}").content.decode()
    assert office.post(f"/partners/{number}/acts/resume").status_code == 302
    assert office.post(f"/partners/{number}/acts/resume").status_code == 422
    assert "whsec_" in office.post(f"/partners/{number}/acts/secret").content.decode()
    assert office.post(f"/partners/{number}/acts/drop").status_code == 422
    assert office.post(f"/partners/{number}/acts/replay", {"since": "soon"}).status_code == 422
    assert office.post(f"/partners/{number}/acts/nothing").status_code == 404
    assert office.get("/partners/999").status_code == 404


def test_a_desk_cannot_see_partners(office: Client) -> None:
    client = Client()
    client.force_login(Person.objects.get(username="acceptor-1"), backend=PASSWORD_BACKEND)
    client.get("/account")
    assert client.get("/partners").status_code == 403


def test_the_command_lists_and_stops(told: Callable[..., Told]) -> None:
    told("甲")
    assert CliRunner().invoke(wangge, ["webhook", "stop", "甲"]).exit_code == 0
    shown = CliRunner().invoke(wangge, ["webhook", "list", "--json"])
    assert '"state":"by_person"' in shown.output
    assert CliRunner().invoke(wangge, ["webhook", "resume", "乙"]).exit_code == 2
    assert CliRunner().invoke(wangge, ["webhook", "replay", "甲", "--since", "2024-03-01"]).exit_code == 2
