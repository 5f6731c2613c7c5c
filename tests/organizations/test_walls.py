"""Every page and endpoint × every post: what opens is what the table says, and a new door without a row fails."""

from __future__ import annotations

import pytest

from wangge.domains.organizations.queries import city_tables
from wangge.standards.access import may_open, open_to
from wangge.surfaces.doors import all_doors, door_findings

TABLES = city_tables()
DOORS = sorted(all_doors())
POSTS = sorted(row.post for row in TABLES.posts)


def test_every_page_and_endpoint_has_its_row() -> None:
    assert [finding.text() for finding in door_findings(TABLES)] == []


def test_the_doors_are_those_of_the_product() -> None:
    assert {"api-v1:report_case", "api-v1:list_cases", "api-v1:make_move"} <= set(DOORS)


@pytest.mark.parametrize("door", DOORS)
def test_a_door_opens_to_the_posts_of_its_row(door: str) -> None:
    words = open_to(TABLES)[door]
    for post in POSTS:
        expected = bool(words & {"anyone", "signed_in", post}) or (
            "staff" in words and post not in ("reporter", "system")
        )
        assert may_open(door, [post], signed_in=True, tables=TABLES) == expected, post
