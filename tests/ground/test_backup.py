"""A backup holds the whole city, and is restored whole or not at all."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.ground.city import City
from wangge.groundwork.embedded_postgres import OWNER, Cluster

HEAR = (
    "SELECT ensure_month_partitions('2024-01-01', '2024-01-01');"
    "INSERT INTO outbox (month, topic, key, payload, recorded_at)"
    " VALUES ('2024-01-01', 'told', %s, '{}', '2024-01-05T00:00Z')"
)

WRITE = (
    "INSERT INTO citizens_letter (code_hash, digest, kind, state, at, words, name, phone)"
    " VALUES (decode(repeat(%s, 32), 'hex'), '', 'market', 'received', '2024-01-05T00:00Z', '很吵', '陈某',"
    " '13800000000')"
)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city at rest, migrated once for all tests here."""
    var = tmp_path_factory.mktemp("migrated").resolve() / "city"
    assert City(var).run("migrate", "--quiet").returncode == 0
    return var


@pytest.fixture
def city(migrated: Path, tmp_path: Path) -> City:
    """A migrated city with a row of history, a photo and a row of its own."""
    found = City(tmp_path.resolve() / "city")
    subprocess.run(["cp", "-a", str(migrated), str(found.var)], check=True)  # its files belong to the server's account
    _tell(found, "first")
    photo = found.var / "photos" / "originals" / "ab"
    photo.mkdir(parents=True)
    (photo / "ab12.jpg").write_bytes(b"photo")
    return found


def _tell(city: City, key: str) -> None:
    with (
        Cluster(city.var).in_use() as cluster,
        psycopg.connect(**cluster.connection(OWNER), autocommit=True) as link,
    ):
        for order in HEAR.split(";"):
            link.execute(order.encode(), [key] if "%s" in order else None)


def _told(city: City) -> list[str]:
    with Cluster(city.var).in_use() as cluster, psycopg.connect(**cluster.connection(OWNER)) as link:
        return [key for (key,) in link.execute("SELECT key FROM outbox WHERE topic = 'told' ORDER BY id")]


@pytest.fixture
def kept(city: City, tmp_path: Path) -> Path:
    """Its backup."""
    directory = tmp_path / "kept"
    done = city.run("backup", str(directory))
    assert done.returncode == 0, done.stderr
    return directory


def test_a_backup_restores_rows_and_photos_into_a_new_city(kept: Path, tmp_path: Path) -> None:
    other = City(tmp_path.resolve() / "other")
    done = other.run("restore", str(kept))
    assert done.returncode == 0, done.stderr
    assert _told(other) == ["first"]
    assert (other.var / "photos" / "originals" / "ab" / "ab12.jpg").read_bytes() == b"photo"
    assert other.run("check").returncode == 0
    _tell(other, "second")
    assert _told(other) == ["first", "second"]


def test_a_city_that_was_only_migrated_holds_nothing_to_give_up(kept: Path, migrated: Path, tmp_path: Path) -> None:
    other = City(tmp_path.resolve() / "other")
    subprocess.run(["cp", "-a", str(migrated), str(other.var)], check=True)
    done = other.run("restore", str(kept))
    assert done.returncode == 0, done.stderr
    assert _told(other) == ["first"]


def _write_letter(city: City, code: str) -> None:
    with Cluster(city.var).in_use() as cluster, psycopg.connect(**cluster.connection(OWNER)) as link:
        link.execute(WRITE.encode(), [code])


def _letters(city: City) -> list[tuple[str, str]]:
    with Cluster(city.var).in_use() as cluster, psycopg.connect(**cluster.connection(OWNER)) as link:
        return link.execute("SELECT words, phone FROM citizens_letter ORDER BY id").fetchall()


def test_what_was_erased_after_the_backup_is_erased_again_by_its_restore(city: City, tmp_path: Path) -> None:
    for code in ("ab", "cd"):
        _write_letter(city, code)
    kept = tmp_path / "kept"
    assert city.run("backup", str(kept)).returncode == 0
    erased = city.run("letter", "erase", "1", "--because", "本人申请", "--yes")
    assert erased.returncode == 0, erased.stderr
    noted = (city.var / "erasures.jsonl").read_text()
    assert "ab" * 32 in noted
    assert not [word for word in ("陈某", "13800000000", "很吵", "本人申请") if word in noted]
    assert city.run("backup", str(tmp_path / "later")).returncode == 0
    done = city.run("restore", str(kept), "--force")
    assert done.returncode == 0, done.stderr
    assert "1 项" in done.stdout
    assert _letters(city) == [("", ""), ("很吵", "13800000000")]
    # A later backup brings the list to a machine that goes back to an older one.
    other = City(tmp_path.resolve() / "other")
    assert other.run("restore", str(tmp_path / "later")).returncode == 0
    assert other.run("restore", str(kept), "--force").returncode == 0
    assert _letters(other) == [("", ""), ("很吵", "13800000000")]


CALLED = (
    "INSERT INTO hotline_order (channel, order_no, kind, state, received_at, handed_on)"
    " VALUES ('hotline_12345', 'DH/1', 'complaint', 'received', '2024-01-05T00:00Z', '2024-01-05')",
    "INSERT INTO hotline_event (order_id, seq, act, from_state, to_state, at, person_name)"
    " SELECT id, 1, 'receive', 'new', 'received', received_at, '' FROM hotline_order",
    "INSERT INTO hotline_matter (order_id, title, content, citizen_name, citizen_phone)"
    " SELECT id, '路面破损', '路口有坑', '陈某', '13800000000' FROM hotline_order",
    "INSERT INTO telephone_call (call_id, caller, first_at) VALUES ('c-1', '13800000000', '2024-01-05T00:00Z'),"
    " ('c-2', '13900000000', '2024-01-05T00:00Z')",
)
SAID = (
    "SELECT concat(m.title, m.content, m.citizen_name, m.citizen_phone), (SELECT string_agg(caller, ' ' ORDER BY id)"
    " FROM telephone_call) FROM hotline_matter m"
)


def _said(city: City) -> tuple[str, str]:
    with Cluster(city.var).in_use() as cluster, psycopg.connect(**cluster.connection(OWNER)) as link:
        return link.execute(SAID.encode()).fetchone() or ("", "")


def test_a_callers_orders_and_calls_are_erased_and_erased_again_by_a_restore(city: City, tmp_path: Path) -> None:
    with Cluster(city.var).in_use() as cluster, psycopg.connect(**cluster.connection(OWNER)) as link:
        for order in CALLED:
            link.execute(order.encode())
    kept = tmp_path / "kept"
    assert city.run("backup", str(kept)).returncode == 0
    refused = city.run("case", "erase", "--phone", "13800000000", "--because", " ", "--yes")
    assert refused.returncode == 2
    erased = city.run("case", "erase", "--phone", "13800000000", "--because", "本人申请", "--yes")
    assert erased.returncode == 0, erased.stderr
    assert "1 件热线工单、1 次通话" in erased.stdout
    assert _said(city) == ("", " 13900000000")
    noted = (city.var / "erasures.jsonl").read_text()
    assert "hotline_12345/DH/1" in noted
    assert not [word for word in ("陈某", "13800000000", "路口", "本人申请") if word in noted]
    done = city.run("restore", str(kept), "--force")
    assert done.returncode == 0, done.stderr
    assert "2 项" in done.stdout
    assert _said(city) == ("", " 13900000000")


def test_after_a_restore_consumers_go_on_where_they_were(city: City, tmp_path: Path) -> None:
    """Transaction numbers of the old cluster mean nothing in the new one."""
    with Cluster(city.var).in_use() as cluster, psycopg.connect(**cluster.connection(OWNER)) as link:
        link.execute(
            "INSERT INTO outbox_delivery (consumer, after_transaction, after_id, floor_id, floor_month)"
            " SELECT 'partner', 1000000000000, max(id), 0, '0001-01-01' FROM outbox"
        )
    _tell(city, "second")
    assert city.run("backup", str(tmp_path / "kept")).returncode == 0
    other = City(tmp_path.resolve() / "other")
    assert other.run("restore", str(tmp_path / "kept")).returncode == 0
    _tell(other, "third")
    with Cluster(other.var).in_use() as cluster, psycopg.connect(**cluster.connection(OWNER)) as link:
        waiting = link.execute(
            "SELECT key FROM outbox o, outbox_delivery d WHERE d.consumer = 'partner' AND o.id > d.floor_id"
            " AND o.transaction > d.after_transaction::text::xid8 ORDER BY o.id"
        ).fetchall()
    assert [key for (key,) in waiting] == ["third"]


def test_a_city_that_holds_something_is_replaced_only_by_force(city: City, kept: Path) -> None:
    _tell(city, "later")
    done = city.run("restore", str(kept))
    assert done.returncode == 1
    assert "--force" in done.stderr
    assert _told(city) == ["first", "later"]
    assert city.run("restore", str(kept), "--force").returncode == 0
    assert _told(city) == ["first"]


def test_a_changed_backup_is_refused_and_the_city_stays(city: City, kept: Path) -> None:
    (kept / "photos" / "originals" / "ab" / "ab12.jpg").write_bytes(b"phot0")
    done = city.run("restore", str(kept), "--force")
    assert done.returncode == 1
    assert "ab12.jpg" in done.stderr
    assert _told(city) == ["first"]


def test_a_backup_broken_off_is_refused(city: City, kept: Path) -> None:
    (kept / "manifest.json").unlink()
    done = city.run("restore", str(kept), "--force")
    assert done.returncode == 1
    assert "manifest.json" in done.stderr


def test_a_backup_of_a_newer_version_is_refused(city: City, kept: Path) -> None:
    manifest = json.loads((kept / "manifest.json").read_text())
    manifest["migrations"].append("outbox.9999_from_the_future")
    (kept / "manifest.json").write_text(json.dumps(manifest))
    done = city.run("restore", str(kept), "--force")
    assert done.returncode == 1
    assert "9999_from_the_future" in done.stderr


def test_a_backup_is_never_written_over_another(city: City, kept: Path) -> None:
    done = city.run("backup", str(kept))
    assert done.returncode == 1
    assert str(kept) in done.stderr


def test_a_running_city_is_backed_up_but_not_restored(city: City, kept: Path, tmp_path: Path) -> None:
    served = city.serve()
    try:
        assert city.status("/readyz") == 200
        assert city.run("backup", str(tmp_path / "again")).returncode == 0
        done = city.run("restore", str(kept), "--force")
        assert done.returncode == 1
        assert "wangge serve" in done.stderr
    finally:
        served.terminate()
        served.wait(30)
