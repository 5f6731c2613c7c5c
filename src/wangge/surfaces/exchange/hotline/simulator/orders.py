"""Makes up the orders of a day from a seed: kinds in the proportion a hotline has, words of nobody."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

KINDS = {"consultation": 40, "help": 22, "complaint": 26, "denunciation": 4, "suggestion": 8}
_MATTERS = {
    "consultation": ("门店招牌怎样报批", "共享单车停放点设在哪里", "夜市几点收摊"),
    "help": ("路灯不亮", "树枝压住电线", "井盖松动"),
    "complaint": ("路面破损", "垃圾未清运", "占道经营", "工地夜间施工"),
    "denunciation": ("有人私自搭建", "渣土倾倒"),
    "suggestion": ("增设果皮箱", "增划停车位"),
}
_WITH_PLACE = 0.8


def orders_of_day(
    *, count: int, seed: str, first_at: datetime, places: Sequence[tuple[float, float]], prefix: str
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Messages of ``count`` orders handed over one after another through twelve hours."""
    dice = random.Random(seed)  # noqa: S311 - orders to be had again, not secrets
    step = timedelta(hours=12) / max(count, 1)
    for number in range(1, count + 1):
        (kind,) = dice.choices(tuple(KINDS), tuple(KINDS.values()))
        matter = dice.choice(_MATTERS[kind])
        order_no = f"{prefix}{number:05}"
        message: dict[str, Any] = {
            "message_id": f"{order_no}/order", "type": "order", "order_no": order_no, "kind": kind, "title": matter,
            "content": f"来电反映：{matter}。", "sent_at": (first_at + step * number).isoformat(),
            "urgent": dice.random() < 0.03, "citizen": {"name": "市民", "phone": f"1390000{number % 10000:04}"},
        }  # fmt: skip
        if places and dice.random() < _WITH_PLACE:
            lon, lat = dice.choice(places)
            message["location"] = {"lon": lon, "lat": lat, "address": "来电人所述地点"}
        yield message
