"""The drawn photos of a demo city: distinct, small, honest to the intake, and with place and time when wanted."""

from datetime import UTC, datetime
from functools import cache

import pytest

from wangge.groundwork.attachments.photo_copies import make_copies
from wangge.groundwork.attachments.photo_reading import read_photo
from wangge.project.demo.pictures import Scene, Subject, draw_scene, scene_pool, subject_of, with_notes
from wangge.standards.library import load_tables

NOW = datetime(2024, 4, 12, 4, 0, tzinfo=UTC)


@cache
def pool() -> dict[Scene, bytes]:
    return {scene: draw_scene(scene) for scene in scene_pool()}


def test_the_pool_has_sixty_pictures_and_no_two_alike() -> None:
    assert len(pool()) == 60
    assert len(set(pool().values())) == 60


def test_pictures_are_small_and_taken_in() -> None:
    for scene, picture in pool().items():
        assert 6_000 < len(picture) < 40_000, scene
        make_copies(picture, read_photo(picture, at=NOW).format)


def test_the_same_scene_gives_the_same_bytes() -> None:
    for scene in scene_pool(1):
        assert draw_scene(scene) == pool()[scene]


def test_before_and_after_differ_to_the_eye() -> None:
    for subject in Subject:
        before, after = (
            make_copies(
                pool()[Scene(subject, 0, settled)], read_photo(pool()[Scene(subject, 0, settled)], at=NOW).format
            )
            for settled in (False, True)
        )
        assert before.shown != after.shown


def test_place_and_time_are_written_as_a_telephone_does() -> None:
    taken_at = datetime(2024, 4, 12, 2, 30, 15, tzinfo=UTC)
    noted = with_notes(pool()[scene_pool()[0]], lon=113.13412, lat=27.82745, at=taken_at)
    facts = read_photo(noted, at=NOW)
    assert [facts.lon, facts.lat] == pytest.approx([113.13412, 27.82745], abs=1e-6)
    assert facts.taken_at == taken_at
    assert facts.warnings == ()


def test_every_class_of_the_standards_has_a_subject() -> None:
    subjects = {subject_of(f"{row.category_type}:{row.code4}") for row in load_tables().categories}
    assert subjects == set(Subject)
