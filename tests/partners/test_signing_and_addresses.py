"""How messages are signed, and where they may go."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from wangge.domains.partners.logic.addresses import AddressRefused, check_place, target_of
from wangge.domains.partners.logic.messages import Event, Hearing, Wall, body_of, id_of
from wangge.domains.partners.logic.signing import headers_of, secret_of, signature_of

AT = datetime(2024, 3, 13, 0, 10, tzinfo=UTC)


def test_the_signature_is_the_one_the_specification_gives_as_its_example() -> None:
    body = b'{"test": 2432232314}'
    made = signature_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_of_32_bytes_and_of_one_partner_and_one_installation() -> None:
    secret = secret_of("installation", b"salt")
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret[6:])) == 32
    assert len({secret, secret_of("other", b"salt"), secret_of("installation", b"other")}) == 3


def test_while_a_secret_is_replaced_a_message_bears_both_signatures() -> None:
    old, new = secret_of("k", b"old"), secret_of("k", b"new")
    signatures = headers_of([new, old], "msg_1", AT, b"{}")["webhook-signature"].split(" ")
    assert signatures == [signature_of(each, "msg_1", int(AT.timestamp()), b"{}") for each in (new, old)]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ftp://a.example/x", "scheme"),
        ("https://", "form"),
        ("https://user:word@a.example/x", "form"),
        ("https://a.example/x#y", "form"),
        ("https://a.example/x y", "form"),
        ("https://a.example/路", "form"),
        ("https://a.example:22/x", "port"),
        ("https://a.example:99999/x", "form"),
        ("https://a.example/" + "x" * 500, "form"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str, reason: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        target_of(address)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
    ],
)  # fmt: skip
def test_nothing_is_sent_inside_unless_the_city_named_the_network(place: str) -> None:
    target = target_of("https://a.example/x")
    with pytest.raises(AddressRefused) as refused:
        check_place(target, place, ())
    assert refused.value.reason == "place"


def test_a_named_network_may_be_reached_also_without_encryption_and_the_public_one_only_with_it() -> None:
    named = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    check_place(target_of("http://inside.example/x"), "10.1.2.3", named)
    check_place(target_of("https://inside.example/x"), "fd00::7", named)
    check_place(target_of("https://a.example/x"), "1.1.1.1", named)
    for address, place in (("http://a.example/x", "1.1.1.1"), ("https://a.example/x", "10.2.0.1")):
        with pytest.raises(AddressRefused):
            check_place(target_of(address), place, named)


def event(seq: int = 1, **changed: object) -> Event:
    values = {
        "case_id": "7f", "seq": seq, "number": "430202-20240313-00001", "verb": "dispatch", "stage": "handling",
        "district": "430202", "unit": "dept-a", "inner_unit": "", "at": AT,
    }  # fmt: skip
    return Event(**{**values, **changed})  # type: ignore[arg-type]


def test_a_partner_hears_only_in_front_of_its_wall_and_where_it_listens() -> None:
    step = event()
    inner = event(unit="platform-1", inner_unit="street-1")
    assert Hearing(Wall.CITY, "", frozenset()).hears(step)
    assert Hearing(Wall.DISTRICT, "430202", frozenset()).hears(step)
    assert not Hearing(Wall.DISTRICT, "430203", frozenset()).hears(step)
    assert Hearing(Wall.DEPARTMENT, "dept-a", frozenset()).hears(step)
    assert not Hearing(Wall.DEPARTMENT, "dept-b", frozenset()).hears(step)
    assert Hearing(Wall.DEPARTMENT, "street-1", frozenset()).hears(inner)
    assert not Hearing(Wall.CITY, "", frozenset({"closed"})).hears(step)


def test_the_same_events_make_the_same_id_and_other_partners_another_one() -> None:
    body = body_of([event(1), event(2)])
    assert id_of(1, body) == id_of(1, body_of([event(1), event(2)]))
    assert len({id_of(1, body), id_of(2, body), id_of(1, body_of([event(1)]))}) == 3


def test_the_receiver_to_try_with_goes_by_the_clock_of_the_city_that_speaks() -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    secret, body = secret_of("k", b"salt"), b'{"data": {"events": []}}'
    environment = {**os.environ, "WANGGE_CLOCK_OFFSET_MINUTES": "480"}
    command = [Path(sys.executable).with_name("wangge"), "webhook", "receive", "--secret", secret, "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as receiver:
        try:
            assert receiver.stderr is not None
            receiver.stderr.readline()
            headers = headers_of([secret], "msg_1", datetime.now(UTC) + timedelta(hours=8), body)
            request = urllib.request.Request(f"http://127.0.0.1:{port}/", data=body, headers=headers)
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert answer.status < 300
        finally:
            receiver.terminate()
