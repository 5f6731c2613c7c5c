"""Erasure of a person beyond cases and letters: his orders of the hotline, his calls and their recordings.

One place, because no domain may know both; the command that erases and the restore that erases again ask it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from wangge.domains.citizens.operations.erasing import Erasure
from wangge.domains.hotline.operations.erasing import erase_orders
from wangge.domains.organizations.logic import Actor
from wangge.domains.telephone.operations.working import erase_calls
from wangge.groundwork.attachments.recordings import remove_recording

KINDS = ("order", "call")
"""What the list of erasures calls them."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What was reached: orders as ``channel/order_no``, calls by the exchange's names, both never given anew."""

    orders: tuple[str, ...]
    calls: tuple[str, ...]
    recordings: tuple[tuple[str, str], ...]

    def erasures(self, at: datetime) -> tuple[Erasure, ...]:
        """The same as a restore must know it."""
        named = zip(KINDS, (self.orders, self.calls), strict=True)
        return tuple(Erasure(kind, key, at) for kind, keys in named for key in keys)

    def remove_recordings(self) -> None:
        """Remove the sound nobody may hear any more; only once the erasure is committed."""
        for content, form in self.recordings:
            remove_recording(content, form)


def erase_elsewhere(
    *, because: str, by: Actor, at: datetime, phone: str = "", cases: Collection[str] = (),
    orders: Collection[str] = (), calls: Collection[str] = (),
) -> Elsewhere:  # fmt: skip
    """Erase orders and calls under this telephone, those of these cases, and those named; whole or not at all."""
    with transaction.atomic():
        gone = erase_orders(because=because, by=by, at=at, phone=phone, cases=cases, orders=orders)
        cleared = erase_calls(at=at, phone=phone, cases=cases, calls=calls)
    return Elsewhere(gone, cleared.calls, tuple(cleared.recordings))
