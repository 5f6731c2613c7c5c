"""System administration on pages: three administrators apart, people, rights, rules and the audit log."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import wangge
from tests.web.conftest import Browser
from wangge.domains.organizations.logic import TERMINAL, Holding
from wangge.domains.organizations.models import AccessToken, AuditRecord, Person, PostHolding
from wangge.domains.organizations.operations.people import add_person
from wangge.groundwork import clock
from wangge.surfaces.web.administration.audit_words import detail_value, object_name

pytestmark = pytest.mark.django_db
WRITTEN = re.compile(r'object_kind="([a-z_]+)"')


@pytest.fixture
def administrators(small_city: object) -> None:
    del small_city
    for post in ("system_administrator", "security_administrator", "audit_administrator"):
        add_person(by=TERMINAL, at=clock.now(), username=post.partition("_")[0], posts=[Holding(post)])


def newcomer() -> Person:
    return Person.objects.get(username="xin.ren")


def test_each_administrator_is_led_to_his_own_office(administrators: None) -> None:
    ways = {"system": "/ground", "security": "/people", "audit": "/audit"}
    assert {name: Browser(name).client.get("/")["Location"] for name in ways} == ways


def test_a_person_is_made_by_one_administrator_and_given_post_and_password_by_another(administrators: None) -> None:
    system = Browser("system")
    system.get("/people")
    system.send("add-person", username="xin.ren", name="新任", phone="13800005678")
    assert "还没有岗位" in system.text()
    assert "授予与收回岗位由安全管理员办理。" in system.text()
    assert "grant" not in system.forms()
    assert "138****5678" in system.text()
    assert "13800005678" not in system.page

    security = Browser("security")
    security.get(f"/people/{newcomer().pk}")
    assert "deactivate" not in security.forms(), "who gives rights does not make people"
    security.send("grant", post="acceptor")
    assert list(newcomer().holdings.values_list("post", flat=True)) == ["acceptor"]
    security.send("password", status=200)
    shown = re.search(r'<p class="code">([^<]+)</p>', security.page)
    assert shown is not None
    assert newcomer().check_password(shown[1])
    assert newcomer().must_change_password
    assert shown[1] not in security.get(f"/people/{newcomer().pk}"), "it is shown once"

    told = AuditRecord.objects.filter(object_key="xin.ren").values_list("person_name", "kind")
    assert sorted(told) == [("security", "access"), ("security", "password"), ("system", "access")]


def test_what_one_administrator_may_not_do_is_refused_whatever_is_sent(administrators: None) -> None:
    made = add_person(by=TERMINAL, at=clock.now(), username="xin.ren", posts=[Holding("acceptor")])
    held = PostHolding.objects.get(person=made)
    cases = [
        ("system", "grant", {"post": "chief"}), ("system", "end", {"holding": held.pk}), ("system", "password", {}),
        ("system", "token", {"scope": "full", "days": "30"}), ("system", "second-factor", {}),
        ("security", "deactivate", {}),
    ]  # fmt: skip
    for username, act, values in cases:
        answer = Browser(username).client.post(f"/people/{made.pk}/acts/{act}", values)
        assert answer.status_code == 422, (username, act)
    assert Browser("security").client.post("/people", {"username": "noch.einer"}).status_code == 422
    assert Browser("audit").client.post(f"/people/{made.pk}/acts/deactivate").status_code == 403
    assert Browser("acceptor-1").client.get("/people").status_code == 403
    made.refresh_from_db()
    assert made.is_active
    assert not made.password_set_at
    assert AccessToken.objects.count() == 0
    assert PostHolding.objects.filter(person=made, valid_to__isnull=True).count() == 1
    assert not Person.objects.filter(username="noch.einer").exists()


def test_one_of_two_posts_is_taken_back_and_a_third_administrator_is_refused(administrators: None) -> None:
    posts = [Holding("acceptor"), Holding("dispatcher")]
    made = add_person(by=TERMINAL, at=clock.now(), username="xin.ren", posts=posts)
    security = Browser("security")
    security.get(f"/people/{made.pk}")
    held = PostHolding.objects.get(person=made, post="acceptor")
    security.send(f"end-{held.pk}")
    assert list(made.holdings.filter(valid_to__isnull=True).values_list("post", flat=True)) == ["dispatcher"]
    answer = security.client.post(f"/people/{made.pk}/acts/end", {"holding": held.pk})
    assert answer.status_code == 422, "what has ended is not ended again"
    security.get(f"/people/{made.pk}")
    security.send("grant", post="system_administrator")
    security.send("grant", status=422, post="audit_administrator")
    assert "三员分立" in security.text()


def test_a_token_is_shown_once_works_and_is_revoked(administrators: None) -> None:
    made = add_person(by=TERMINAL, at=clock.now(), username="xin.ren", posts=[Holding("acceptor")])
    security = Browser("security")
    security.get(f"/people/{made.pk}")
    security.send("token", status=200, name="平台", scope="read", days="30")
    shown = re.search(r"wg_[\w-]+", security.page)
    assert shown is not None
    with_token: Any = {"HTTP_AUTHORIZATION": f"Bearer {shown[0]}"}
    assert Client().get("/api/v1/cases", **with_token).status_code == 200
    security.get(f"/people/{made.pk}")
    security.send(f"revoke-{AccessToken.objects.get().pk}")
    assert Client().get("/api/v1/cases", **with_token).status_code == 401


def test_people_are_found_by_initials_unit_and_post(administrators: None) -> None:
    add_person(by=TERMINAL, at=clock.now(), username="xin.ren", display_name="新任", posts=[Holding("archivist")])
    audit = Browser("audit")
    assert "新任" in audit.get("/people?q=xr")
    assert "add-person" not in audit.forms()
    assert "新任" in audit.get("/people?post=archivist")
    assert "受理员</td>" not in audit.page
    assert "没有这样的人。" in audit.get("/people?q=没有这个人")


def test_whatever_the_log_speaks_of_has_a_word() -> None:
    source = Path(wangge.__file__).parent
    written = {kind for path in source.rglob("*.py") for kind in WRITTEN.findall(path.read_text("utf-8"))}
    assert len(written) > 30
    assert {kind for kind in written if object_name(kind) == kind} == set()


def test_the_audit_log_says_in_words_what_was_done_and_leaves_alone_what_people_wrote() -> None:
    told = {
        ("verb", "dispatch"): "派遣", ("act", "approve_answer"): "审核答复", ("verb", "publish"): "公开",
        ("step", "submit"): "报送", ("act", "send_again"): "重新发送", ("post", "duty_leader"): "值班长",
        ("shift", "night"): "夜班", ("reason", "dispatch"): "dispatch", ("rows", 5): "5", ("opens", False): "否",
    }  # fmt: skip
    assert {key: detail_value(*key) for key in told} == told
    assert detail_value("fields", ["reporter_name", "reporter_phone"]) == "称呼 电话"


def test_the_audit_log_is_read_searched_and_taken_out_by_its_administrator_alone(administrators: None) -> None:
    add_person(by=TERMINAL, at=clock.now(), username="xin.ren", posts=[Holding("archivist")])
    audit = Browser("audit")
    assert "人员 xin.ren" in audit.get("/audit?kind=access&object=xin.ren"), "in words, not in codes"
    assert "这段时间没有这样的记录。" in audit.get("/audit?object=niemand")
    assert "请写明起止日期" in audit.get("/audit?first=2026-02-30", status=422)
    assert "请写明起止日期" in audit.get("/audit?first=2024-01-01&last=2026-01-01", status=422)
    answer = audit.client.get("/audit/export.csv?object=xin.ren")
    lines = b"".join(answer).decode("utf-8-sig").splitlines()  # type: ignore[call-overload]
    assert lines[0].startswith("at,person,kind")
    assert len(lines) == 3
    assert AuditRecord.objects.filter(kind="export", person_name="audit").count() == 1
    for username in ("system", "security", "acceptor-1"):
        assert Browser(username).client.get("/audit").status_code == 403


def test_the_audit_log_goes_on_page_behind_page_without_gap_or_double(administrators: None) -> None:
    for number in range(120):
        add_person(by=TERMINAL, at=clock.now(), username=f"mensch-{number}")
    audit = Browser("audit")
    seen: list[str] = []
    url = "/audit?kind=access"
    while url:
        page = audit.get(url)
        seen += re.findall(r"人员 (mensch-\d+)", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = "/audit" + following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"mensch-{number}" for number in reversed(range(120))]


def test_the_rules_name_ground_and_confidence_and_what_is_not_confirmed(administrators: None) -> None:
    browser = Browser("acceptor-1")
    page = browser.get("/rules?q=0101")
    assert "national/" in page or "time_limits.csv:" in page
    for table in ("moves", "stage_limits", "approval_tiers", "automations", "settings", "indicators", "labels"):
        assert "<tbody>" in browser.get(f"/rules?table={table}"), table
    assert "未经印证" in browser.get("/rules?table=stage_limits")


def test_a_coming_rule_is_shown_beside_todays_with_its_reach(
    administrators: None, settings: Any, tmp_path: Any
) -> None:
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    (overlay / "settings.csv").write_text(
        "key,value,scope,source,confidence,valid_from,valid_to\nrework_clock,restart,city,order 7,B,2027-03-01,\n",
        encoding="utf-8",
    )
    settings.CITY_OVERLAY = overlay
    browser = Browser("acceptor-1")
    page = browser.get("/rules?table=setting_values&on=2027-01-01")
    assert "against=2027-03-01" in page, "the day is offered"
    browser.get("/rules?table=setting_values&on=2027-01-01&against=2027-03-01")
    assert "新增" in browser.text()
    assert "rework_clock" in browser.text()
    assert "现有在办案卷" in browser.text()
    browser.get("/rules?table=setting_values&on=2027-01-01&against=2027-01-02")
    assert "这两天之间本表没有变动。" in browser.text()
    assert "须晚于" in browser.get("/rules?on=2027-01-01&against=2027-01-01", status=422)


def test_the_rights_of_a_post_are_those_of_the_tables(administrators: None) -> None:
    audit = Browser("audit")
    audit.get("/people/permissions?post=audit_administrator")
    assert "审计记录导出" in audit.text()
    assert "这个岗位不办理案卷。" in audit.text()
    audit.get("/people/permissions?post=acceptor")
    assert "审计记录导出" not in audit.text()
    assert "受理" in audit.text()
