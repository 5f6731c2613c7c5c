"""Killed by SIGKILL in the middle of closing, compiling or writing files: nothing half done stays."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.budgeting.small_ledger import AT, UNIT, YEAR, allot, pay, payment, with_units
from tests.city_database import CityDatabase
from wangge.domains.budgeting.models import Voucher, YearAct
from wangge.domains.budgeting.operations.years import act_on_year, close_books
from wangge.domains.budgeting.queries.verifying import off_sums
from wangge.domains.disclosure.models import Edition, EditionFile, EditionStep
from wangge.domains.disclosure.queries.documents import written
from wangge.domains.disclosure.rendering.files import write_files
from wangge.domains.organizations.logic import TERMINAL

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_BEGIN = """
import os, sys, time
import tests.settings
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from pathlib import Path
from django.conf import settings
from django.db import connections, transaction
from wangge.groundwork.embedded_postgres import APPLICATION, Cluster
found = Cluster(Path(settings.ENVIRONMENT.var), durable=False).connection(APPLICATION, sys.argv[1])
connections["default"].settings_dict.update(NAME=sys.argv[1], USER=APPLICATION, PASSWORD=found["password"],
    HOST=found["host"], PORT=str(found["port"]))
from tests.budgeting.small_ledger import AT, UNIT, YEAR
from wangge.domains.organizations.logic import TERMINAL, Actor, Holding
KEEPER = Actor(7, "accountant", "会计甲", (Holding("finance"),))

def wait_to_be_killed():
    print("here", flush=True)
    time.sleep(120)
"""
_CLOSE = """
from wangge.domains.budgeting.operations.years import close_books
with transaction.atomic():
    assert close_books(unit=UNIT, year=YEAR, by=TERMINAL, at=AT) == 1
    wait_to_be_killed()
"""
_COMPILE = """
from wangge.domains.disclosure.operations import editions
editions._write = lambda *told: wait_to_be_killed()
editions.compile_edition(unit=UNIT, year=YEAR, by=KEEPER, at=AT, files={"csv": b"x"})
"""
_FILES = """
from wangge.domains.disclosure.queries.documents import written
from wangge.domains.disclosure.rendering import files
made = []
plain = files.rendered
def rendered(format, *told, **named):
    if len(made) == 2:
        wait_to_be_killed()
    made.append(format)
    return plain(format, *told, **named)
files.rendered = rendered
found = written(year=YEAR, unit=UNIT)
told = {"out": Path(sys.argv[2]), "formats": ("csv", "json", "html")}
files.write_files(found.document, found.account.cells, found.forms, **told)
"""


def ledger() -> None:
    with_units()
    allot(100_000)
    pay(payment("P1", 30_000))


def killed(city: CityDatabase, what: str, *words: str) -> None:
    """Run a child until it says where it is, then kill it there."""
    child = subprocess.Popen(
        [sys.executable, "-c", _BEGIN + what, city.name, *words], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "here"
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL


def test_a_closing_that_dies_is_done_again_whole(city_database: CityDatabase) -> None:
    ledger()
    act_on_year(unit=UNIT, year=YEAR, act=YearAct.CLOSE_YEAR, by=TERMINAL, at=AT)
    killed(city_database, _CLOSE)
    assert not Voucher.objects.filter(phase="closing").exists()
    assert off_sums() == ()
    assert close_books(unit=UNIT, year=YEAR, by=TERMINAL, at=AT) == 1
    assert off_sums() == ()


def test_a_compiling_that_dies_leaves_no_edition(city_database: CityDatabase) -> None:
    ledger()
    killed(city_database, _COMPILE)
    assert not any(model.objects.exists() for model in (Edition, EditionFile, EditionStep))


def test_a_writing_of_files_that_dies_leaves_no_half_document(city_database: CityDatabase, tmp_path: Path) -> None:
    ledger()
    killed(city_database, _FILES, str(tmp_path))
    assert [path for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
    found = written(year=YEAR, unit=UNIT)
    paths = write_files(found.document, found.account.cells, found.forms, out=tmp_path, formats=("csv", "json"))
    assert sorted(path.suffix for path in paths) == [".csv", ".json"]
