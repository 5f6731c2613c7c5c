"""One act on many cases: each is judged by itself, what cannot be done stays as it is and says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.conftest import BIRTH
from tests.web.conftest import Browser, Open, reported
from tests.web.test_city_rules import lean
from wangge.domains.cases.rows import load
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import AuditRecord, Person
from wangge.domains.organizations.queries import actor_of_person
from wangge.domains.ownership.logic.choosing import Source
from wangge.domains.ownership.models import ProposalMade
from wangge.domains.ownership.operations import rule_sets
from wangge.domains.ownership.operations.rule_sets import NewRule
from wangge.domains.ownership.queries import forget_rules
from wangge.groundwork import clock

__all__ = ["lean"]

pytestmark = pytest.mark.django_db


def stages(numbers: list[str]) -> list[str]:
    found = [load(number) for number in numbers]
    return [row.stage for row in found if row is not None]


def chosen(page: str) -> list[str]:
    """What the boxes of the page hold, as the browser would send them."""
    return re.findall(r'<input type="checkbox" name="case" value="([^"]+)" checked', page)


def send(person: Browser, page: str, cases: list[str], **values: str) -> str:
    form = re.search(r'<form method="post" action="([^"]+)" id="together"', page)
    verb = re.search(r'<input type="hidden" name="verb" value="([^"]+)"', page)
    assert form is not None
    assert verb is not None
    answer = person.client.post(unescape(form[1]), {"verb": verb[1], "case": cases, **values})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def three(browser: Open) -> list[str]:
    return [reported(browser) for _turn in range(3)]


def test_a_seat_accepts_files_and_dispatches_all_in_three_sendings(browser: Open, three: list[str]) -> None:
    for username, queue, verb, values in (
        ("acceptor-1", "reported", "accept", {}),
        ("duty_leader-1", "accepted", "file_case", {"condition_seq": "2"}),
        ("dispatcher-1", "filed", "dispatch", {"department": "dept-a"}),
    ):
        person = browser(username)
        page = person.get(f"/cases/together?queue={queue}&act={verb}")
        assert len(chosen(page)) == 3, (queue, verb)
        assert "已办理 3 件，未办理 0 件" in send(person, page, chosen(page), **values)
    assert stages(three) == ["handling"] * 3


def test_the_work_list_leads_there_with_its_queue(browser: Open, three: list[str]) -> None:
    assert "/cases/together?queue=reported" in browser("acceptor-1").get("/work?queue=reported")
    page = browser("acceptor-1").get("/cases/together?queue=reported")
    assert 'aria-current="page"' in page
    assert "受理" in page


def test_a_case_moved_meanwhile_is_left_alone_and_named(browser: Open, three: list[str]) -> None:
    person = browser("acceptor-1")
    page = person.get("/cases/together?queue=reported&act=accept")
    other = browser("acceptor-1")
    other.get(f"/cases/{three[1]}")
    other.send("decline_report", reason="重复")
    told = send(person, page, chosen(page))
    assert "已办理 2 件，未办理 1 件" in told
    assert sorted(stages(three)) == ["accepted", "accepted", "declined"]


def test_a_page_sent_twice_moves_nothing_twice(browser: Open, three: list[str]) -> None:
    person = browser("acceptor-1")
    page = person.get("/cases/together?queue=reported&act=accept")
    send(person, page, chosen(page))
    assert "已办理 0 件，未办理 3 件" in send(person, page, chosen(page))
    rows = [load(number) for number in three]
    assert [row.version for row in rows if row is not None] == [2, 2, 2]


def test_a_missing_answer_moves_no_case(browser: Open, three: list[str]) -> None:
    person = browser("acceptor-1")
    page = person.get("/cases/together?queue=reported&act=send_verification")
    told = send(person, page, chosen(page))
    assert "已办理 0 件" in told
    assert stages(three) == ["reported"] * 3


def test_what_one_answer_cannot_say_for_all_is_not_offered(browser: Open, three: list[str]) -> None:
    page = browser("acceptor-1").get("/cases/together?queue=reported")
    offered = set(re.findall(r"act=([a-z_]+)", page))
    assert "accept" in offered
    assert not offered & {"merge", "decline_report", "report_handled", "split"}


def test_a_case_behind_the_wall_is_not_even_named(browser: Open, three: list[str]) -> None:
    person = browser("dispatcher-1")
    answer = person.client.post("/cases/together", {"verb": "accept", "case": [f"{three[0]}:1", "nonsense", "x:y"]})
    assert answer.status_code == 200
    assert three[0] not in answer.content.decode()
    assert stages(three) == ["reported"] * 3


def test_an_empty_list_says_so(browser: Open) -> None:
    assert "没有可以批量办理的事项" in browser("acceptor-1").get("/cases/together?queue=reported")


def test_photos_are_not_asked_for_many(browser: Open, three: list[str]) -> None:
    page = browser("acceptor-1").get("/cases/together?queue=reported&act=accept")
    assert 'type="file"' not in page


# ---- the composite act: each case with its own unit and condition ---------------------------------------------------


@pytest.fixture
def covers_have_an_owner(lean: None, three: list[str]) -> Iterator[None]:
    """A register by which covers go to dept-a under their second condition."""
    make_register([NewRule("component:0101", Source.OWN, "分工", BIRTH, department="dept-a", condition_seq=2)])
    yield
    forget_rules()


def make_register(rules: list[NewRule]) -> None:
    by, at = actor_named("duty_leader-1"), clock.now()
    made = rule_sets.start_draft(title="分工", by=by, at=at, on=at.date(), empty=True)
    rule_sets.add_rules(rule_set_id=made, rules=rules, by=by, at=at)
    rule_sets.release(rule_set_id=made, effective_on=BIRTH, past={}, by=by, at=at, accepted_gaps="试行")


def actor_named(username: str) -> Actor:
    found = actor_of_person(Person.objects.get(username=username).id, clock.now())
    assert found is not None
    return found


def own_answers(page: str) -> dict[str, str]:
    """What stands beside each case: its unit and the condition chosen."""
    units = re.findall(r'name="(department:[^"]+)" value="([^"]*)"', page)
    chosen = re.findall(
        r'<select name="(condition_seq:[^"]+)"(?:(?!</select>).)*?<option value="(\d)" selected', page, re.DOTALL
    )
    return dict([*units, *chosen])


def test_one_act_takes_each_case_to_the_unit_and_limit_proposed_for_it(
    browser: Open, three: list[str], covers_have_an_owner: None
) -> None:
    person = browser("acceptor-1")
    page = person.get("/cases/together?queue=reported")
    assert "受理立案派遣一次办结 <b" in page, "the composite act is offered first"
    assert own_answers(page) == {
        f"{name}:{number}": value
        for number in three
        for name, value in (("department", "dept-a"), ("condition_seq", "2"))
    }
    assert "规则：全市 上水井盖 → dept-a（分工）" in person.text()
    assert 'value="1"' not in page.partition("<tbody>")[2], "an urgent condition is not to be had by one act"
    before = AuditRecord.objects.count()
    assert "已办理 3 件，未办理 0 件" in send(person, page, chosen(page), **own_answers(page))
    assert stages(three) == ["handling"] * 3
    assert AuditRecord.objects.count() - before == 3
    assert ProposalMade.objects.filter(proposed="dept-a", chosen="dept-a", shown=True).count() == 3


def test_without_a_proposal_a_case_waits_for_an_answer_and_takes_the_common_unit(
    browser: Open, lean: None, three: list[str]
) -> None:
    person = browser("acceptor-1")
    page = person.get("/cases/together?queue=reported&act=desk_act")
    assert chosen(page) == [], "nothing is ticked that is not whole"
    boxes = re.findall(r'<input type="checkbox" name="case" value="([^"]+)"', page)
    told = send(person, page, boxes, **{f"condition_seq:{three[0]}": "2"}, department="dept-b")
    assert "已办理 1 件，未办理 2 件" in told
    assert sorted(stages(three)) == ["handling", "reported", "reported"]


def test_an_act_on_many_asks_as_often_as_an_act_on_one(
    browser: Open, three: list[str], covers_have_an_owner: None
) -> None:
    person = browser("acceptor-1")
    person.get("/cases/together?queue=reported")
    with CaptureQueriesContext(connection) as of_three:
        person.get("/cases/together?queue=reported")
    reported(browser)
    person.get("/cases/together?queue=reported")
    with CaptureQueriesContext(connection) as of_four:
        person.get("/cases/together?queue=reported")
    assert len(of_three) == len(of_four)


def test_another_class_on_a_case_brings_its_conditions_its_unit_and_the_reason(
    browser: Open, lean: None, three: list[str]
) -> None:
    make_register(
        [
            NewRule("component:0101", Source.OWN, "分工", BIRTH, department="dept-a", condition_seq=2),
            NewRule("component:0201", Source.OWN, "移交协议", BIRTH, department="dept-b", condition_seq=4),
        ]
    )
    person = browser("acceptor-1")
    page = person.get(f"/cases/{three[0]}")
    assert "建议：dept-a" in page
    asked = re.search(r'hx-get="(/cases/[^"]+form=desk_act)"', page)
    assert asked is not None
    with CaptureQueriesContext(connection) as statements:
        brought = person.get(f"{unescape(asked[1])}&category=component:0201")
    assert "环境脏乱" in brought
    assert 'value="4" checked' in brought
    assert 'id="desk_act-department-field"' in brought
    assert '<option value="dept-b" selected' in brought
    assert "建议：dept-b" in brought.partition('id="desk_act-proposal"')[2]
    assert brought.count('hx-swap-oob="true"') == 2
    assert len(statements) <= 8
    forget_rules()


def test_a_class_that_there_is_not_proposes_nothing_and_another_form_is_not_there(
    browser: Open, lean: None, three: list[str]
) -> None:
    person = browser("acceptor-1")
    brought = person.get(f"/cases/{three[0]}/conditions?form=desk_act&category=nothing")
    assert "先选小类" in brought
    person.get(f"/cases/{three[0]}/conditions?form=decline_report&category=component:0101", 404)
    person.get("/cases/430202-20260101-99999/conditions?form=desk_act", 404)
