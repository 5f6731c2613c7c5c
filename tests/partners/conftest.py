"""A partner of the small city, and what it heard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.cases.conftest import START
from tests.jobs.conftest import Hands, actor, hands, small_city
from tests.outbox.neighbours import wait_for_neighbours
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.partners.models import Partner
from wangge.domains.partners.operations.partners import NewPartner, add_partner
from wangge.domains.partners.operations.sending import Send, Served, serve_partner
from wangge.groundwork import clock
from wangge.surfaces.exchange.webhooks.posting import check_address, post
from wangge.surfaces.exchange.webhooks.receiver import Receiver, listening

__all__ = ["Hands", "actor", "hands", "small_city"]
KEY = django_settings.SECRET_KEY


def serve(partner: Partner, send: Send = post, at: datetime | None = None) -> Served:
    wait_for_neighbours()
    moment = at or clock.now()
    with clock.held_at(moment):
        return serve_partner(partner_id=partner.pk, send=send, now=lambda: moment, installation_key=KEY)


def later(minutes: int) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


@dataclass
class Told:
    """A partner, its receiver, and the statuses it answers with next instead of its own."""

    partner: Partner
    receiver: Receiver
    statuses: list[int]


@pytest.fixture(autouse=True)
def at_nine() -> Iterator[None]:
    """The cases of the small city are reported at this time: who is added later does not hear of them."""
    with clock.held_at(START + timedelta(hours=1)):
        yield


@pytest.fixture
def loopback(settings: Any) -> None:
    """This machine is a network the city named."""
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def told(small_city: None, loopback: None) -> Iterator[Callable[..., Told]]:
    """Add a partner with a receiver of its own on this machine."""
    opened: list[Any] = []

    def add(name: str = "伙伴", heard: threading.Event | None = None, **given: Any) -> Told:
        statuses: list[int] = []
        receiver = Receiver("", clock.now)

        def answer(headers: Any, body: bytes) -> Any:
            status = statuses.pop(0) if statuses else receiver.take(headers, body)
            if heard is not None:
                heard.set()
            return status

        opened.append(listening(answer))
        port = opened[-1].__enter__()
        new = NewPartner(name=name, address=f"http://127.0.0.1:{port}/in", **given)
        partner, receiver.secret = add_partner(
            new=new, by=TERMINAL, at=clock.now(), installation_key=KEY, check_address=check_address
        )
        return Told(partner, receiver, statuses)

    yield add
    for each in opened:
        each.__exit__(None, None, None)
