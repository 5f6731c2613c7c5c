"""The public surface apart from the house: what crosses by the spool arrives once, whatever happens to the files."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.cases.photographs import jpeg
from tests.citizens.conftest import actor, city, small_city
from tests.citizens.test_following import to_closed, to_handling
from wangge.domains.cases.rows import CaseRow
from wangge.domains.citizens.logic.codes import code_of, hash_of
from wangge.domains.citizens.operations import following
from wangge.domains.citizens.queries.followers import followed_by_hash, followers_of
from wangge.domains.citizens.queries.letters import letter_of_hash
from wangge.domains.organizations.logic import Actor
from wangge.surfaces.exchange.spool.packages import NotAPackage, Package, packed, put, read, unpacked, waiting
from wangge.surfaces.exchange.spool.receiving import Outcome, take_in
from wangge.surfaces.exchange.spool.telling import tell_back
from wangge.surfaces.outer.store import Store

__all__ = ["actor", "city", "small_city"]
SECRET = b"s" * 40
Find = Callable[[str], Actor]
_numbers = itertools.count()
SAID = {
    "place": "建设路 1 号", "lon": 113.134, "lat": 27.827, "wish": "sms", "reporter_name": "王女士",
    "reporter_phone": "13800001111", "reporter_email": "", "language": "zh-hans", "address": "203.0.113.7",
    "category": "component:0101", "description": "井盖缺失", "openness": "open", "kind": "",
}  # fmt: skip


def hash_number(number: int) -> bytes:
    return hash_of(code_of(secret=b"outside", key=str(number)))


def report(at: datetime, number: int, **more: Any) -> Package:
    body = {**SAID, "code_hash": base64.b64encode(hash_number(number)).decode(), "at": at.isoformat(), **more}
    return Package(f"report-{hash_number(number).hex()[:40]}", "report", body, (jpeg(),))


def act(at: datetime, number: int, name: str, text: str) -> Package:
    body = {
        "code_hash": base64.b64encode(hash_number(number)).decode(),
        "at": at.isoformat(),
        "act": name,
        "text": text,
    }
    return Package(f"act-{hash_of(f'{number}{name}{text}').hex()[:40]}", "act", body)


def lay(folder: Path, package: Package) -> Path:
    return put(folder, f"{next(_numbers):015d}", packed(package, SECRET))


def cases() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        return int(cursor.fetchone()[0])


def behind(number: int) -> CaseRow:
    found = followed_by_hash(hash_number(number))
    assert found is not None
    return found.row


# ---- the form of a file ----------------------------------------------------------------------------------------------


def test_a_package_comes_out_as_it_went_in() -> None:
    package = Package("report-1", "report", {"a": "井盖 \n 👍"}, (b"\n\x00", b"", b"x" * 1000))
    assert unpacked(packed(package, SECRET), SECRET) == package


@pytest.mark.parametrize("place", [0, 20, 90, 140, -1])
def test_a_single_changed_byte_is_noticed(place: int) -> None:
    data = bytearray(packed(Package("report-1", "report", {"a": "b" * 60}, (b"picture",)), SECRET))
    data[place] ^= 1
    with pytest.raises(NotAPackage):
        unpacked(bytes(data), SECRET)


@pytest.mark.parametrize("length", [0, 1, 50, 100, -1])
def test_a_package_cut_short_is_none(length: int) -> None:
    data = packed(Package("report-1", "report", {}, (b"picture",)), SECRET)
    with pytest.raises(NotAPackage):
        unpacked(data[:length], SECRET)


def test_another_secret_signs_nothing_here() -> None:
    with pytest.raises(NotAPackage):
        unpacked(packed(Package("report-1", "report", {}), b"t" * 40), SECRET)
    with pytest.raises(ValueError, match="too short"):
        packed(Package("report-1", "report", {}), b"short")


def test_half_a_file_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(_descriptor: int) -> None:
        raise SystemExit

    monkeypatch.setattr(os, "fsync", ended)
    with pytest.raises(SystemExit):
        put(tmp_path, "1", b"x")
    assert waiting(tmp_path) == []


# ---- into the house --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_report_becomes_a_case_with_its_picture_and_its_follower(city: datetime, tmp_path: Path) -> None:
    lay(tmp_path, report(city, 1))
    assert take_in(tmp_path, secret=SECRET, at=city) == {Outcome.TAKEN: 1}
    row = behind(1)
    assert (row.source, row.description, row.district_code) == ("public", "井盖缺失", "430202")
    assert [kind for kind, _photo, _seq in row.photos] == ["photo_before"]
    assert [each.phone for each in followers_of(row.id)] == ["13800001111"]
    assert waiting(tmp_path) == []


@pytest.mark.django_db
def test_a_file_doubled_and_brought_again_is_taken_once(city: datetime, tmp_path: Path) -> None:
    package = report(city, 1)
    for _turn in range(3):
        lay(tmp_path, package)
    assert take_in(tmp_path, secret=SECRET, at=city) == {Outcome.TAKEN: 1, Outcome.BEFORE: 2}
    lay(tmp_path, package)
    assert take_in(tmp_path, secret=SECRET, at=city) == {Outcome.BEFORE: 1}
    assert cases() == 1


@pytest.mark.django_db
def test_killed_before_the_commit_it_is_taken_at_the_next_run(
    city: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, report(city, 1))
    follow = following._follow

    def ended(*_args: Any, **_named: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(following, "_follow", ended)
    with pytest.raises(SystemExit):
        take_in(tmp_path, secret=SECRET, at=city)
    assert cases() == 0
    monkeypatch.setattr(following, "_follow", follow)
    assert take_in(tmp_path, secret=SECRET, at=city) == {Outcome.TAKEN: 1}
    assert cases() == 1


@pytest.mark.django_db
def test_killed_after_the_commit_it_is_not_taken_twice(
    city: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, report(city, 1))
    unlink = Path.unlink

    def ended(path: Path, missing_ok: bool = False) -> None:
        if path.parent == tmp_path and path.suffix == ".wgs":
            raise SystemExit
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", ended)
    with pytest.raises(SystemExit):
        take_in(tmp_path, secret=SECRET, at=city)
    monkeypatch.setattr(Path, "unlink", unlink)
    assert len(waiting(tmp_path)) == 1
    assert take_in(tmp_path, secret=SECRET, at=city) == {Outcome.BEFORE: 1}
    assert cases() == 1


@pytest.mark.django_db
def test_a_forged_file_is_set_aside_and_holds_up_nobody(city: datetime, tmp_path: Path) -> None:
    forged = lay(tmp_path, report(city, 1))
    forged.write_bytes(forged.read_bytes()[:-1] + b"?")
    (tmp_path / "note.txt").write_text("not ours")
    lay(tmp_path, report(city, 2))
    assert take_in(tmp_path, secret=SECRET, at=city) == {Outcome.FORGED: 1, Outcome.TAKEN: 1}
    assert len(list((tmp_path / "refused").iterdir())) == 1
    assert (tmp_path / "note.txt").exists()
    assert take_in(tmp_path, secret=SECRET, at=city) == {}


@pytest.mark.django_db
def test_another_report_under_a_code_that_is_taken_is_refused(city: datetime, tmp_path: Path) -> None:
    lay(tmp_path, report(city, 1))
    package = report(city, 1)
    lay(tmp_path, Package("report-another-one", "report", package.body, package.blobs))
    assert take_in(tmp_path, secret=SECRET, at=city) == {Outcome.TAKEN: 1, Outcome.REFUSED: 1}
    assert cases() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "component:9999"}, {"description": "x" * 5000}, {"description": ["a"]}, {"lon": 999.0, "lat": 1.0},
        {"wish": "email", "reporter_email": ""}, {"place": "", "lon": None, "lat": None}, {"lon": "113", "lat": None},
        {"code_hash": "AA"}, {"code_hash": 7},
    ],
)  # fmt: skip
def test_a_signed_package_with_senseless_words_breaks_nothing(
    city: datetime, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    lay(tmp_path, report(city, 1, **wrong))
    lay(tmp_path, report(city, 2))
    found = take_in(tmp_path, secret=SECRET, at=city)
    assert sum(found.values()) == 2
    assert followed_by_hash(hash_number(2)) is not None
    assert waiting(tmp_path) == []


@pytest.mark.django_db
def test_an_act_that_overtakes_its_report_waits_for_it(city: datetime, tmp_path: Path, actor: Find) -> None:
    lay(tmp_path, act(city, 1, "rate", "满意"))
    assert take_in(tmp_path, secret=SECRET, at=city) == {Outcome.LATER: 1}
    lay(tmp_path, report(city, 1))
    assert take_in(tmp_path, secret=SECRET, at=city)[Outcome.TAKEN] == 1
    to_closed(actor, behind(1).number)
    lay(tmp_path, act(city, 1, "rate", "非常满意"))
    assert take_in(tmp_path, secret=SECRET, at=city) == {Outcome.TAKEN: 1, Outcome.REFUSED: 1}
    assert behind(1).state.grade == "满意"
    lay(tmp_path, act(city, 9, "rate", "满意"))
    assert take_in(tmp_path, secret=SECRET, at=city + timedelta(days=8))[Outcome.REFUSED] == 1


@pytest.mark.django_db
def test_a_letter_comes_in_the_same_way(city: datetime, tmp_path: Path) -> None:
    package = report(city, 1, kind="market")
    lay(tmp_path, Package("letter-0000001", "letter", package.body, package.blobs))
    take_in(tmp_path, secret=SECRET, at=city)
    found = letter_of_hash(hash_number(1))
    assert found is not None
    assert (found.kind, found.state, len(found.photos)) == ("market", "forwarded", 1)


# ---- back to the public ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_public_side_hears_what_changed_and_nothing_of_the_house(
    city: datetime, tmp_path: Path, actor: Find
) -> None:
    public = Store(tmp_path / "outside", SECRET)
    house, back = tmp_path / "in", tmp_path / "outside" / "to-public"
    lay(house, report(city, 1))
    take_in(house, secret=SECRET, at=city)
    assert tell_back(back, secret=SECRET, at=city) == 1
    assert tell_back(back, secret=SECRET, at=city) == 0
    public.take_statuses()
    told = public.status(hash_number(1))
    assert told is not None
    assert told["stage"] == "reported"
    to_handling(actor, behind(1).number)
    assert tell_back(back, secret=SECRET, at=city) == 1
    words = json.dumps(read(waiting(back)[0], SECRET).body, ensure_ascii=False)
    for inside in ("acceptor-1", "13800001111", "王女士", "井盖缺失", "建设路"):
        assert inside not in words
    public.take_statuses()
    told = public.status(hash_number(1))
    assert told is not None
    assert (told["stage"], told["body"]) == ("handling", "dept-a")


@pytest.mark.django_db
def test_an_older_word_never_replaces_a_newer_one(city: datetime, tmp_path: Path, actor: Find) -> None:
    public = Store(tmp_path / "outside", SECRET)
    house, held, back = tmp_path / "in", tmp_path / "held", tmp_path / "outside" / "to-public"
    lay(house, report(city, 1))
    take_in(house, secret=SECRET, at=city)
    tell_back(held, secret=SECRET, at=city)
    to_handling(actor, behind(1).number)
    tell_back(back, secret=SECRET, at=city)
    public.take_statuses()
    late = waiting(held)[0]
    for name in ("a", "b"):  # it comes late, and twice
        shutil.copy(late, back / f"{name}.wgs")
        public.take_statuses()
    told = public.status(hash_number(1))
    assert told is not None
    assert told["stage"] == "handling"


@pytest.mark.django_db
def test_a_forged_status_is_not_believed(city: datetime, tmp_path: Path) -> None:
    public = Store(tmp_path, SECRET)
    body = {"serial": 9, "statuses": {hash_number(1).hex(): {"kind": "case"}}}
    put(tmp_path / "to-public", "1", packed(Package("status-9", "statuses", body), b"t" * 40))
    assert public.take_statuses() == 0
    assert public.status(hash_number(1)) is None
    assert len(list((tmp_path / "to-public" / "refused").iterdir())) == 1


@pytest.mark.django_db
def test_what_did_not_move_costs_one_statement_however_much_it_is(
    city: datetime, tmp_path: Path, actor: Find, django_assert_num_queries: Any
) -> None:
    for number in range(4):
        lay(tmp_path, report(city, number))
    take_in(tmp_path, secret=SECRET, at=city)
    assert tell_back(tmp_path / "out", secret=SECRET, at=city) == 4
    with django_assert_num_queries(1):
        assert tell_back(tmp_path / "out", secret=SECRET, at=city) == 0
    to_handling(actor, behind(2).number)
    assert tell_back(tmp_path / "out", secret=SECRET, at=city) == 1


@pytest.mark.django_db
def test_a_report_from_beyond_the_border_is_handed_on(city: datetime, tmp_path: Path) -> None:
    lay(tmp_path, report(city, 1, lon=-66.866, lat=-27.827))
    assert take_in(tmp_path, secret=SECRET, at=city) == {Outcome.TAKEN: 1}
    found = letter_of_hash(hash_number(1))
    assert found is not None
    assert (found.kind, cases()) == ("out_of_area", 0)
    assert len(found.photos) == 1


# ---- the process that has no database --------------------------------------------------------------------------------

_OUTSIDE = """
import base64, io, json, os, re, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "wangge.project.outer_settings"
import django
django.setup()
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
from html import unescape
client, said = Client(), {}
def keys(page):
    return re.search(r'name="key" value="([^"]*)"', page)[1]
picture = base64.b64decode(sys.argv[1])
urls = ("/", "/public", "/public/report", "/public/letters", "/public/status", "/healthz")
said["pages"] = [client.get(url).status_code for url in urls]
page = client.get("/public/report").content.decode()
form = {"key": keys(page), "description": "路灯不亮 <script>", "address": "建设路 1 号", "wish": "none"}
refused = client.post("/public/report", {**form, "address": "", "photo_before": SimpleUploadedFile("a.jpg", picture)})
said["refused"] = [refused.status_code, "路灯不亮 &lt;script&gt;" in refused.content.decode()]
kept = re.search(r'name="kept_photo_before" value="([^"]*)"', refused.content.decode())[1]
codes = []
for turn in range(2):
    answer = client.post("/public/report", {**form, "kept_photo_before": kept})
    codes.append(re.search(r'id="code">([^<]+)<', answer.content.decode())[1])
said["codes"] = codes
said["status"] = re.search("<h1>([^<]*)</h1>", client.post("/public/status", {"code": codes[0]}).content.decode())[1]
said["wrong"] = client.post("/public/status", {"code": "AAAA"}).status_code
heic = SimpleUploadedFile("a.heic", b"\\0\\0\\0\\x18ftypheic" + b"x" * 99)
said["heic"] = client.post("/public/report", {**form, "photo_before": heic}).status_code
from django.db import connection
try:
    connection.cursor()
    said["database"] = "open"
except Exception as error:
    said["database"] = type(error).__name__
print(json.dumps(said))
"""


def outside(folder: Path, script: str, *words: str) -> Any:
    environment = {
        **{name: value for name, value in os.environ.items() if "DATABASE" not in name},
        "WANGGE_VAR": str(folder), "WANGGE_SPOOL": str(folder / "spool"), "WANGGE_SPOOL_SECRET": SECRET.decode(),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.django_db
def test_the_surface_alone_takes_a_report_and_tells_its_way_without_a_database(
    city: datetime, tmp_path: Path, actor: Find
) -> None:
    said = outside(tmp_path, _OUTSIDE, base64.b64encode(jpeg()).decode())
    assert said["pages"] == [200] * 6
    assert said["refused"] == [422, True]
    assert said["codes"][0] == said["codes"][1]
    assert said["status"] == "已收到，正在送交办理"
    assert (said["wrong"], said["heic"]) == (422, 422)
    assert said["database"] == "ImproperlyConfigured"
    ask = _OUTSIDE.split("client, said", maxsplit=1)[0] + (
        "page = Client().post('/public/status', {'code': sys.argv[1]}).content.decode()\n"
        "print(json.dumps([each in page for each in ('正在送交办理', '编号', '经过', '键盘操作')]))\n"
    )
    assert outside(tmp_path, ask, said["codes"][0]) == [True, False, False, False]
    house = tmp_path / "spool" / "to-house"
    assert len(waiting(house)) == 1
    assert take_in(house, secret=SECRET, at=city) == {Outcome.TAKEN: 1}
    assert cases() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM cases_case")
        to_closed(actor, cursor.fetchone()[0])
    tell_back(tmp_path / "spool" / "to-public", secret=SECRET, at=city)
    again = _OUTSIDE.split("client, said", maxsplit=1)[0] + (
        "client = Client()\n"
        "page = client.post('/public/status', {'code': sys.argv[1]}).content.decode()\n"
        "rated = client.post('/public/status/acts', {'code': sys.argv[1], 'act': 'rate', 'grade': '满意'})\n"
        "print(json.dumps([re.search('<h1>([^<]*)</h1>', page)[1], page.count('name=\"grade\"'),"
        " page.count('data:image/jpeg'), rated.status_code]))\n"
    )
    assert outside(tmp_path, again, said["codes"][0]) == ["已办结", 5, 2, 200]
    assert take_in(house, secret=SECRET, at=city) == {Outcome.TAKEN: 1}
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM cases_case")
        assert json.loads(cursor.fetchone()[0])["grade"] == "满意"


def test_limits_hold_outside_as_well(tmp_path: Path) -> None:
    from wangge.domains.citizens.logic.limits import Limit, Most

    store, at = Store(tmp_path, SECRET), datetime.fromisoformat("2024-03-13T09:00:00+08:00")
    most = Most(2, 9, 9)
    assert [store.count("report", at=at, most=most, address="a") for _turn in range(3)] == [None, None, Limit.ADDRESS]
    assert store.count("report", at=at, most=most, address="b") is None
    assert store.count("report", at=at + timedelta(hours=2), most=most, address="a") is None
