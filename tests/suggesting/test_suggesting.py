"""Suggestions from words: learned from the city's own cases, measured by folds, shown with the measure."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client

from tests.cases.conftest import BEGAN
from tests.jobs.conftest import Hands, actor, after, hands, small_city
from tests.shared_material import DATA
from tests.web.conftest import Browser
from wangge.domains.cases.logic import suggesting
from wangge.domains.cases.operations.erasing import erase_personal_words
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.operations.teaching import TooFewCases, train
from wangge.domains.cases.queries.suggested import Suggested, suggest
from wangge.domains.cases.suggestion_files import current
from wangge.domains.organizations.logic import TERMINAL, Actor, token_digest
from wangge.domains.organizations.models import AccessToken, Person
from wangge.groundwork import clock

__all__ = ["actor", "hands", "small_city"]
MATTERS = {
    "component:0101": ("dept-a", ("井盖松动有响声", "窨井盖破损下沉", "路中井盖缺失危险")),
    "event:0201": ("dept-b", ("店外摆桌经营占人行道", "商户占道摆摊卖水果", "门店外溢经营堆放货物")),
    "event:0110": ("street-1", ("垃圾堆放数日无人清运", "生活垃圾外溢有臭味", "路边垃圾成堆未清扫")),
}


@pytest.fixture
def taught(hands: Hands) -> dict[str, list[str]]:
    """Sixty cases of three matters, as they came to their units; class → numbers."""
    numbers: dict[str, list[str]] = defaultdict(list)
    for turn in range(20):
        for category, (_unit, words) in MATTERS.items():
            by = hands.actor("acceptor-1")
            report = Report(
                source="media", category=category, description=f"{words[turn % 3]}，第 {turn} 处",
                location={"lon": 113.134, "lat": 27.827, "address": "建设路"},
            )  # fmt: skip
            numbers[category].append(report_case(report=report, by=by, at=after(turn)).number)
    with connection.cursor() as cursor:
        for category, (unit, _words) in MATTERS.items():
            cursor.execute(
                "UPDATE cases_case SET filed_at = reported_at, department_code = %s, version = version"
                " WHERE number = ANY(%s)",
                [unit, numbers[category]],
            )
    return numbers


def trained(path: Path, **given: Any) -> dict[str, Any]:
    return train(directory=path, at=after(60), software="test", edition="e", **given)


def asked(path: Path, words: str, by: Actor = TERMINAL) -> Suggested:
    found = suggest(words=words, by=by, directory=path)
    assert found is not None
    return found


@pytest.mark.django_db
def test_class_and_owner_are_learned_from_the_citys_own_cases(
    taught: dict[str, list[str]], tmp_path: Path, actor: Callable[[str], Actor]
) -> None:
    made = trained(tmp_path)
    assert (made["cases"], made["classes"]) == (60, sorted(MATTERS))
    assert made["measured"]["classes"]["first"] > 0.95
    found = asked(tmp_path, "小区门口井盖破损", actor("acceptor-1"))
    assert (found.classes[0], found.owners[0]) == ("component:0101", "dept-a")
    assert asked(tmp_path, "水果摊占道").owners[0] == "dept-b"
    assert {each.number for each in found.echoes} <= set(taught["component:0101"])
    assert len(found.echoes) == 5
    assert found.manifest["made_at"] == after(60).isoformat()


@pytest.mark.django_db
def test_the_same_cases_give_the_same_model(taught: dict[str, list[str]], tmp_path: Path) -> None:
    trained(tmp_path / "a")
    trained(tmp_path / "b")
    one, other = current(tmp_path / "a"), current(tmp_path / "b")
    assert one is not None
    assert other is not None
    assert np.array_equal(one.classes, other.classes)
    assert one.manifest == other.manifest


@pytest.mark.django_db
def test_a_case_reported_after_the_training_is_offered_too(
    taught: dict[str, list[str]], hands: Hands, tmp_path: Path
) -> None:
    trained(tmp_path)
    report = Report(source="media", description="高架桥下积水成潭", location={"lon": 113.134, "lat": 27.827})
    number = report_case(report=report, by=hands.actor("acceptor-1"), at=after(90)).number
    assert asked(tmp_path, "高架桥下面积水", hands.actor("acceptor-1")).echoes[0].number == number


@pytest.mark.django_db
def test_who_may_not_see_a_case_is_not_offered_it(
    taught: dict[str, list[str]], tmp_path: Path, actor: Callable[[str], Actor]
) -> None:
    trained(tmp_path)
    found = asked(tmp_path, "井盖破损", actor("dept-b"))
    assert {each.number for each in found.echoes} & set(taught["component:0101"]) == set()
    assert found.classes[0] == "component:0101"


@pytest.mark.django_db
def test_erased_words_and_denunciations_teach_nothing(
    taught: dict[str, list[str]], hands: Hands, tmp_path: Path
) -> None:
    gone = taught["component:0101"][0]
    erase_personal_words(number=gone, because="本人申请", by=TERMINAL, at=after(50))
    report = Report(source="media", description="有人夜间倾倒渣土", denounces=True, reporter_phone="13812345678",
                    location={"lon": 113.134, "lat": 27.827})  # fmt: skip
    secret = report_case(report=report, by=hands.actor("acceptor-1"), at=after(40)).number
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET filed_at = reported_at WHERE number = %s", [secret])
    known = trained(tmp_path)["cases_known"]
    assert gone not in known
    assert secret not in known
    assert secret not in {each.number for each in asked(tmp_path, "夜间倾倒渣土", hands.actor("acceptor-1")).echoes}


@pytest.mark.django_db
def test_too_few_cases_teach_nothing(small_city: None, tmp_path: Path) -> None:
    with pytest.raises(TooFewCases):
        trained(tmp_path)
    assert suggest(words="井盖", by=TERMINAL, directory=tmp_path) is None


@pytest.mark.django_db
def test_asking_costs_two_statements(
    taught: dict[str, list[str]], tmp_path: Path, actor: Callable[[str], Actor], django_assert_num_queries: Any
) -> None:
    trained(tmp_path)
    by = actor("acceptor-1")
    with django_assert_num_queries(2):
        asked(tmp_path, "垃圾无人清运", by)


@pytest.mark.django_db
def test_the_api_says_how_good_the_suggestions_are(taught: dict[str, list[str]], settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    person = Person.objects.get(username="acceptor-1")
    AccessToken.objects.create(digest=token_digest("t"), person=person, scope="read", created_at=BEGAN)
    client = Client(headers={"Authorization": "Bearer t"})

    def post(words: Any) -> Any:
        return client.post("/api/v1/suggestions", json.dumps({"words": words}), content_type="application/json")

    with clock.held_at(after(100)):
        assert post("井盖").json()["model"] is None
        trained(tmp_path / "suggestions")
        found = post("路口井盖缺失").json()
        assert found["classes"][0] == "component:0101"
        assert found["classes_measured"]["cases"] == 60
        assert 0.9 < found["classes_measured"]["among_three"] <= 1
        assert len(found["same"]) == 5
        for words in ("", "😀𠀀", "'; DROP TABLE cases_case; --", "<script>", "x" * 9_999):
            assert post(words).status_code == 200
        assert post("\0").status_code == 400
        assert post("x" * 10_001).status_code == 422
        assert post(7).status_code == 422


def rows_of(name: str) -> list[dict[str, str]]:
    path = DATA / "taidi2020c" / "dev" / name
    if not path.is_file():
        pytest.skip("the messages are not here")
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_real_messages_are_sorted_into_their_classes() -> None:
    rows = rows_of("labelled.csv.gz")
    names = sorted({row["level1"] for row in rows})
    said = [suggesting.counted(f"{row['title']}\n{row['text']}") for row in rows]
    alike = suggesting.likeness_of(suggesting.rows_of(said, suggesting.rarity_of(said)))
    found = suggesting.measured(alike, np.array([names.index(row["level1"]) for row in rows]), len(names))
    assert found.macro_f1 >= 0.75
    assert found.among_three >= 0.9


def test_real_repeats_of_the_same_matter_are_among_the_first_five() -> None:
    rows = sorted(rows_of("hotline_messages.csv.gz"), key=lambda row: (row["time"], int(row["message_id"])))
    said = [suggesting.counted(f"{row['title']}\n{row['text']}") for row in rows]
    made = suggesting.rows_of(said, suggesting.rarity_of(said))
    echoes = suggesting.echoes_of(made)
    place = {row["message_id"]: number for number, row in enumerate(rows)}
    matters: dict[str, list[int]] = defaultdict(list)
    for row in rows_of("same_matter.csv"):
        if row["same_matter"] == "1":
            matters[row["matter"]].append(place[row["message_id"]])
    offered = []
    for members in matters.values():
        for number in sorted(members)[1:]:
            earlier = [each for each, _like in suggesting.likest(made.row(number), echoes, most=len(rows))
                       if each < number][:5]  # fmt: skip
            offered.append(bool(set(earlier) & set(members)))
    assert sum(offered) >= 0.99 * len(offered)


@pytest.mark.django_db
def test_a_seat_takes_a_suggestion_over_by_a_click(taught: dict[str, list[str]], settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    with clock.held_at(after(100)):
        seat = Browser("acceptor-1")
        assert 'id="suggested"' not in seat.get("/cases/new")
        trained(tmp_path / "suggestions")
        assert 'id="suggested"' in seat.get("/cases/new")
        answer = seat.client.post("/cases/new/suggested", {"description": "路口井盖缺失"})
        page = answer.content.decode()
        assert re.findall(r'data-fills="category" data-value="([^"]+)"', page)[0] == "component:0101"
        assert "首位正确 100%" in page
        assert "60 件案卷" in page
        # Without script the button sends the form, which comes back filled in.
        seat.send("report", status=200, description="路口井盖缺失", take="category component:0101")
        assert '<option value="component:0101" data-hint="0101"' in seat.page.replace(" selected", "")
        assert re.search(r'<option value="component:0101"[^>]* selected', seat.page)
        for words in ("", "👍𠀀", "'; DROP TABLE cases_case; --", "<script>", "x" * 99_999):
            assert seat.client.post("/cases/new/suggested", {"description": words}).status_code == 200


@pytest.mark.django_db
def test_a_cases_page_asks_for_class_and_unit_as_far_as_they_are_open(
    taught: dict[str, list[str]], settings: Any, tmp_path: Path, hands: Hands
) -> None:
    settings.VAR = tmp_path
    trained(tmp_path / "suggestions")
    with clock.held_at(after(100)):
        number = hands.report()
        seat = Browser("acceptor-1")
        url = f"/cases/{number}/suggested"
        assert f'hx-get="{url}"' in seat.get(f"/cases/{number}")
        assert 'data-fills="department"' not in seat.get(url)
        hands.to_handling(number)
        assert url not in seat.get(f"/cases/{number}")
        leader = Browser("duty_leader-1")
        waiting = hands.report()
        hands.step(waiting, "acceptor-1", "accept", after(100), category="component:0101")
        assert 'data-fills="department"' in leader.get(f"/cases/{waiting}/suggested")
        leader.get("/cases/430202-20240313-99999/suggested", status=404)
