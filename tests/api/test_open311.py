"""Open311 GeoReport v2 to the letter: formats, dates, ids, windows, errors, and nothing before a decision opened it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import Speak, actor, small_city, speak
from tests.cases.conftest import BEGAN
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.queries.published import blanked
from wangge.domains.organizations.logic import SYSTEM, TERMINAL, token_digest
from wangge.domains.organizations.models import AccessToken, Person, PublicDoor
from wangge.domains.organizations.operations.public_doors import close_door, open_door
from wangge.groundwork import clock

__all__ = ["actor", "small_city", "speak"]
pytestmark = pytest.mark.django_db
KEY = "key-of-a-partner"
REQUEST = {
    "api_key": KEY, "service_code": "event-0110", "lat": "27.827", "long": "113.134", "description": "垃圾未清运",
}  # fmt: skip
ZULU = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def door(small_city: None) -> None:
    """Opened by a recorded decision; a partner has a key."""
    open_door(
        by=TERMINAL, at=clock.now(), door=PublicDoor.OPEN311, decided_by="局", decision="第 1 号", secrecy_review="通过"
    )
    _key("acceptor-1", "open311", KEY)


def _key(username: str, scope: str, token: str) -> None:
    person = Person.objects.get(username=username)
    AccessToken.objects.create(person=person, digest=token_digest(token), scope=scope, created_at=BEGAN)


def get(path: str, **parameters: str) -> HttpResponse:
    return Client(raise_request_exception=False).get(f"/open311/v2/{path}", parameters)  # type: ignore[return-value]


def post(path: str = "requests.json", /, **form: Any) -> HttpResponse:
    client = Client(raise_request_exception=False)
    from urllib.parse import urlencode

    body = urlencode(form, doseq=True)
    kind = "application/x-www-form-urlencoded; charset=utf-8"
    return client.post(f"/open311/v2/{path}", body, content_type=kind)  # type: ignore[return-value]


def created(**changed: Any) -> str:
    answer = post(**{**REQUEST, **changed})
    assert answer.status_code == 200, answer.content.decode()
    (request,) = json.loads(answer.content)
    return str(request["service_request_id"])


def error(answer: HttpResponse, status: int) -> str:
    """The description of the one error of a refusal in JSON."""
    assert answer.status_code == status, answer.content.decode()
    (told,) = json.loads(answer.content)
    assert told["code"] == str(status)
    return str(told["description"])


# ---- the door ------------------------------------------------------------------------------------------------------


def test_nothing_answers_before_a_recorded_decision_and_nothing_after_it_is_closed(small_city: None) -> None:
    paths = ("discovery.json", "services.json", "requests.json", "requests/1.json", "servicerequestupdates.json")
    for path in paths:
        assert "没有开放" in error(get(path), 404)
    assert "没有开放" in error(post(**REQUEST), 404)
    open_door(
        by=TERMINAL, at=clock.now(), door=PublicDoor.OPEN311, decided_by="局", decision="开", secrecy_review="通过"
    )
    assert get("discovery.json").status_code == 200
    close_door(by=TERMINAL, at=clock.now(), door=PublicDoor.OPEN311, decided_by="局", decision="关")
    for path in paths:
        error(get(path), 404)


# ---- discovery and services ----------------------------------------------------------------------------------------


def test_discovery_names_two_endpoints_and_two_formats_and_a_changeset_in_the_past(door: None) -> None:
    answer = get("discovery.json")
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    told = json.loads(answer.content)
    assert set(told) == {"changeset", "contact", "key_service", "endpoints"}
    assert datetime.fromisoformat(told["changeset"]) < clock.now()
    assert [each["type"] for each in told["endpoints"]] == ["production", "test"]
    for endpoint in told["endpoints"]:
        assert set(endpoint) == {"specification", "url", "changeset", "type", "formats"}
        assert endpoint["formats"] == ["text/xml", "application/json"]
        path = endpoint["url"].partition("testserver")[2]
        assert Client().get(f"{path}/services.json").status_code == 200


def test_discovery_in_xml_says_the_same(door: None) -> None:
    answer = get("discovery.xml")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml")
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "discovery"
    assert [e.findtext("type") for e in root.findall("endpoints/endpoint")] == ["production", "test"]
    assert [f.text for f in root.findall("endpoints/endpoint[1]/formats/format")] == ["text/xml", "application/json"]


def test_every_service_has_a_description_and_a_true_or_false_metadata(door: None) -> None:
    told = json.loads(get("services.json").content)
    assert len(told) > 150
    fields = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
    for service in told:
        assert set(service) == fields
        assert all(isinstance(service[name], str) and service[name].strip() for name in fields - {"metadata"})
        assert isinstance(service["metadata"], bool)
        assert service["type"] in ("realtime", "batch", "blackbox")
    assert len({service["service_code"] for service in told}) == len(told)
    root = ElementTree.fromstring(get("services.xml").content)
    assert (root.tag, {child.tag for child in root}) == ("services", {"service"})
    assert [s.findtext("metadata") for s in root] == ["true" if s["metadata"] else "false" for s in told]


def test_a_service_with_metadata_has_a_definition_whose_list_of_one_stays_a_list(door: None) -> None:
    services = json.loads(get("services.json").content)
    with_metadata = next(service for service in services if service["metadata"])
    told = json.loads(get(f"services/{with_metadata['service_code']}.json").content)
    assert told["service_code"] == with_metadata["service_code"]
    (attribute,) = told["attributes"]
    assert attribute["variable"] is True
    assert attribute["required"] in (True, False)
    assert attribute["datatype"] == "singlevaluelist"
    assert attribute["order"] == 1
    assert len(attribute["values"]) > 1
    assert all(set(value) == {"key", "name"} and value["name"] for value in attribute["values"])
    root = ElementTree.fromstring(get(f"services/{with_metadata['service_code']}.xml").content)
    assert root.tag == "service_definition"
    assert len(root.findall("attributes/attribute/values/value")) == len(attribute["values"])
    assert "没有服务" in error(get("services/nothing.json"), 404)


# ---- creating ------------------------------------------------------------------------------------------------------


def test_a_request_becomes_a_report_and_can_be_read_at_once(door: None) -> None:
    answer = post(**REQUEST, first_name="小明", last_name="王", phone="13812345678", email="w@example.org",
                  media_url="https://example.org/a.jpg")  # fmt: skip
    assert answer.status_code == 200
    (told,) = json.loads(answer.content)
    assert set(told) == {"service_request_id", "service_notice", "account_id"}
    number = told["service_request_id"]
    (one,) = json.loads(get(f"requests/{number}.json").content)
    assert one["service_request_id"] == number
    assert (one["status"], one["service_code"], one["service_name"]) == ("open", "event-0110", "暴露生活垃圾")
    assert (one["lat"], one["long"]) == (27.827, 113.134)
    assert one["description"] == "垃圾未清运"
    assert one["media_url"] == "https://example.org/a.jpg"
    assert ZULU.fullmatch(one["requested_datetime"])
    assert ZULU.fullmatch(one["updated_datetime"])
    text = json.dumps(one, ensure_ascii=False)
    assert not any(word in text for word in ("小明", "13812345678", "w@example.org"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT source, entry, external_no FROM cases_case WHERE number = %s", [number])
        source, entry, external = cursor.fetchone()
        cursor.execute(
            "SELECT s.post, t.texts->'reporter_name'->>1, t.texts->'reporter_phone'->>1, t.texts->'reporter_email'->>1"
            " FROM cases_step s JOIN cases_case c ON c.id = s.case_id JOIN cases_private_texts t ON t.case_id = c.id"
            " WHERE c.number = %s", [number],
        )  # fmt: skip
        assert cursor.fetchone() == ("system", "王小明", "13812345678", "w@example.org")
    assert (source, entry) == ("public", "receive_report")
    assert external.startswith("open311:")
    assert json.loads(get(f"tokens/{external.partition(':')[2]}.json").content) == [
        {"service_request_id": number, "token": external.partition(":")[2]}
    ]


def test_creating_answers_in_xml_too_and_an_address_alone_is_a_place(door: None) -> None:
    form = {name: value for name, value in REQUEST.items() if name not in ("lat", "long")}
    answer = post("requests.xml", **form, address_string="东风路 8 号", lat="", long="")
    assert answer.status_code == 200, answer.content.decode()
    root = ElementTree.fromstring(answer.content)
    number = root.findtext("request/service_request_id")
    root = ElementTree.fromstring(get(f"requests/{number}.xml").content)
    assert (root.tag, len(root)) == ("service_requests", 1)
    assert root.findtext("request/address") == "东风路 8 号"
    assert root.find("request/lat") is not None
    assert not root.findtext("request/lat")


def test_a_choice_of_the_definition_is_taken_and_another_refused(door: None) -> None:
    services = json.loads(get("services.json").content)
    code = next(service["service_code"] for service in services if service["metadata"])
    definition = json.loads(get(f"services/{code}.json").content)
    key = definition["attributes"][0]["values"][1]["key"]
    number = created(service_code=code, **{"attribute[condition]": key})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payload FROM cases_step s JOIN cases_case c ON c.id = s.case_id WHERE number = %s", [number]
        )
        assert json.loads(cursor.fetchone()[0])["foreign"]["attributes"] == {"condition": key}
    assert "服务定义" in error(post(**{**REQUEST, "service_code": code, "attribute[condition]": "99"}), 400)
    many = post(**{**REQUEST, "attribute[tags][]": ["甲", "乙"]})
    assert many.status_code == 200


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "wrong"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "nothing"}, 404),
        ({"jurisdiction_id": "elsewhere.example"}, 404),
        ({"lat": "", "long": ""}, 400),
        ({"lat": ""}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "95.0"}, 400),
        ({"lat": "nan"}, 400),
        ({"description": "长" * 4001}, 400),
        ({"media_url": "javascript:alert(1)"}, 400),
        ({"first_name": "名" * 300}, 400),
    ],
)
def test_what_is_wrong_is_refused_with_its_status(door: None, changed: dict[str, str], status: int) -> None:
    assert error(post(**{**REQUEST, **changed}), status)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        assert cursor.fetchone() == (0,)


def test_refusals_in_xml_are_a_list_of_errors(door: None) -> None:
    answer = post("requests.xml", **{**REQUEST, "api_key": "wrong"})
    assert answer.status_code == 403
    root = ElementTree.fromstring(answer.content)
    assert (root.tag, root.findtext("error/code")) == ("errors", "403")
    assert root.findtext("error/description")


def test_a_key_of_another_scope_is_refused(door: None) -> None:
    _key("acceptor-1", "read", "read-only")
    assert "范围" in error(post(**{**REQUEST, "api_key": "read-only"}), 403)


@pytest.mark.parametrize(
    "text",
    ["😀𠮷🧑‍🚒", "'; DROP TABLE cases_case; --", "<script>alert(1)</script> & <b>", "a\0b\x01c", "垃圾\r\n第二行"],
)
def test_odd_words_come_back_as_words_in_both_formats(door: None, text: str) -> None:
    number = created(description=text)
    expected = text.replace("\0", "")
    (one,) = json.loads(get(f"requests/{number}.json").content)
    assert one["description"] == expected
    root = ElementTree.fromstring(get(f"requests/{number}.xml").content)
    plain = expected.replace("\x01", "").replace("\r\n", "\n")
    assert (root.findtext("request/description") or "").replace("\r\n", "\n") == plain


def test_the_same_key_of_idempotency_gives_the_same_request(door: None) -> None:
    from urllib.parse import urlencode

    client = Client()
    numbers = set()
    for _turn in range(3):
        answer = client.post(
            "/open311/v2/requests.json", urlencode(REQUEST), content_type="application/x-www-form-urlencoded",
            headers={"Idempotency-Key": "once"},
        )  # fmt: skip
        numbers.add(json.loads(answer.content)[0]["service_request_id"])
    assert len(numbers) == 1
    assert created() not in numbers


def test_the_test_endpoint_answers_alike_and_writes_nothing(door: None) -> None:
    answer = Client().post("/open311/test/v2/requests.json", REQUEST)
    assert answer.status_code == 200, answer.content
    (told,) = json.loads(answer.content)
    assert error(get(f"requests/{told['service_request_id']}.json"), 404)
    assert json.loads(get("requests.json").content) == []


# ---- the list ------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(door: None) -> list[str]:
    """Requests of the last days and one of 80 days ago, the oldest first."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_month_partitions(%s, %s)", [(now - timedelta(days=81)).date(), now.date()])
    numbers = []
    for n, days in enumerate((80, 3, 2, 1)):
        report = Report(source="public", category=("event:0110", "component:0137")[n % 2], description=f"第 {n} 件",
                        location={"lon": 113.134, "lat": 27.827}, external_no=f"open311:t{n}")  # fmt: skip
        numbers.append(report_case(report=report, by=SYSTEM, at=now - timedelta(days=days)).number)
    return numbers


def ids(**parameters: str) -> list[str]:
    answer = get("requests.json", **parameters)
    assert answer.status_code == 200, answer.content.decode()
    return [request["service_request_id"] for request in json.loads(answer.content)]


def stamp(days: float) -> str:
    return (clock.now() - timedelta(days=days)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_list_is_of_the_last_90_days_the_newest_first(many: list[str]) -> None:
    assert ids() == many[::-1]
    assert ids(start_date=stamp(2.5)) == [many[3], many[2]]
    assert ids(end_date=stamp(2.5)) == [many[1], many[0]]
    assert ids(start_date=stamp(100), end_date=stamp(70)) == [many[0]]


def test_empty_parameters_count_as_absent(many: list[str]) -> None:
    assert ids(start_date="", end_date="", status="", service_code="", service_request_id="", page="", page_size="",
               jurisdiction_id="") == many[::-1]  # fmt: skip


def test_comma_lists_narrow_and_ids_override_the_rest(many: list[str]) -> None:
    assert ids(service_code="component-0137") == [many[3], many[1]]
    assert ids(service_code="component-0137, event-0110") == many[::-1]
    assert ids(service_request_id=f"{many[0]},{many[2]}", service_code="component-0137", status="closed") == [
        many[2], many[0],
    ]  # fmt: skip
    assert ids(status="closed") == []
    assert ids(status="open,closed") == many[::-1]


def test_pages_follow_one_another_without_gap_or_double(many: list[str]) -> None:
    pages = [ids(page=str(page), page_size="3") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 1, 0]
    assert [number for page in pages for number in page] == many[::-1]


@pytest.mark.parametrize(
    "parameters",
    [
        {"start_date": "2024-01-01T00:00:00Z", "end_date": "2024-04-01T00:00:01Z"},
        {"start_date": "2024-02-01T00:00:00Z", "end_date": "2024-01-01T00:00:00Z"},
        {"start_date": "2024-01-01T00:00:00"},
        {"start_date": "yesterday"},
        {"end_date": "0001-01-01T00:00:00Z"},
        {"status": "done"},
        {"page": "0"},
        {"page": "x"},
        {"page_size": "1001"},
    ],
)
def test_a_window_or_a_page_that_cannot_be_is_400(door: None, parameters: dict[str, str]) -> None:
    assert error(get("requests.json", **parameters), 400)


def test_exactly_ninety_days_are_allowed_and_offsets_are_read(door: None) -> None:
    assert get("requests.json", start_date="2024-01-01T00:00:00Z", end_date="2024-03-31T00:00:00Z").status_code == 200
    assert get("requests.json", start_date="2024-01-01T08:00:00+08:00").status_code == 200
    assert error(get("requests.json", service_code="nothing"), 404)


def test_unknown_things_are_404_in_the_format_asked_for(door: None) -> None:
    assert error(get("requests/430202-20240101-00001.json"), 404)
    assert error(get("tokens/nothing.json"), 404)
    assert error(get("elsewhere.json"), 404)
    assert ElementTree.fromstring(get("elsewhere.xml").content).tag == "errors"
    assert error(get("services.json", jurisdiction_id="elsewhere.example"), 404)
    assert get("services.json", jurisdiction_id="testserver").status_code == 200


def test_other_methods_are_told_which_there_are(door: None) -> None:
    client = Client(raise_request_exception=False)
    answer = client.delete("/open311/v2/requests.json")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    assert client.options("/open311/v2/services.json").status_code == 204
    assert client.head("/open311/v2/services.xml").status_code == 200


def test_only_citizens_reports_are_published_and_denunciations_never(door: None, speak: Speak) -> None:
    place = {"lon": 113.134, "lat": 27.827}
    speak("collector-1").report()
    closed = Report(
        source="public", category="event:0110", description="举报", location=place, denounces=True, external_no="d1"
    )
    report_case(report=closed, by=SYSTEM, at=clock.now())
    assert ids() == []
    number = created()
    assert ids() == [number]


def test_numbers_that_name_people_are_blanked(door: None) -> None:
    number = created(description="请联系 138 1234 5678 或 430202199001011234，a.b@example.org；门牌 1234 号")
    (one,) = json.loads(get(f"requests/{number}.json").content)
    assert one["description"] == "请联系 *** 或 ***，***；门牌 1234 号"
    assert blanked("0731-22881234 与 2024-03-01") == "*** 与 2024-03-01"


def test_a_list_asks_the_database_the_same_few_times_however_long_it_is(many: list[str]) -> None:
    get("requests.json")
    with CaptureQueriesContext(connection) as one:
        ids(page_size="1")
    with CaptureQueriesContext(connection) as all_of_them:
        ids()
    assert len(one) == len(all_of_them) <= 4


# ---- updates and the bulk file -------------------------------------------------------------------------------------


def test_updates_tell_each_change_of_stage(many: list[str]) -> None:
    told = json.loads(get("servicerequestupdates.json", service_request_id=many[3]).content)
    assert [(u["service_request_id"], u["status"]) for u in told] == [(many[3], "open")]
    assert told[0]["update_id"] == f"{many[3]}.1"
    assert ZULU.fullmatch(told[0]["updated_datetime"])
    assert len(json.loads(get("servicerequestupdates.json").content)) == 4
    root = ElementTree.fromstring(get("servicerequestupdates.xml").content)
    assert (root.tag, len(root.findall("request_update"))) == ("service_requests_updates", 4)


def test_an_update_is_the_answer_to_a_question_and_nothing_else(many: list[str]) -> None:
    form = {"api_key": KEY, "service_request_id": many[3], "description": "在二楼"}
    assert "没有等待" in error(post("servicerequestupdates.json", **form), 400)
    assert error(post("servicerequestupdates.json", **{**form, "api_key": "wrong"}), 403)
    assert error(post("servicerequestupdates.json", **{**form, "service_request_id": "x"}), 404)


@pytest.mark.parametrize("fmt", ["csv", "json", "xml"])
def test_the_bulk_file_of_a_month_holds_each_request_once(many: list[str], fmt: str) -> None:
    found = []
    for days in (1, 80):
        month = (clock.now() - timedelta(days=days) + timedelta(hours=8)).strftime("%Y-%m")
        answer = Client().get(f"/open311/v2/bulk/requests-{month}.{fmt}")
        data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        found += READ[fmt](data)
    assert set(many[-1:] + many[:1]) <= set(found)
    assert len(found) == len(set(found))


READ: dict[str, Callable[[bytes], list[str]]] = {
    "csv": lambda data: [row["service_request_id"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))],
    "json": lambda data: [row["service_request_id"] for row in json.loads(data)],
    "xml": lambda data: [e.findtext("service_request_id") or "" for e in ElementTree.fromstring(data)],
}
