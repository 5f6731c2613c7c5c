"""Sends one message to a partner: to the looked-up and judged address, without following, for a limited time.

The name is looked up once and the connection made to that very address, so that a second answer of the name service
cannot lead inside. What the partner answers is read up to a limit and used only to say why it failed.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus

from django.conf import settings

from wangge.domains.partners.logic.addresses import AddressRefused, Network, Target, check_place, target_of
from wangge.domains.partners.operations.sending import SendFailed
from wangge.domains.partners.refusals import words_of_address

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 15.0
"""The whole exchange: a partner that answers a byte at a time is cut off."""
LARGEST_ANSWER = 16 * 1024
_SAID = 200


def check_address(address: str) -> None:
    """Raise AddressRefused unless a message may go to where the address lies now."""
    _place_of(target_of(address), settings.WEBHOOK_NETWORKS)


def post(address: str, headers: Mapping[str, str], body: bytes) -> None:
    """Post one message; whatever is not a 2xx within the time is a failure."""
    try:
        target = target_of(address)
        place = _place_of(target, settings.WEBHOOK_NETWORKS)
    except AddressRefused as refused:
        raise SendFailed(words_of_address(refused.reason)) from refused
    link = _Link(target, place)
    try:
        with _cut_off(link, WHOLE_SECONDS):
            link.request("POST", target.path, body, {"Content-Type": "application/json", **headers})
            answer = link.getresponse()
            said = answer.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException, ValueError) as failed:
        raise SendFailed(f"{type(failed).__name__}: {failed}"[:_SAID]) from failed
    finally:
        link.close()
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        text = said[:_SAID].decode("utf-8", "replace").replace("\0", "")
        raise SendFailed(f"HTTP {answer.status} {text}".strip(), is_gone=answer.status == HTTPStatus.GONE)


def _place_of(target: Target, allowed: Sequence[Network]) -> str:
    """The address to connect to: every one the name stands for must be allowed."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise AddressRefused("unknown") from unknown
    places = [str(each[4][0]) for each in found]
    for place in places:
        check_place(target, place, allowed)
    return places[0]


class _Link(http.client.HTTPConnection):
    """A connection to one address that speaks to the host by its name."""

    def __init__(self, target: Target, place: str) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self.default_port = 443 if target.is_tls else 80
        self._target, self._place = target, place

    def connect(self) -> None:
        """Connect to the judged address; the certificate is held against the host's name."""
        self.sock = socket.create_connection((self._place, self._target.port), CONNECT_SECONDS)
        self.sock.settimeout(WHOLE_SECONDS)
        if self._target.is_tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._target.host)

    def cut(self) -> None:
        """End it from another thread: whoever waits for it fails at once."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


@contextmanager
def _cut_off(link: _Link, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, link.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
