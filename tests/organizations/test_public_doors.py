"""Public doors are closed until a recorded decision, reviewed for secrecy, opens them; decisions are never changed."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction

from wangge.domains.organizations.logic import TERMINAL, Actor, Holding
from wangge.domains.organizations.models import AuditRecord, DoorDecision, PublicDoor
from wangge.domains.organizations.operations.public_doors import close_door, open_door
from wangge.domains.organizations.policies import NotYours, Refused
from wangge.domains.organizations.public_doors import door_decisions, is_open, open_doors
from wangge.groundwork import clock
from wangge.project.command_line import wangge

from .conftest import NOW

pytestmark = pytest.mark.django_db
SECURITY = Actor(7, "security", "安全管理员", (Holding("security_administrator"),))


def opened(**changed: Any) -> DoorDecision:
    told = {"decided_by": "市城管局", "decision": "同意开放", "secrecy_review": "不涉密"}
    return open_door(**{"by": SECURITY, "at": NOW, "door": PublicDoor.REPORT, **told, **changed})


def closed(**changed: Any) -> DoorDecision:
    told = {"by": SECURITY, "at": NOW, "door": PublicDoor.REPORT, "decided_by": "市城管局", "decision": "暂停"}
    return close_door(**{**told, **changed})


def test_every_door_is_closed_until_somebody_decides() -> None:
    assert not any(is_open(door) for door in PublicDoor)
    assert open_doors() == {}


def test_a_decision_opens_one_door_alone_and_a_further_one_closes_it() -> None:
    opened()
    assert [door for door in PublicDoor if is_open(door)] == [PublicDoor.REPORT]
    assert open_doors()[PublicDoor.REPORT].secrecy_review == "不涉密"
    closed()
    assert not is_open(PublicDoor.REPORT)
    assert [each.opens for each in door_decisions()] == [True, False]
    opened(decision="恢复")
    assert is_open(PublicDoor.REPORT)


@pytest.mark.parametrize("missing", ["decided_by", "decision", "secrecy_review"])
def test_an_opening_without_its_words_is_refused(missing: str) -> None:
    with pytest.raises(Refused):
        opened(**{missing: "  "})
    assert not is_open(PublicDoor.REPORT)


def test_what_is_open_cannot_be_opened_nor_what_is_closed_be_closed() -> None:
    with pytest.raises(Refused, match="没有开放"):
        closed()
    opened()
    with pytest.raises(Refused, match="已经开放"):
        opened()


def test_only_the_security_administrator_decides() -> None:
    with pytest.raises(NotYours):
        opened(by=Actor(8, "system", "系统管理员", (Holding("system_administrator"),)))
    opened(by=TERMINAL)


def test_a_decision_stands_in_the_audit_log() -> None:
    opened()
    line = AuditRecord.objects.get(object_kind="door")
    assert (line.object_key, line.person_id, line.detail["opens"]) == ("report", 7, True)


@pytest.mark.parametrize(
    ("constraint", "changed"),
    [
        ("door_known", {"door": "window"}),
        ("door_decision_says_who", {"decided_by": " "}),
        ("door_decision_says_what", {"decision": ""}),
        ("door_opens_after_secrecy_review", {"secrecy_review": " "}),
    ],
)
def test_the_database_refuses_a_broken_decision(constraint: str, changed: dict[str, str]) -> None:
    whole = {"door": "report", "opens": True, "at": NOW, "decided_by": "x", "decision": "y", "secrecy_review": "z"}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DoorDecision.objects.create(**{**whole, **changed})


def test_a_decision_cannot_be_changed_or_removed(city_database: Any, owner_link: Any) -> None:
    opened()
    for order in (
        "UPDATE organizations_door_decision SET opens = false",
        "DELETE FROM organizations_door_decision",
        "TRUNCATE organizations_door_decision",
    ):
        with pytest.raises(Exception, match="append-only"):
            owner_link.execute(order)
    assert is_open(PublicDoor.REPORT)


def test_the_terminal_opens_closes_and_lists(city_database: Any) -> None:
    def run(*words: str) -> Any:
        with clock.held_at(NOW):
            return CliRunner().invoke(wangge, ["door", *words])

    who = ("--decided-by", "市城管局", "--decision", "〔2024〕1 号")
    assert run("open", "status", *who).exit_code == 2
    assert run("open", "status", *who, "--secrecy-review", "不涉密").exit_code == 0
    again = run("open", "status", *who, "--secrecy-review", "不涉密")
    assert (again.exit_code, "已经开放" in again.output) == (2, True)
    assert '"status": true' in run("list", "--json").output
    assert run("close", "status", *who).exit_code == 0
    assert '"status": false' in run("list", "--json").output
