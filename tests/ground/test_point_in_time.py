"""A city with continuous backup goes back to any moment: exactly what was committed up to then is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.ground.city import City
from wangge.groundwork.embedded_postgres import APPLICATION, Cluster
from wangge.project.continuous import missing_photos
from wangge.project.environment import Environment

TELL = (
    "INSERT INTO outbox (month, topic, key, payload, recorded_at)"
    " VALUES (date_trunc('month', now())::date, 'told', %s, '{}', now())"
)
PHOTO = (
    "INSERT INTO attachments_photo (id, sha256, format, byte_count, width, height, fingerprint, warnings, received_at,"
    " used) VALUES (%s, %s, 'JPEG', 5, 1, 1, 0, '{}', clock_timestamp(), true)"
)
WRITERS = 3
ROWS = 120
"""Of each writer: it goes on while the copy is taken and while the moment is noted."""


@dataclass
class Load:
    """Writers at work: of each acknowledged row, when its transaction began and when it was surely committed."""

    cluster: Cluster
    acknowledged: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    moment: datetime | None = None

    def run(self, halfway: threading.Barrier) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._write, args=(number, halfway)) for number in range(WRITERS)]
        for each in threads:
            each.start()
        return threads

    def _write(self, number: int, halfway: threading.Barrier) -> None:
        with psycopg.connect(**self.cluster.connection(APPLICATION), autocommit=True) as link:
            for turn in range(ROWS):
                if turn == ROWS // 2:
                    halfway.wait()
                key = f"{number}-{turn}"
                began = _now(link)
                link.execute(TELL, [key])
                self.acknowledged[key] = began, _now(link)


def _now(link: psycopg.Connection[Any]) -> datetime:
    row = link.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    return row[0]  # type: ignore[no-any-return]


def _told(city: City) -> set[str]:
    with Cluster(city.var).in_use() as cluster, psycopg.connect(**cluster.connection(APPLICATION)) as link:
        return {key for (key,) in link.execute("SELECT key FROM outbox WHERE topic = 'told'")}


def _store_photo(city: City, cluster: Cluster, letter: str) -> Path:
    sha256 = letter * 64
    path = city.var / "photos" / "originals" / sha256[:2] / sha256[2:4] / f"{sha256}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(letter.encode() * 5)
    with psycopg.connect(**cluster.connection(APPLICATION), autocommit=True) as link:
        link.execute(PHOTO, [letter * 26, sha256])
    return path


def _let_the_log_leave(cluster: Cluster) -> Path:
    """Have the piece now written to leave for the folder; where it lies there."""
    with psycopg.connect(**cluster.connection("postgres", "postgres"), autocommit=True) as link:
        row = link.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
    left = cluster.backups
    assert left is not None
    until = datetime.now(UTC) + timedelta(seconds=60)
    piece = left / "log" / f"{row[0]}.gz"
    while not piece.exists():
        assert datetime.now(UTC) < until
        threading.Event().wait(0.05)
    return piece


def _tell(cluster: Cluster, key: str) -> None:
    with psycopg.connect(**cluster.connection(APPLICATION), autocommit=True) as link:
        link.execute(TELL, [key])


def _moment_named(said: str) -> str:
    """How far it can be gone back, by the words of a refusal."""
    found = re.search(r"20\d\d-\d\d-\d\d[T ][0-9:.]+\+00:00", said)
    assert found, said
    return found.group()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[City, Load, Path]:
    """A city that worked while a base backup was taken and afterwards, the moment noted in the middle of the work."""
    top = tmp_path_factory.mktemp("moment").resolve()
    city, folder = City(top / "city"), top / "folder"
    city.environment["WANGGE_BACKUPS"] = str(folder)
    assert city.run("migrate", "--quiet").returncode == 0
    (city.var / "overlay").mkdir()
    (city.var / "overlay" / "note.txt").write_text("first")
    with Cluster(city.var, backups=folder).in_use() as cluster:
        _store_photo(city, cluster, "a")
        load = Load(cluster)
        halfway = threading.Barrier(WRITERS + 1)
        threads = load.run(halfway)
        done = city.run("backup", "--base")
        assert done.returncode == 0, done.stderr
        _store_photo(city, cluster, "b")
        copied = city.run("backup", "--beside")
        assert copied.returncode == 0, copied.stderr
        halfway.wait()
        with psycopg.connect(**cluster.connection(APPLICATION), autocommit=True) as link:
            while len(load.acknowledged) < WRITERS * ROWS * 3 // 4:
                threading.Event().wait(0.01)
            load.moment = _now(link)
        for each in threads:
            each.join()
        _let_the_log_leave(cluster)
        (city.var / "overlay" / "note.txt").write_text("second")
        assert city.run("backup", "--beside").returncode == 0
    return city, load, folder


def test_another_machine_stands_where_the_city_stood_at_the_moment(
    lived: tuple[City, Load, Path], tmp_path: Path
) -> None:
    _city, load, folder = lived
    assert load.moment is not None
    other = City(tmp_path.resolve() / "other")
    done = other.run("restore", str(folder), "--to", load.moment.isoformat())
    assert done.returncode == 0, done.stderr
    told = _told(other)
    surely = {key for key, (_began, done_at) in load.acknowledged.items() if done_at <= load.moment}
    surely_not = {key for key, (began, _done) in load.acknowledged.items() if began > load.moment}
    assert surely
    assert surely_not
    assert surely <= told
    assert not surely_not & told
    for letter in "ab":
        assert list((other.var / "photos").rglob(f"{letter * 64}.jpg"))
    assert (other.var / "overlay" / "note.txt").read_text() == "first"
    checked = other.run("verify", "--json")
    assert json.loads(checked.stdout)["breaks"] == 0


def test_what_the_log_had_not_left_with_is_there_too_where_the_old_cluster_is(lived: tuple[City, Load, Path]) -> None:
    city, load, _folder = lived
    with (
        Cluster(city.var, settles_backup=True).in_use() as cluster,
        psycopg.connect(**cluster.connection(APPLICATION), autocommit=True) as link,
    ):
        link.execute(TELL, ["last of all"])
        soon = _now(link) + timedelta(seconds=1)
    refused = city.run("restore", "--to", soon.isoformat())
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    done = city.run("restore", "--to", soon.isoformat(), "--force")
    assert done.returncode == 0, done.stderr
    assert _told(city) == {*load.acknowledged, "last of all"}
    assert list(city.var.glob("postgres.replaced-*"))


def test_a_rehearsal_restores_beside_the_city_and_is_noted(lived: tuple[City, Load, Path]) -> None:
    city, _load, _folder = lived
    done = city.run("rehearse", "--scratch", str(city.var.parent / "scratch"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["missing_photos"] == 0
    assert not list((city.var.parent / "scratch").iterdir())
    with Cluster(city.var).in_use() as cluster, psycopg.connect(**cluster.connection(APPLICATION)) as link:
        noted = link.execute("SELECT well FROM platform_upkeep WHERE kind = 'rehearsal' ORDER BY id").fetchall()
        assert noted == [(True,)]
        environment = Environment(var=city.var)
        assert missing_photos(environment, link) == []
        next((city.var / "photos").rglob(f"{'b' * 64}.jpg")).unlink()
        assert missing_photos(environment, link) == ["b" * 64]


def test_a_moment_the_folder_does_not_reach_is_refused(lived: tuple[City, Load, Path], tmp_path: Path) -> None:
    _city, load, folder = lived
    assert load.moment is not None
    other = City(tmp_path.resolve() / "other")
    early = other.run("restore", str(folder), "--to", (load.moment - timedelta(days=1)).isoformat())
    assert early.returncode == 1
    assert "更早" in early.stderr
    late = other.run("restore", str(folder), "--to", (load.moment + timedelta(days=1)).isoformat())
    assert late.returncode == 1
    assert "日志只到" in late.stderr
    assert not (other.var / "postgres").exists()
    done = other.run("restore", str(folder), "--to", _moment_named(late.stderr))
    assert done.returncode == 0, done.stderr
    assert set(load.acknowledged) <= _told(other)


def test_a_command_that_knows_no_folder_leaves_the_log_going_there(lived: tuple[City, Load, Path]) -> None:
    city, _load, folder = lived
    with Cluster(city.var, backups=folder, settles_backup=True).in_use():
        pass
    assert city.run("user", "list", WANGGE_BACKUPS="").returncode in {0, 2}
    with (
        Cluster(city.var).in_use() as cluster,
        psycopg.connect(**cluster.connection(APPLICATION)) as link,
    ):
        assert link.execute("SHOW archive_mode").fetchone() == ("on",)
        assert link.execute("SHOW archive_timeout").fetchone() == ("1min",)


def test_a_copy_of_a_city_sends_nothing_to_the_folder_of_the_city(
    lived: tuple[City, Load, Path], tmp_path: Path
) -> None:
    city, _load, folder = lived
    with Cluster(city.var, backups=folder, settles_backup=True).in_use():
        pass
    subprocess.run(["cp", "-a", str(city.var), str(tmp_path / "copy")], check=True)
    with (
        Cluster(tmp_path / "copy").in_use() as cluster,
        psycopg.connect(**cluster.connection(APPLICATION)) as link,
    ):
        assert link.execute("SHOW archive_mode").fetchone() == ("off",)


def test_a_piece_missing_amid_the_log_is_named_and_not_passed_over(
    lived: tuple[City, Load, Path], tmp_path: Path
) -> None:
    city, _load, folder = lived
    with Cluster(city.var, backups=folder, settles_backup=True).in_use() as cluster:
        pieces = []
        for key in ("before the gap", "in the gap", "after the gap"):
            _tell(cluster, key)
            pieces.append(_let_the_log_leave(cluster))
    holed = tmp_path / "holed"
    shutil.copytree(folder, holed)
    (holed / "log" / pieces[1].name).unlink()
    other = City(tmp_path.resolve() / "other")
    refused = other.run("restore", str(holed), "--to", "latest")
    assert refused.returncode == 1
    assert pieces[1].name.removesuffix(".gz") in refused.stderr
    assert not (other.var / "postgres").exists()
    done = other.run("restore", str(holed), "--to", _moment_named(refused.stderr))
    assert done.returncode == 0, done.stderr
    assert "before the gap" in _told(other)
    assert not {"in the gap", "after the gap"} & _told(other)


def test_what_a_city_did_without_its_folder_is_not_given_up_unsaid(lived: tuple[City, Load, Path]) -> None:
    city, _load, folder = lived
    with Cluster(city.var, backups=folder, settles_backup=True).in_use() as cluster:
        _tell(cluster, "kept")
        _let_the_log_leave(cluster)
    with (
        Cluster(city.var, settles_backup=True).in_use() as cluster,
        psycopg.connect(**cluster.connection("postgres", "postgres"), autocommit=True) as link,
    ):
        for turn in range(3):
            _tell(cluster, f"unkept {turn}")
            link.execute("SELECT pg_switch_wal()")
            link.execute("CHECKPOINT")
        soon = _now(link) + timedelta(seconds=1)
    before = set(city.var.glob("postgres.replaced-*"))
    kept = set(folder.rglob("*"))
    for moment in ("latest", soon.isoformat()):
        refused = city.run("restore", "--to", moment, "--force")
        assert refused.returncode == 1, moment
        assert set(city.var.glob("postgres.replaced-*")) == before
        assert set(folder.rglob("*")) == kept  # nothing of an attempt that was given up
        assert "unkept 2" in _told(city)
    done = city.run("restore", "--to", _moment_named(refused.stderr), "--force")
    assert done.returncode == 0, done.stderr
    told = _told(city)
    assert "kept" in told
    assert "unkept 2" not in told
