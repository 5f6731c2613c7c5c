"""A demo city as its user has it: loaded by one command, signed in to with what ``demo info`` prints, whole.

The commands run as processes of their own with a ``var`` of their own, as they do for a user.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from wangge.groundwork.embedded_postgres import OWNER, Cluster
from wangge.project.demo.city_data import read_city
from wangge.project.demo.record import DemoRecord, read_record, write_record
from wangge.standards.library import load_tables

WANGGE = "from wangge.project.command_line import main; main()"
INSIDE = """
import json, sys
from wangge.project.opening import open_city
with open_city(as_owner="owner" in sys.argv):
"""
GROUND_ALONE = """
from wangge.domains.organizations.logic import TERMINAL
from wangge.groundwork import clock
from wangge.project.demo.city_data import read_city
from wangge.project.demo.ground import grow_ground
from wangge.project.demo.ground_loading import load_ground
load_ground(grow_ground(read_city("lean")), by=TERMINAL, at=clock.now())
print("null")
"""


class City:
    """One ``var`` and the commands run over it."""

    def __init__(self, var: Path) -> None:
        self.var = var

    def run(self, *words: str, program: str = WANGGE, **told: str) -> subprocess.CompletedProcess[str]:
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("WANGGE_", "DJANGO_")) and key not in ("DATABASE_URL", "PORT")
        }
        environment = {**kept, "WANGGE_VAR": str(self.var), "WANGGE_LANGUAGE": "zh", **told}
        return subprocess.run(
            [sys.executable, "-c", program, *words], env=environment, capture_output=True, text=True, check=False
        )

    def asked(self, question: str, *words: str) -> Any:
        """What a program inside the open city prints as JSON."""
        done = self.run(*words, program=f"{INSIDE}{textwrap.indent(question, '    ')}")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @contextmanager
    def link(self) -> Iterator[psycopg.Connection[Any]]:
        cluster = Cluster(self.var)
        with cluster.in_use(), psycopg.connect(**cluster.connection(OWNER), autocommit=True) as link:
            yield link


def shared(factory: pytest.TempPathFactory, name: str, load: Callable[[City], None]) -> City:
    """A city loaded once for all workers of this run: the first one loads, the others wait."""
    root = factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    city = City(root / f"city-{name}")
    with (root / f"city-{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / f"city-{name}.done").exists():
            load(city)
            (root / f"city-{name}.done").touch()
    return city


@pytest.fixture(scope="module")
def first_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    def load(city: City) -> None:
        for command in (("migrate", "--quiet"), ("demo", "load", "--small")):
            done = city.run(*command)
            assert done.returncode == 0, done.stderr

    return shared(tmp_path_factory, "first", load)


@pytest.fixture(scope="module")
def lean_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The second city, loaded over the remains of a load that was broken off."""

    def load(city: City) -> None:
        assert city.run("migrate", "--quiet").returncode == 0
        city.asked(GROUND_ALONE, "owner")
        refused = city.run("demo", "load", "--small", "--city", "lean")
        assert refused.returncode == 1, "what no load of a demo has left is never cleared away"
        assert not (city.var / "overlay").exists()
        write_record(city.var, DemoRecord("lean", "lost"))
        assert city.run("demo", "info").returncode == 1
        done = city.run("demo", "load", "--small", "--city", "lean")
        assert (done.returncode, "重新开始" in done.stdout) == (0, True), done.stderr

    return shared(tmp_path_factory, "lean", load)


@pytest.fixture(scope="module")
def information(first_city: City) -> dict[str, Any]:
    return dict(first_city.json("demo", "info"))


def test_the_city_has_its_districts_units_grids_and_people(information: dict[str, Any]) -> None:
    data = read_city()
    assert [each["code"] for each in information["districts"]] == [each.code for each in data.districts]
    assert len(information["grids"]) == sum(each.grids for each in data.districts) == 103
    assert len(information["departments"]) == 40
    assert {each["code"] for each in information["departments"]} >= {each.code for each in data.departments}
    assert all(72 < each["lon"] < 138 and 17 < each["lat"] < 55 for each in information["districts"])


def test_every_post_of_the_loop_has_somebody_to_sign_in(information: dict[str, Any]) -> None:
    held = {post["post"] for person in information["sign_ins"] for post in person["posts"]}
    wanted = {post for move in load_tables().moves for post in move.posts}
    assert held >= wanted - {"system", "reporter"}
    assert {person["password"] for person in information["sign_ins"]} == {information["password"]}


def test_cases_lie_in_every_stage_and_the_counts_agree_with_the_database(
    first_city: City, information: dict[str, Any]
) -> None:
    counted = information["cases"]
    stages = {row.stage for row in load_tables().stages} - {"new"}
    # none was merged, maybe, in so few
    assert set(counted["by_stage"]) >= stages - {"merged"}
    assert 1000 <= counted["total"] == sum(counted["by_stage"].values())
    with first_city.link() as link:
        row = link.execute("SELECT count(*), min(reported_at)::date::text FROM cases_case").fetchone()
    assert row == (counted["total"], "2024-01-01")


def test_photos_of_the_cases_lie_in_the_store(first_city: City) -> None:
    with first_city.link() as link:
        row = link.execute(
            "SELECT count(*), count(p.id) FROM cases_case c, jsonb_array_elements(c.photos::jsonb) AS piece"
            " LEFT JOIN attachments_photo p ON p.id = piece ->> 1 AND p.used"
        ).fetchone()
    assert row is not None
    assert row[0] == row[1] > 500
    assert len(list((first_city.var / "photos" / "originals").rglob("*.jpg"))) == 20


def test_the_password_opens_and_is_not_kept_in_the_open(first_city: City, information: dict[str, Any]) -> None:
    with first_city.link() as link:
        rows = link.execute("SELECT DISTINCT password FROM organizations_person").fetchall()
    assert len(rows) == 1
    assert rows[0][0].startswith("argon2")
    assert (first_city.var / "demo.json").stat().st_mode & 0o077 == 0
    right, wrong = (
        first_city.asked(
            "from wangge.domains.organizations.queries import person_named\n"
            f"print(json.dumps(person_named('acceptor01').check_password({password!r})))"
        )
        for password in (information["password"], "qmtw-4827-hnvk")
    )
    assert (right, wrong) == (True, False)


def test_every_public_door_stands_open_by_decision(first_city: City, information: dict[str, Any]) -> None:
    assert information["open_doors"] == ["bulletins", "letters", "map", "open311", "report", "status"]
    decisions = first_city.json("door", "list")["decisions"]
    assert len(decisions) == len(information["open_doors"])
    assert all(each["secrecy_review"] for each in decisions)


def test_the_city_keeps_its_own_settings_and_no_others(first_city: City, lean_city: City) -> None:
    question = """
from wangge.domains.cases.rules import rulebook_on
from wangge.groundwork.clock import today
print(json.dumps(dict(rulebook_on(today()).settings)))
"""
    first, lean = first_city.asked(question), lean_city.asked(question)
    defaults = {row.key: row.default for row in load_tables().settings}
    own = {"appeal_judges": "evaluation", "appeal_window": "3 work_day", "district_level": "on"}
    assert first == {**defaults, **own}
    assert (lean["automation"], lean["district_level"]) == ("lean", "on")


def test_a_second_city_runs_beside_the_first_from_data_alone(first_city: City, lean_city: City) -> None:
    one, other = first_city.json("demo", "info"), lean_city.json("demo", "info")
    assert one["title"] != other["title"]
    assert one["password"] != other["password"]
    assert other["cases"]["total"] >= 1000
    assert not {each["code"] for each in one["districts"]} & {each["code"] for each in other["districts"]}
    rows = {row["verb"]: row["posts"] for row in lean_city.json("moves") if row["from_stage"] == "self_handled"}
    assert "system" in rows["confirm_self_handled"]


def test_a_loaded_city_is_not_loaded_again(first_city: City, information: dict[str, Any]) -> None:
    again = first_city.run("demo", "load", "--small")
    assert (again.returncode, "已有城市数据" in again.stderr) == (1, True)
    other = first_city.run("demo", "load", "--city", "lean")
    assert (other.returncode, "Traceback" in other.stderr) == (1, False)
    assert first_city.json("demo", "info") == information


def test_a_case_is_shown_with_its_clocks_steps_and_chain(first_city: City) -> None:
    with first_city.link() as link:
        found = link.execute(
            "SELECT number, version FROM cases_case WHERE stage = 'handling' ORDER BY number"
        ).fetchone()
    assert found is not None
    number, version = found
    shown = first_city.json("case", "show", number)
    assert (shown["number"], shown["stage"], shown["chain"]["ok"]) == (number, "handling", True)
    assert [step["seq"] for step in shown["steps"]] == list(range(1, version + 1))
    assert any(clock["clock"] == "handling" for clock in shown["deadlines"])
    text = first_city.run("case", "show", number)
    assert (text.returncode, "哈希链完整" in text.stdout) == (0, True)


def test_a_case_whose_step_was_changed_is_a_finding(lean_city: City) -> None:
    with lean_city.link() as link:
        found = link.execute("SELECT number, id, month FROM cases_case WHERE version > 3 ORDER BY number").fetchone()
        assert found is not None
        number, case_id, month = found
        link.execute("ALTER TABLE cases_step DISABLE TRIGGER USER")
        part = f"cases_step_{month:%Y_%m}"
        link.execute(f"ALTER TABLE {part} DISABLE TRIGGER USER")
        link.execute(
            "UPDATE cases_step SET payload = replace(payload, '\"seq\":2', '\"seq\": 2') || ' '"
            " WHERE month = %s AND case_id = %s AND seq = 2",
            [month, case_id],
        )
    done = lean_city.run("case", "show", number, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["chain"]["breaks"] == [{"seq": 2, "what": "changed"}]


def test_a_case_that_does_not_exist_is_a_finding(first_city: City) -> None:
    done = first_city.run("case", "show", "000000-20240101-99999")
    assert (done.returncode, done.stdout) == (1, "")
    assert "没有案卷" in done.stderr


def test_what_stands_in_the_way_is_said_before_anything_is_touched(tmp_path: Path) -> None:
    city = City(tmp_path)
    key = {"WANGGE_MODE": "production", "WANGGE_HOSTS": "x.cn", "WANGGE_SECRET_KEY": "k3J9" * 16 + "abcdefgh"}
    assert "正式运行" in city.run("demo", "load", **key).stderr
    unknown = city.run("demo", "load", "--city", "atlantis")
    assert (unknown.returncode, "yunlan" in unknown.stderr) == (2, True)
    assert "demo load" in city.run("demo", "info").stderr
    (tmp_path / "overlay").mkdir()
    (tmp_path / "overlay" / "settings.csv").write_text("key,value,valid_from,valid_to,scope,source,confidence\n")
    assert "overlay" in city.run("demo", "load").stderr
    assert not (tmp_path / "postgres").exists()
    assert read_record(tmp_path) is None


FROM_THE_ACCOUNT_DOWN = """
import html, re
from urllib.parse import parse_qs, urlsplit
from django.conf import settings
from django.test import Client
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
settings.ALLOWED_HOSTS = ["*"]
client = Client()
client.force_login(Person.objects.get(username="chief1"), backend=PASSWORD_BACKEND)
def links(address, beginning):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return re.findall(f'href="({beginning}[^"]*)"', html.unescape(answer.content.decode()))
found = links("/finance/accounts/trace?unit=101001&year=2024&cell=1-2.结案率.actual", "/assessment/results/")
figures = [parse_qs(urlsplit(each).query)["figure"][0] for each in found]
cases = links(found[0], "/cases/")
told = {"results": len(found), "figures": sorted(set(figures)), "cases": len(cases)}
print(json.dumps({**told, "case": client.get(cases[0]).status_code}))
"""


def test_the_close_rate_of_the_published_account_leads_down_to_cases(first_city: City) -> None:
    found = first_city.asked(FROM_THE_ACCOUNT_DOWN)
    assert found["results"] == 12 * len(read_city().districts)
    assert found["figures"] == sorted(f"district={each.code}/n_close" for each in read_city().districts)
    assert found["cases"] > 0
    assert found["case"] == 200
