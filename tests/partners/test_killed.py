"""A worker killed between the database and the partner: nothing is lost, and what comes twice bears one id."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cases.conftest import START
from tests.city_database import CityDatabase
from tests.outbox.neighbours import wait_for_neighbours
from tests.partners.conftest import Hands, Told, serve
from wangge.domains.partners.models import Message
from wangge.domains.partners.operations.sending import LEASE
from wangge.domains.partners.queries import due_partners
from wangge.groundwork import clock

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_WORKER = """
import os, sys, time
from datetime import datetime
import tests.settings
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from ipaddress import ip_network
from pathlib import Path
from django.conf import settings
from django.db import connections
from wangge.groundwork.embedded_postgres import APPLICATION, Cluster
found = Cluster(Path(settings.ENVIRONMENT.var), durable=False).connection(APPLICATION, sys.argv[1])
connections["default"].settings_dict.update(NAME=sys.argv[1], USER=APPLICATION, PASSWORD=found["password"],
    HOST=found["host"], PORT=str(found["port"]))
settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)
from wangge.domains.partners.operations.sending import serve_partner
from wangge.surfaces.exchange.webhooks.posting import post

def wait_to_be_killed():
    print("here", flush=True)
    time.sleep(120)

def send(*told):
    if sys.argv[4] == "before":
        wait_to_be_killed()
    post(*told)
    wait_to_be_killed()

at = datetime.fromisoformat(sys.argv[3])
serve_partner(partner_id=int(sys.argv[2]), send=send, now=lambda: at, installation_key=sys.argv[5])
"""


@pytest.mark.parametrize(("where", "doubled"), [("before", 0), ("after", 1)])
def test_nothing_is_lost_when_the_worker_is_killed_around_a_sending(
    city_database: CityDatabase, told: Callable[..., Told], hands: Hands, where: str, doubled: int
) -> None:
    from tests.partners.conftest import KEY

    side = told(batch=2)
    numbers = [hands.report() for _time in range(5)]
    wait_for_neighbours()
    at = START + timedelta(hours=1)
    words = [city_database.name, str(side.partner.pk), at.isoformat(), where, KEY]
    child = subprocess.Popen([sys.executable, "-c", _WORKER, *words], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "here"
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert due_partners(at=clock.now()) == []  # the dead one's lease still runs
    serve(side.partner, at=at + LEASE)
    assert sorted(event["case"] for event in side.receiver.events.values()) == sorted(numbers)
    assert (len(side.receiver.taken), side.receiver.doubled) == (3, doubled)
    assert Message.objects.filter(sent_at__isnull=False).count() == 3
