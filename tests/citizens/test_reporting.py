"""The public report: screen by screen, nothing lost, nothing twice, nothing trusted silently."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from PIL import Image

from tests.citizens.conftest import POINT, Citizen, picture
from wangge.domains.cases.queries.published import Wanted, published_cases
from wangge.domains.cases.queries.steps import reporter_words
from wangge.domains.cases.rows import CaseRow, load
from wangge.domains.citizens.logic.codes import code_of, grouped, hash_of, typed_code
from wangge.domains.citizens.operations.following import erase_citizens
from wangge.domains.citizens.queries.followers import followed_by, followers_of
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.operations.public_doors import close_door
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
Come = Callable[..., Citizen]


def cases() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        return int(cursor.fetchone()[0])


def case_behind(code: str) -> CaseRow:
    found = followed_by(typed_code(code))
    assert found is not None
    return found.row


def photo_taken_at(lon: tuple[float, str], lat: tuple[float, str]) -> SimpleUploadedFile:
    picture = Image.new("RGB", (64, 48), (9, 90, int(lon[0]) % 256))
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: lat[1], 2: (lat[0], 0.0, 0.0), 3: lon[1], 4: (lon[0], 0.0, 0.0)})
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif)
    return SimpleUploadedFile("g.jpg", buffer.getvalue(), "image/jpeg")


def test_a_citizen_reports_with_a_photo_and_gets_a_code(citizen: Come) -> None:
    person = citizen()
    person.to_contact(photo_before=picture())
    person.press(wish="sms", reporter_name="王女士", reporter_phone="138 0000 1111")
    row = case_behind(person.code)
    assert (row.stage, row.source, row.category or row.state.category) == ("reported", "public", "component:0101")
    assert row.district_code == "430202"
    assert [kind for kind, _photo, _seq in row.photos] == ["photo_before"]
    assert reporter_words(row)["reporter_phone"] == "13800001111"
    assert [(each.wish, each.phone, each.joined) for each in followers_of(row.id)] == [("sms", "13800001111", False)]


def test_the_code_stands_nowhere_but_on_the_page(citizen: Come) -> None:
    code = typed_code(citizen().reports())
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(f)::text FROM citizens_follower f")
        assert code not in str(cursor.fetchall())
        cursor.execute("SELECT code_hash FROM citizens_follower")
        assert bytes(cursor.fetchone()[0]) == hash_of(code)
        cursor.execute("SELECT string_agg(payload::text, '') FROM cases_step")
        assert code not in str(cursor.fetchone())


def test_sending_twice_brings_one_case_and_the_same_code(citizen: Come) -> None:
    person = citizen()
    person.to_contact()
    page = person.page
    person.press()
    code = person.code
    person.page = page
    person.press()
    assert person.code == code
    assert cases() == 1


def test_the_same_form_with_other_words_is_another_report(citizen: Come) -> None:
    person = citizen()
    person.to_contact()
    page = person.page
    person.press()
    first = person.code
    person.page = page
    person.press(description="另一个井盖也没了")
    assert person.code != first
    assert cases() == 2


def test_going_back_and_a_fault_lose_no_word(citizen: Come) -> None:
    person = citizen()
    person.to_contact(words="井盖丢了，有危险", photo_before=picture())
    person.press(wish="sms")
    assert person.status == 422
    assert "请留手机号" in person.text()
    for name in ("kept_photo_before", "description", "location_lon", "address"):
        assert f'name="{name}"' in person.page
    person.press("back")
    assert "井盖丢了，有危险" in person.page
    person.press("back")
    assert POINT[0] in person.page
    person.press()
    person.press()
    person.press(wish="none")
    assert len(case_behind(person.code).photos) == 1


def test_the_place_of_a_photo_is_offered_and_not_taken(citizen: Come) -> None:
    person = citizen()
    person.get("/public/report")
    person.press(photo_before=photo_taken_at((113.16, "E"), (27.86, "N")))
    assert "问题就在那里吗" in person.text()
    assert "113.160000" not in person.page
    person.press()
    assert person.status == 422  # no place was taken from the picture
    person.press("photo_place")
    assert 'value="113.160000"' in person.page


@pytest.mark.parametrize(("lon", "lat"), [((74.0, "W"), (40.7, "N")), ((151.2, "E"), (33.8, "S"))])
def test_a_photo_from_the_other_side_of_the_world_offers_no_place(
    citizen: Come, lon: tuple[float, str], lat: tuple[float, str]
) -> None:
    person = citizen()
    person.get("/public/report")
    person.press(photo_before=photo_taken_at(lon, lat))
    assert "不在本市，没有采用" in person.text()
    assert 'value="photo_place"' not in person.page


@pytest.mark.parametrize(
    "place",
    [
        {"location_lon": "-74.0", "location_lat": "40.7"}, {"location_lon": "x", "location_lat": "27.8"},
        {"location_lon": "999", "location_lat": "999"}, {"location_lon": "nan", "location_lat": "nan"},
        {"location_lon": "113.1", "location_lat": ""}, {},
    ],
)  # fmt: skip
def test_an_impossible_place_is_told_and_nothing_is_made(citizen: Come, place: dict[str, str]) -> None:
    person = citizen()
    person.get("/public/report")
    person.press()
    person.press(**place)
    assert person.status == 422
    assert person.heading == "在哪里"
    assert cases() == 0


@pytest.mark.parametrize(
    "words",
    [
        "'; DROP TABLE cases_case; --",
        "<script>alert(1)</script>",
        "井盖👩‍👩‍👧‍👦🕳️𠮷",
        "a\x00b",
        "\u202e倒\u0000",
        "%s %(x)s {{ 7*7 }}",
    ],
)
def test_whatever_is_written_is_kept_as_it_was_written(citizen: Come, words: str) -> None:
    person = citizen()
    person.to_contact(words=words)
    person.press(reporter_name=words)
    row = case_behind(person.code)
    assert row.description == words.replace("\x00", "")
    assert "<script>alert" not in person.follows(grouped(code_of(secret=b"x", key="y")))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff" * 21_000_000, "20 MB"), (b"", "空"), (b"not a picture", "JPEG、PNG 或 WebP"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200, "HEIC 请先转存"),
    ],
)  # fmt: skip
def test_a_picture_that_cannot_be_taken_is_told_and_may_be_left_out(citizen: Come, content: bytes, said: str) -> None:
    person = citizen()
    person.get("/public/report")
    person.press(photo_before=SimpleUploadedFile("a.heic", content, "image/heic"))
    assert (person.status, person.heading) == (422, "拍一张照片")
    assert said in person.text()
    person.press()
    assert person.heading == "在哪里"


@pytest.mark.parametrize(
    "made_up",
    [
        {"kept_photo_before": "A" * 26}, {"kept_photo_before": "a" * 26}, {"kept_photo_before": "\x00"},
        {"category": "component:9999"}, {"category": "'"}, {"join": "430202-20240313-00001"}, {"join": "\x00"},
        {"step": "nowhere"}, {"step": ""}, {"key": "x" * 5000}, {"wish": "pigeon"}, {"openness": "?"},
        {"reporter_phone": "call me"}, {"reporter_email": "@"}, {"description": "长" * 3000}, {"address": "长" * 500},
    ],
)  # fmt: skip
def test_a_form_made_by_hand_gets_a_clear_answer(citizen: Come, made_up: dict[str, str]) -> None:
    person = citizen()
    person.to_contact()
    person.press(**made_up)
    assert person.status in (200, 409, 422), person.text()
    assert person.heading


def test_what_was_sent_with_nothing_in_it_gets_a_clear_answer(citizen: Come) -> None:
    person = citizen()
    for step in ("photo", "place", "matter", "near", "contact"):
        answer = person.client.post("/public/report", {"step": step, "go": "next"})
        assert answer.status_code in (200, 422)
    assert cases() == 0


def test_a_similar_report_is_joined_and_no_second_case_is_made(citizen: Come) -> None:
    first = citizen().reports(wish="email", reporter_email="a@example.org")
    number = case_behind(first).number
    second = citizen("203.0.113.8")
    second.get("/public/report")
    second.press()
    second.press(location_lon="113.134050", location_lat=POINT[1])
    second.press(description="井盖没有了", category="component:0101")
    assert second.heading == "附近有人报过"
    assert "旁边是小学" not in second.page
    second.press(f"join:{number}")
    second.press(wish="sms", reporter_phone="13900002222")
    assert second.heading == "已加入"
    assert cases() == 1
    assert case_behind(second.code).number == number
    told = [(each.joined, each.wish) for each in followers_of(case_behind(first).id)]
    assert told == [(False, "email"), (True, "sms")]
    assert "2 位市民关注" in second.follows(second.code)


@pytest.mark.parametrize("openness", ["private", "denounces"])
def test_a_private_report_and_a_denunciation_are_offered_to_nobody(citizen: Come, openness: str) -> None:
    code = citizen().reports(openness=openness)
    assert published_cases(wanted=Wanted(), limit=10) == []
    other = citizen("203.0.113.8")
    other.to_contact()
    assert other.heading == "要不要答复您"
    other.press(join=case_behind(code).number)
    assert other.status == 409
    assert "已经不能加入" in other.text()


def test_after_erasure_nobody_learns_that_it_was_a_denunciation(citizen: Come) -> None:
    code = citizen().reports(openness="denounces", reporter_phone="13800001111", wish="sms")
    row = case_behind(code)
    erase_citizens(number=row.number, because="本人申请", by=TERMINAL, at=clock.now())
    assert [(each.phone, each.wish) for each in followers_of(row.id)] == [("", "none")]
    assert reporter_words(row) == {}
    assert published_cases(wanted=Wanted(), limit=10) == []


def test_one_address_may_not_send_without_end(citizen: Come) -> None:
    person = citizen()
    for _turn in range(20):
        person.reports()
    person.to_contact(words="第二十一件")
    answer = person.press()
    assert person.status == 429
    assert "第二十一件" in answer
    assert cases() == 20
    assert citizen("203.0.113.9").reports()


def test_one_telephone_may_not_send_without_end(citizen: Come) -> None:
    for turn in range(5):
        citizen(f"203.0.113.{turn}").reports(wish="sms", reporter_phone="13800001111")
    person = citizen("203.0.113.99")
    person.to_contact()
    person.press(wish="sms", reporter_phone="138-0000-1111")
    assert person.status == 429
    assert "这个电话" in person.text()


@pytest.mark.parametrize(
    "url", ["/public/report", "/public/status", "/public/places?q=x", "/public/ground/districts.geojson"]
)
def test_what_no_decision_opened_is_not_there(citizen: Come, url: str) -> None:
    for door in (PublicDoor.REPORT, PublicDoor.STATUS):
        close_door(by=TERMINAL, at=clock.now(), door=door, decided_by="局务会", decision="关闭")
    person = citizen()
    person.get(url)
    assert person.status == 404
    person.get("/public")
    assert "还没有开放" in person.text()


def test_codes_are_read_as_people_type_them() -> None:
    code = code_of(secret=b"s", key="k")
    assert typed_code(grouped(code).lower().replace("-", " ")) == code
    assert typed_code("oil") == ""
    assert typed_code("1" * 15 + "U") == ""
    assert len({code_of(secret=b"s", key=str(number)) for number in range(2000)}) == 2000


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("follower_code_is_a_hash", "code_hash = '\\x00'"), ("follower_wish_known", "wish = 'pigeon'"),
        ("follower_wish_can_be_met", "wish = 'sms', phone = ''"),
        ("follower_erased_is_nobody", "phone = '1', erased_at = now()"),
    ],
)  # fmt: skip
def test_a_follower_says_nothing_impossible(citizen: Come, city: datetime, constraint: str, change: str) -> None:
    citizen().reports()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE citizens_follower SET {change}")


def test_the_screens_need_a_constant_number_of_statements(citizen: Come, django_assert_max_num_queries: object) -> None:
    person = citizen()
    person.to_contact()
    with django_assert_max_num_queries(26):  # type: ignore[operator]
        person.press()
    assert load(case_behind(person.code).number) is not None


@pytest.mark.django_db(transaction=True)
def test_many_presses_at_the_same_moment_make_one_case(citizen: Come) -> None:
    person = citizen()
    person.to_contact()
    page, seen = person.page, []

    def press(number: int) -> None:
        other = citizen(f"203.0.113.{number}")
        other.client.cookies = person.client.cookies
        other.page = page
        other.press()
        seen.append(other.code)
        connection.close()

    threads = [Thread(target=press, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 4
    assert len(set(seen)) == 1
    assert cases() == 1
