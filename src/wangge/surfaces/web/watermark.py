"""The watermark 水印: who has a page or a file before him, since when; where the city asks for it (``watermark``)."""

from __future__ import annotations

from datetime import datetime

from wangge.domains.cases.rules import rulebook_on
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.clock import CITY_ZONE


def watermark_of(actor: Actor, at: datetime) -> str:
    """What lies over the page or stands at the head of the file; empty where the city asks for none."""
    local = at.astimezone(CITY_ZONE)
    if rulebook_on(local.date()).settings["watermark"] != "on":
        return ""
    return f"{actor.display_name} {actor.username} {local:%Y-%m-%d %H:%M}"
