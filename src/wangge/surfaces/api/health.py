"""What watchers of the running city ask: does the process live, would a write succeed, how full is it.

``/readyz`` tries a real write and rolls it back; its answer is kept two seconds, so that many watchers cost
little.
"""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from wangge.groundwork import clock
from wangge.groundwork.outbox import operations as outbox
from wangge.surfaces.watching.figures import exposition

KEPT_SECONDS = 2.0
RETRY_AFTER_SECONDS = "5"


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a write would succeed, and what stands in its way (``database``, ``disk``)."""

    missing: tuple[str, ...]
    free_mebibytes: int
    seen_at: float


class _Kept:
    """The last answer of this process; one thread looks while the others wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last: Readiness | None = None

    def readiness(self) -> Readiness:
        with self.lock:
            if self.last is None or clock.monotonic() - self.last.seen_at >= KEPT_SECONDS:
                self.last = look()
            return self.last


kept = _Kept()


def look() -> Readiness:
    """Try it now."""
    free = shutil.disk_usage(settings.VAR).free // 2**20
    missing = [] if free >= settings.LEAST_FREE_MEBIBYTES else ["disk"]
    if not _a_write_succeeds():
        missing.append("database")
    return Readiness(tuple(missing), free, clock.monotonic())


def _a_write_succeeds() -> bool:
    try:
        with transaction.atomic():
            outbox.append(topic="readiness", key="", payload="{}", at=clock.now())
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return True


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process lives and answers."""
    return JsonResponse({"status": "alive"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 only when a write would succeed; else 503 and what is missing."""
    readiness = kept.readiness()
    if not readiness.missing:
        return JsonResponse({"status": "ready"})
    answer = JsonResponse({"status": "not_ready", "missing": list(readiness.missing)}, status=503)
    answer["Retry-After"] = RETRY_AFTER_SECONDS
    return answer


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in the text form of Prometheus; to the machine itself, unless set otherwise."""
    if not settings.METRICS_PUBLIC and not _from_this_machine(request):
        return HttpResponse(status=404)
    readiness = kept.readiness()
    told = exposition(
        ready=not readiness.missing, free_mebibytes=readiness.free_mebibytes,
        database="database" not in readiness.missing,
    )  # fmt: skip
    return HttpResponse(told, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _from_this_machine(request: HttpRequest) -> bool:
    """A request a proxy hands on comes from this machine too, but says whose it is."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP")):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
