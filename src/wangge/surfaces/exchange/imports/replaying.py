"""Owns the replay of a burst at its true pace, or some times faster, through a door of a running city.

Each report is sent when it is due: as long after the first as it once was, divided by the pace. What a door does not
take at once is sent again under the same key, so that a report that arrived and whose answer was lost stays one report.
"""

from __future__ import annotations

import http.client
import json
import queue
import ssl
import statistics
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from wangge.groundwork import clock
from wangge.groundwork.coordinates import CoordinateError, to_wgs84
from wangge.surfaces.exchange.imports.foreign import ForeignReport

TRIES = 6
FIRST_REST_SECONDS = 0.2
SEND_SECONDS = 30.0
_AGAIN = frozenset({429, 500, 502, 503, 504})


class NotTaken(Exception):
    """The door refused the report for good; the text is its reason."""


class Unreached(Exception):
    """The door could not be asked, or asked to come again."""


class Sender(Protocol):
    """Sends reports through a door; one for each worker."""

    def send(self, report: ForeignReport) -> str:
        """The number under which it was taken. Raises NotTaken and Unreached."""

    def close(self) -> None: ...


@dataclass(slots=True)
class Replayed:
    """What became of a replay."""

    due: int = 0
    taken: dict[str, str] = field(default_factory=dict)
    """External key → the number it got."""
    refused: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    """Keys the door could not be brought to answer for."""
    sent_again: int = 0
    seconds: float = 0.0
    lags: list[float] = field(default_factory=list)
    """Seconds each was sent behind its moment."""
    answers: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Throughput, lag and answer times; nothing is lost when ``due`` is taken + refused."""
        return {
            "due": self.due,
            "taken": len(self.taken),
            "distinct_numbers": len(set(self.taken.values())),
            "refused": self.refused.total(),
            "refused_by_reason": dict(self.refused.most_common(20)),
            "lost": len(self.lost),
            "sent_again": self.sent_again,
            "seconds": round(self.seconds, 2),
            "per_second": round(len(self.taken) / self.seconds, 1) if self.seconds else None,
            "lag_seconds": _spread(self.lags),
            "answer_seconds": _spread(self.answers),
        }


def _spread(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    ranked = sorted(values)
    return {
        "median": round(statistics.median(ranked), 3),
        "p95": round(ranked[max(0, -(-len(ranked) * 95 // 100) - 1)], 3),
        "max": round(ranked[-1], 3),
    }


def replay(
    reports: Iterable[ForeignReport],
    sender: Callable[[], Sender],
    *,
    pace: float,
    workers: int = 8,
    told: Callable[[int], None] | None = None,
) -> Replayed:
    """Send every report at its moment; ``pace`` 1 is real time, 60 a minute in each second, 0 without waiting."""
    ordered = sorted(reports, key=lambda report: report.reported_at)
    replayed = Replayed(due=len(ordered))
    if not ordered:
        return replayed
    waiting: queue.SimpleQueue[tuple[ForeignReport, float] | None] = queue.SimpleQueue()
    lock = threading.Lock()
    threads = [
        threading.Thread(target=_work, args=(waiting, sender, replayed, lock, told), daemon=True)
        for _n in range(workers)
    ]
    began = clock.monotonic()
    for thread in threads:
        thread.start()
    pause = threading.Event()
    first = ordered[0].reported_at
    for report in ordered:
        due = began + ((report.reported_at - first).total_seconds() / pace if pace else 0.0)
        left = due - clock.monotonic()
        if left > 0:
            pause.wait(left)
        waiting.put((report, due))
    for _thread in threads:
        waiting.put(None)
    for thread in threads:
        thread.join()
    replayed.seconds = clock.monotonic() - began
    return replayed


def _work(
    waiting: queue.SimpleQueue[tuple[ForeignReport, float] | None],
    sender: Callable[[], Sender],
    replayed: Replayed,
    lock: threading.Lock,
    told: Callable[[int], None] | None,
) -> None:
    own = sender()
    try:
        while (item := waiting.get()) is not None:
            _send(item[0], item[1], own, replayed, lock)
            if told is not None:
                with lock:
                    told(1)
    finally:
        own.close()


def _send(report: ForeignReport, due: float, own: Sender, replayed: Replayed, lock: threading.Lock) -> None:
    began, rest = clock.monotonic(), FIRST_REST_SECONDS
    pause = threading.Event()
    for turn in range(TRIES):
        try:
            number = own.send(report)
        except NotTaken as refused:
            with lock:
                replayed.refused[str(refused)] += 1
            return
        except Unreached:
            with lock:
                replayed.sent_again += turn < TRIES - 1
            pause.wait(rest)
            rest *= 2
            continue
        with lock:
            replayed.taken[report.external_key] = number
            replayed.lags.append(max(began - due, 0.0))
            replayed.answers.append(clock.monotonic() - began)
        return
    with lock:
        replayed.lost.append(report.external_key)


def open311_form(report: ForeignReport, api_key: str) -> dict[str, str]:
    """A report as the form of Open311's create."""
    form = {
        "api_key": api_key,
        "service_code": report.category.replace(":", "-"),
        "description": report.description[:4000],
        "address_string": report.address[:400],
        "media_url": report.photo_url if report.photo_url.startswith(("http://", "https://")) else "",
    }
    if report.lon is not None and report.lat is not None:
        try:
            lon, lat = to_wgs84(report.lon, report.lat, system=report.coordinate_system)
        except CoordinateError:
            return form
        form |= {"long": repr(lon), "lat": repr(lat)}
    return form


class Open311Sender:
    """Sends over one kept connection to the Open311 of a running city."""

    def __init__(self, url: str, api_key: str) -> None:
        self._url, self._api_key = urlsplit(url), api_key
        self._link: http.client.HTTPConnection | None = None

    def send(self, report: ForeignReport) -> str:
        """POST requests.json; the key makes a repeated sending the same request."""
        body = urlencode(open311_form(report, self._api_key))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Idempotency-Key": f"{report.system}:{report.external_key}",
        }
        try:
            link = self._connected()
            link.request("POST", f"{self._url.path.rstrip('/')}/requests.json", body, headers)
            answer = link.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as broken:
            self.close()
            raise Unreached(str(broken)) from broken
        return number_in(answer.status, text)

    def close(self) -> None:
        """Let the connection go."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _connected(self) -> http.client.HTTPConnection:
        if self._link is None:
            host, port = self._url.hostname or "", self._url.port
            if self._url.scheme == "https":
                self._link = http.client.HTTPSConnection(
                    host, port, timeout=SEND_SECONDS, context=ssl.create_default_context()
                )
            else:
                self._link = http.client.HTTPConnection(host, port, timeout=SEND_SECONDS)
        return self._link


def number_in(status: int, text: bytes) -> str:
    """The number an answer of Open311 gives. Raises NotTaken and Unreached."""
    if status in _AGAIN:
        raise Unreached(str(status))
    try:
        (told,) = json.loads(text)
        if status == 200:
            return str(told["service_request_id"])
        reason = f"{status}: {told['description']}"
    except (ValueError, KeyError, TypeError):
        raise Unreached(f"{status}: unreadable") from None
    raise NotTaken(reason)
