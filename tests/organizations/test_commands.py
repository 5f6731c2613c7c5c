"""``wangge user`` and ``wangge token`` as an operator uses them: what is printed, and how a refusal ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from wangge.domains.organizations.logic import Holding, TokenScope, token_digest
from wangge.domains.organizations.models import Department, District
from wangge.domains.organizations.queries import actor_of_token, person_named, tokens_of
from wangge.groundwork import clock
from wangge.project.command_line import wangge
from wangge.project.commands.import_people import command as import_people

from .conftest import BIRTH, NOW


@pytest.fixture(autouse=True)
def a_city(city_database: Any) -> Any:
    District.objects.create(code="430202", name="荷塘区", valid_from=BIRTH)
    Department.objects.create(code="water", name="供排水公司", kind="company", valid_from=BIRTH)
    with clock.held_at(NOW):
        yield


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(wangge, list(arguments), input=text)


def add(name: str = "seat", *arguments: str, password: str = "Sesame-open-9") -> Result:
    return run("user", "add", name, *arguments, "--password-stdin", text=f"{password}\n")


def test_a_user_is_added_with_the_password_from_standard_input() -> None:
    done = add("seat", "--post", "acceptor", "--district", "430202")
    assert (done.exit_code, done.output) == (0, "seat\n")
    person = person_named("seat")
    assert person is not None
    assert person.check_password("Sesame-open-9")
    assert not person.must_change_password


@pytest.mark.parametrize(
    ("arguments", "password", "says"),
    [
        (["--post", "boss"], "Sesame-open-9", "没有岗位 boss"),
        (["--post", "department"], "Sesame-open-9", "须写明责任单位"),
        (["--post", "department", "--department", "none"], "Sesame-open-9", "没有责任单位 none"),
        (["--post", "acceptor", "--district", "1"], "Sesame-open-9", "没有区 1"),
        (["--post", "acceptor"], "short", "至少 8 个字符"),
        ([], "Sesame-open-9", "--post"),
    ],
)
def test_a_user_that_does_not_fit_is_wrong_use_and_makes_nobody(arguments: list[str], password: str, says: str) -> None:
    done = add("seat", *arguments, password=password)
    assert done.exit_code == 2
    assert says in done.output
    assert "Traceback" not in done.output
    assert person_named("seat") is None


def test_a_user_is_added_once() -> None:
    add("seat", "--post", "acceptor")
    again = add("SEAT", "--post", "acceptor")
    assert again.exit_code == 2
    assert "已有" in again.output


def test_posts_are_granted_ended_and_listed() -> None:
    add("seat", "--post", "acceptor", "--post", "dispatcher")
    assert run("user", "grant", "seat", "--post", "department", "--department", "water").exit_code == 0
    assert run("user", "end", "seat", "--post", "acceptor").exit_code == 0
    listed = json.loads(run("user", "list", "--json").output)
    assert listed == [
        {
            "username": "seat",
            "display_name": "seat",
            "active": True,
            "posts": [
                {"post": "dispatcher", "department": None, "district": None},
                {"post": "department", "department": "water", "district": None},
            ],
        }
    ]
    assert run("user", "list").output == "seat\tseat\tdispatcher department:water\n"


def test_the_terminal_too_keeps_the_three_administrators_apart() -> None:
    add("sys", "--post", "system_administrator")
    done = run("user", "grant", "sys", "--post", "audit_administrator")
    assert done.exit_code == 2
    assert "三员分立" in done.output


def test_a_password_is_reset() -> None:
    add("seat", "--post", "acceptor")
    assert run("user", "password", "seat", text="Another-gate-7\n").exit_code == 0
    person = person_named("seat")
    assert person is not None
    assert person.check_password("Another-gate-7")
    assert person.must_change_password


def test_a_token_is_printed_alone_and_works() -> None:
    add("seat", "--post", "acceptor")
    done = run("token", "add", "seat", "--scope", "read", "--days", "30")
    assert done.exit_code == 0
    found = actor_of_token(token_digest(done.output.strip()), NOW)
    assert found is not None
    assert (found.username, found.scope, found.holdings) == ("seat", TokenScope.READ, (Holding("acceptor"),))


def test_a_token_is_listed_and_revoked_by_its_number() -> None:
    add("seat", "--post", "acceptor")
    token = run("token", "add", "seat", "--label", "热线").output.strip()
    (kept,) = tokens_of(username="seat")
    listed = run("token", "list", "seat").output
    assert listed.startswith(f"{kept.pk}\tfull\t热线\t2024-04-12")
    assert token not in listed
    assert run("token", "revoke", str(kept.pk)).exit_code == 0
    assert actor_of_token(token_digest(token), NOW) is None


@pytest.mark.parametrize(
    "arguments",
    [["token", "add", "nobody"], ["user", "end", "nobody", "--post", "acceptor"], ["token", "revoke", "99"]],
)
def test_what_is_not_there_is_wrong_use(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert "没有" in done.output


def test_a_table_of_people_is_imported_with_differences_and_refusals(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("用户名,姓名,岗位\nli,李四,acceptor\nbad,甲,boss\n", encoding="utf-8")
    dry = CliRunner().invoke(import_people, [str(file), "--dry-run", "--json"])
    assert dry.exit_code == 1
    document = json.loads(dry.output)
    assert document["new_person"] == [[2, "li"]]
    assert [row["line"] for row in document["refused"]] == [3]
    assert person_named("li") is None
    done = CliRunner().invoke(import_people, [str(file)])
    assert "新增人员: 1" in done.output
    assert "第 3 行 bad：没有岗位 boss" in done.output
    assert person_named("li") is not None
