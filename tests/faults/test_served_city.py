"""A served city in rough weather: processes killed, the disk full, crowds at the door; work goes on afterwards.

Every acknowledged write is there, none twice, and the chains are whole.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import hypothesis
import pytest

from tests.faults.loaded_city import LONGEST_SECONDS, Hands, LoadedCity, OfficeUser, victims, wait_until
from wangge.groundwork.embedded_postgres import Cluster

pytestmark = pytest.mark.slow
SOAKING = hypothesis.settings.get_current_profile_name() == "soak"
ROUNDS = 30 if SOAKING else 2
SEED = 7
CROWD = 2000 if SOAKING else 1500
SLOW_UPLOADS = 40
SLOW_FORMS = 100
OFFICE_USERS = 12 if SOAKING else 3
UPLOAD_BYTES = 1 << 30 if SOAKING else 1 << 26
DISK_BYTES = 420_000_000


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedCity]:
    """A migrated city with its people, served, on a small disk of its own where one can be mounted."""
    var = tmp_path_factory.mktemp("loaded").resolve()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(var)], capture_output=True, check=False
    )
    city = LoadedCity(var, small_disk=mounted.returncode == 0)
    done = city.run("migrate", "--quiet")
    assert done.returncode == 0, done.stderr
    city.settle()
    city.serve()
    yield city
    assert city.served is not None
    city.served.terminate()
    city.served.wait(60)
    with Cluster(city.var).in_use():
        pass
    if city.small_disk:
        subprocess.run(["umount", "-l", str(var)], check=True)


@contextmanager
def at_work(city: LoadedCity, name: str, number: int = 4) -> Iterator[list[Hands]]:
    """Hands that work meanwhile; afterwards everything they were told is held against what is kept."""
    hands = [Hands(city.port, f"{name}-{each}") for each in range(number)]
    for each in hands:
        each.start()
    try:
        yield hands
    finally:
        for each in hands:
            each.stopping = True
        for each in hands:
            each.join(200)
    assert not any(each.is_alive() for each in hands)
    assert [wrong for each in hands for wrong in each.wrong] == []
    assert set().union(*(each.statuses for each in hands)) <= {200, 201, 409, 503}
    city.told += [write for each in hands for write in each.acknowledged]


def goes_on(hands: list[Hands], what: str) -> None:
    """Wait until more is acknowledged than now."""
    before = sum(len(each.acknowledged) for each in hands)
    wait_until(lambda: sum(len(each.acknowledged) for each in hands) > before + 4, f"work goes on {what}")


def test_whatever_is_killed_every_acknowledged_write_is_there_once(city: LoadedCity) -> None:
    chance = random.Random(SEED)
    killed: Counter[str] = Counter()
    with at_work(city, "killed") as hands:
        for turn in range(ROUNDS):
            time.sleep(chance.uniform(0.3, 2.0))
            # The short form takes the two kinds of death that matter most.
            kind, numbers = _chosen(city, chance, turn)
            for number in numbers:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            killed[kind] += 1
            wait_until(lambda: city.status("/readyz") == 200, f"ready again after {kind}")
            goes_on(hands, f"after {kind}")
    check_everything(city)
    asked_again = sum(each.asked_again for each in hands)
    sys.stdout.write(f"{ROUNDS} rounds, seed {SEED}: {dict(killed)}, {len(city.told)} writes, {asked_again} again\n")


def _chosen(city: LoadedCity, chance: random.Random, turn: int) -> tuple[str, list[int]]:
    if ROUNDS > 2:
        return victims(city, chance)
    database = city.cluster.running_process()
    return ("all web", city.processes()) if turn == 0 or database is None else ("database", [database])


def check_everything(city: LoadedCity) -> None:
    """What was acknowledged and what is kept are the same; every fact was told once; the chains are whole."""
    told = city.told
    assert len(told) == len(set(told))
    with city.link() as link:
        kept = {
            (number, seq)
            for number, seq in link.execute(
                "SELECT c.number, s.seq FROM cases_step s JOIN cases_case c ON c.id = s.case_id"
            ).fetchall()
        }
        assert kept == set(told), "acknowledged and kept differ"
        asked = "SELECT count(*), count(DISTINCT (key, payload)) FROM outbox"
        assert link.execute(asked).fetchone() == (len(told), len(told))
        waiting = (
            "SELECT count(*) FROM outbox o, outbox_delivery d WHERE d.consumer = 'notices'"
            " AND (o.transaction, o.id) > (d.after_transaction::text::xid8, d.after_id)"
        )
        wait_until(lambda: link.execute(waiting).fetchone() == (0,), "every fact is delivered")
        doubled = "SELECT source_key, inbox FROM notices_inbox_notice GROUP BY 1, 2 HAVING count(*) > 1"
        assert link.execute(doubled).fetchall() == []
        told_to_unit = "SELECT count(*) FROM notices_inbox_notice WHERE inbox = 'unit:dept-a'"
        dispatched = sum(version == 4 for _number, version in told)
        assert link.execute(told_to_unit).fetchone() == (dispatched,)
    verified = city.run("verify", "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert json.loads(verified.stdout)["breaks"] == 0


def test_a_full_disk_is_told_and_work_goes_on_when_there_is_room(city: LoadedCity) -> None:
    if not city.small_disk:
        pytest.skip("no disk of its own can be mounted here: a full disk is not tried")
    filler = city.var / "filler"
    with at_work(city, "full", 2) as hands:
        goes_on(hands, "before")
        try:
            with suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(b"\0" * 65536)
            wait_until(lambda: city.status("/readyz") == 503, "readiness tells of the full disk")
            time.sleep(2.0)
        finally:
            filler.unlink()
        wait_until(lambda: city.status("/readyz") == 200, "ready when there is room again")
        goes_on(hands, "afterwards")
    check_everything(city)


def test_crowds_that_say_nothing_and_readers_who_do_not_read_hold_nobody_up(city: LoadedCity) -> None:
    crowd: list[socket.socket] = []
    try:
        for number in range(CROWD):
            one = socket.create_connection(("127.0.0.1", city.port), timeout=30)
            if number % 2:  # begins a request and never ends it
                one.sendall(b"POST /api/v1/cases HTTP/1.1\r\nHost: city\r\nContent-Length: 100\r\nX-Slow: ")
            if number % 100 == 50:  # asks, and does not read
                one.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: city\r\n\r\n")
            crowd.append(one)
        with at_work(city, "crowd", 2) as hands:
            goes_on(hands, f"beside {CROWD} idle connections")
            wait_until(lambda: city.status("/readyz") == 200, "ready beside them")
    finally:
        for one in crowd:
            one.close()
    check_everything(city)


def test_photos_that_come_slowly_hold_no_connection_to_the_database(city: LoadedCity) -> None:
    """More of them than all web processes have connections to the database."""
    slow = [socket.create_connection(("127.0.0.1", city.port), timeout=30) for _number in range(SLOW_UPLOADS)]
    try:
        for one in slow:
            one.sendall(
                b"POST /api/v1/photos HTTP/1.1\r\nHost: city\r\nAuthorization: Bearer hands\r\n"
                b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 4000000\r\n\r\n--x\r\n"
            )
        with at_work(city, "slow", 2) as hands:
            goes_on(hands, f"beside {SLOW_UPLOADS} slow uploads")
            wait_until(lambda: city.status("/readyz") == 200, "ready beside them")
    finally:
        for one in slow:
            one.close()
    check_everything(city)


def test_small_bodies_that_come_slowly_hold_no_connection_to_the_database(city: LoadedCity) -> None:
    """Of people signed in, many more of them than all web processes have connections to the database."""
    slow = [socket.create_connection(("127.0.0.1", city.port), timeout=30) for _number in range(SLOW_FORMS)]
    try:
        for number, one in enumerate(slow):
            path = b"/api/v1/cases" if number % 2 else b"/sign-in"
            one.sendall(
                b"POST %s HTTP/1.1\r\nHost: city\r\nAuthorization: Bearer hands\r\n"
                b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{" % path
            )
        with at_work(city, "forms", 2) as hands:
            goes_on(hands, f"beside {SLOW_FORMS} slow bodies")
            wait_until(lambda: city.status("/readyz") == 200, "ready beside them")
    finally:
        for one in slow:
            one.close()
    check_everything(city)


def test_office_users_who_read_the_whole_table_hold_nobody_up(city: LoadedCity) -> None:
    """How long others wait beside them is measured by the benchmark; here they are served, and read all of it."""
    office = [OfficeUser(city.port, city.signed_in()) for _number in range(OFFICE_USERS)]
    with city.link() as link:
        (kept,) = link.execute("SELECT count(*) FROM cases_case").fetchone() or (0,)
    for one in office:
        one.start()
    try:
        with at_work(city, "scanned", 2) as hands:
            goes_on(hands, f"beside {OFFICE_USERS} who read everything")
            wait_until(lambda: all(len(one.lines) > 1 for one in office), "each has read the table twice")
    finally:
        for one in office:
            one.stopping = True
        for one in office:
            one.join(LONGEST_SECONDS)
    assert not any(one.is_alive() for one in office)
    assert [wrong for one in office for wrong in one.wrong] == []
    assert min(lines for one in office for lines in one.lines) > kept > 0
    check_everything(city)


def test_an_upload_without_end_is_refused_and_fills_no_memory(city: LoadedCity) -> None:
    piece = b"\xff" * 65536
    sent = 0
    with socket.create_connection(("127.0.0.1", city.port), timeout=60) as one, suppress(OSError):
        one.sendall(
            b"POST /api/v1/photos HTTP/1.1\r\nHost: city\r\nAuthorization: Bearer hands\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n" % UPLOAD_BYTES
        )
        while sent < UPLOAD_BYTES:
            readable, _writable, _wrong = select.select([one], [], [], 0)
            if readable:
                break
            one.sendall(piece)
            sent += len(piece)
        answer = one.recv(4096)
        assert b" 413 " in answer.split(b"\r\n", 1)[0], answer[:200]
    largest = max(resident_bytes(number) for number in city.processes())
    assert largest < 400_000_000, f"a web process holds {largest:,} bytes"
    with at_work(city, "upload", 1) as hands:
        goes_on(hands, "after the upload")


def resident_bytes(number: int) -> int:
    """What a process holds in memory."""
    return int(Path(f"/proc/{number}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
