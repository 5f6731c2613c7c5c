"""Owns which addresses a message may go to, so that nobody reaches by us what he cannot reach himself.

A name is looked up anew for every message, and the connection goes to the very address that was judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

LONGEST = 500
Network = IPv4Network | IPv6Network
_NAT64 = ip_network("64:ff9b::/96")


class AddressRefused(ValueError):
    """Nothing is sent there; ``reason`` is one of ``form scheme port place``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart; ``path`` includes the query."""

    is_tls: bool
    host: str
    port: int
    path: str


def target_of(address: str) -> Target:
    """The parts of ``https://host[:port]/path``. Raises AddressRefused."""
    if len(address) > LONGEST or any(character <= " " or character > "~" for character in address):
        raise AddressRefused("form")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressRefused("form") from None
    if parts.scheme not in ("https", "http"):
        raise AddressRefused("scheme")
    if not host or "@" in parts.netloc or parts.fragment or "%" in host:
        raise AddressRefused("form")
    is_tls = parts.scheme == "https"
    found = port if port is not None else (443 if is_tls else 80)
    if found not in (80, 443) and found < 1024:
        raise AddressRefused("port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(is_tls, host, found, path)


def check_place(target: Target, ip: str, allowed: Sequence[Network]) -> None:
    """Raise AddressRefused unless the host's looked-up address lies in the public net or an allowed network.

    Without encryption only into networks the city named itself.
    """
    places = _meant_by(ip_address(ip.partition("%")[0]))
    if all(any(place in network for network in allowed if network.version == place.version) for place in places):
        return
    if not all(place.is_global and not place.is_multicast for place in places):
        raise AddressRefused("place")
    if not target.is_tls:
        raise AddressRefused("scheme")


def _meant_by(place: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The addresses an address stands for: IPv4 packed into IPv6 counts as both, the mapped form as IPv4 alone."""
    if isinstance(place, IPv4Address):
        return [place]
    if place.ipv4_mapped is not None:
        return [place.ipv4_mapped]
    packed: list[IPv4Address | IPv6Address] = [place]
    if place.sixtofour is not None:
        packed.append(place.sixtofour)
    if place.teredo is not None:
        packed += place.teredo
    if place in _NAT64:
        packed.append(IPv4Address(int(place) & 0xFFFFFFFF))
    return packed
