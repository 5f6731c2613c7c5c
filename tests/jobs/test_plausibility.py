"""Photos agree with a report when time, place and picture do; whatever is odd goes to a person."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cases.conftest import START
from tests.jobs.conftest import PLACE, Hands, after, shot
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.plausibility import (
    AFTER,
    BEFORE,
    Picture,
    look_alike,
    pictures_fit,
    pictures_of_case_fit,
    thresholds_on,
)
from wangge.groundwork.attachments.operations import receive_photo

REPORTED = datetime(2024, 3, 13, 2, 0, tzinfo=UTC)
HERE = (113.134, 27.827)
MINUTE = timedelta(minutes=1)
FIRST = Picture(BEFORE, "a", REPORTED - 20 * MINUTE, *HERE, 0x0F0F)
SECOND = Picture(AFTER, "b", REPORTED - 10 * MINUTE, *HERE, 0x0F0E)


def fits(first: Picture = FIRST, second: Picture = SECOND, **given: Any) -> bool:
    thresholds = thresholds_on(REPORTED.date())
    return pictures_fit((first, second), place=HERE, reported_at=REPORTED, thresholds=thresholds, **given)


def test_a_pair_taken_here_and_just_now_fits() -> None:
    assert fits()


@pytest.mark.parametrize(
    "change",
    [
        {"taken_at": None},
        {"lon": None, "lat": None},
        {"taken_at": REPORTED - 121 * MINUTE},
        {"taken_at": REPORTED + 6 * MINUTE},
        {"lat": HERE[1] + 0.0014},  # 155 m north
        {"lon": HERE[0] + 0.0016},  # 157 m east
        {"taken_at": REPORTED - 5 * MINUTE},  # after the one that shows the result
        {"photo_id": "b"},
        {"kind": AFTER},
    ],
    ids=str,
)
def test_what_is_odd_does_not_fit(change: dict[str, Any]) -> None:
    assert not fits(dataclasses.replace(FIRST, **change))


@pytest.mark.parametrize(
    "change",
    [
        {"taken_at": REPORTED - 120 * MINUTE},
        {"lat": HERE[1] + 0.0013},  # 145 m
        {"taken_at": SECOND.taken_at},
    ],
    ids=str,
)
def test_what_lies_just_within_the_thresholds_fits(change: dict[str, Any]) -> None:
    assert fits(dataclasses.replace(FIRST, **change))


def test_minutes_and_metres_are_the_citys_own(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "settings.csv").write_text(
        "key,value,valid_from,valid_to,scope,source,confidence\n"
        "self_handled_within,15,,,city,own choice of this city,C\n"
        "self_handled_within_m,300,,,city,own choice of this city,C\n"
    )
    settings.CITY_OVERLAY = tmp_path
    assert not fits()
    near = [
        dataclasses.replace(each, taken_at=REPORTED - 10 * MINUTE, lat=HERE[1] + 0.0014) for each in (FIRST, SECOND)
    ]
    assert fits(*near)


def test_a_picture_seen_before_does_not_fit() -> None:
    assert not fits(earlier=[0x0F0F ^ 0b111])
    assert fits(earlier=[~0x0F0F])


def test_fingerprints_are_compared_as_64_bits_whatever_their_sign() -> None:
    assert look_alike(-1, (1 << 64) - 1, bits=3)
    assert not look_alike(-1, 0, bits=3)


@pytest.mark.django_db
def test_the_same_pair_handed_in_twice_does_not_fit(hands: Hands) -> None:
    who = hands.actor("collector-1")
    ids = {kind: [shot(who, START, START - 5 * MINUTE)] for kind in (BEFORE, AFTER)}
    report = Report(
        source="collector", category="event:0201", description="店外经营", location=PLACE, photos=ids,
        stated_entry="report_self_handled",
    )  # fmt: skip
    first = report_case(report=report, by=who, at=START)
    second = report_case(report=report, by=who, at=after(30))
    assert pictures_of_case_fit(case_id=first.draft.case_id)
    assert not pictures_of_case_fit(case_id=second.draft.case_id)


@pytest.mark.django_db
def test_a_picture_somebody_else_sent_too_does_not_fit(hands: Hands) -> None:
    reported = hands.self_handled(START)
    case_id = reported.draft.case_id
    assert pictures_of_case_fit(case_id=case_id)
    from wangge.groundwork.attachments.models import PhotoUpload

    photo_id = reported.draft.photos[0][1]
    other = hands.actor("collector-2").person_id
    assert other is not None
    PhotoUpload.objects.create(photo_id=photo_id, uploader_id=other, received_at=START)
    assert not pictures_of_case_fit(case_id=case_id)


@pytest.mark.django_db
def test_a_photo_without_position_does_not_fit(hands: Hands) -> None:
    from tests.cases.photographs import jpeg

    who = hands.actor("collector-1")
    assert who.person_id is not None
    bare = receive_photo(data=jpeg(), by=who.person_id, at=START).id
    ids = {BEFORE: [bare], AFTER: [shot(who, START, START - MINUTE)]}
    report = Report(
        source="collector", category="event:0201", description="店外经营", location=PLACE, photos=ids,
        stated_entry="report_self_handled",
    )  # fmt: skip
    reported = report_case(report=report, by=who, at=START)
    assert not pictures_of_case_fit(case_id=reported.draft.case_id)
