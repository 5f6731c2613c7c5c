"""What a citizen may join: open cases of the public near a place, the likeliest first; nothing closed to the public."""

from __future__ import annotations

from datetime import datetime

from wangge.domains.cases.queries.published import PUBLISHED
from wangge.domains.cases.queries.similar import Similar, similar_among
from wangge.domains.organizations.queries import city_tables

MOST = 3


def joinable(*, lon: float, lat: float, category: str, at: datetime, words: str = "") -> list[Similar]:
    """Open published cases that may be the same matter; one statement."""
    sight = f"({PUBLISHED}) AND c.stage <> ALL(%s)"
    return similar_among(sight, [ended_stages()], lon=lon, lat=lat, category=category, at=at, words=words, most=MOST)


def ended_stages() -> list[str]:
    """The stages in which nothing more happens to a matter."""
    return [row.stage for row in city_tables().stages if row.is_ending]
