"""What the worker does on its rounds, each bounded in time: timers, rules, deadlines, the broom of the night.

One domain call after another; here the clock is read. A round that did not finish goes on where it was at the next.
"""

from __future__ import annotations

import logging
import os
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from importlib.metadata import version

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.module_loading import import_string

from wangge.domains.cases.anchoring import anchor_heads
from wangge.domains.cases.operations import receipts, refilling, timing
from wangge.domains.citizens.operations.counting import forget_sendings
from wangge.domains.desks.operations.in_hand import clear_passed
from wangge.domains.hotline.operations.sending import send_due
from wangge.domains.notices.operations import clear_inboxes, clear_read
from wangge.domains.partners.operations.sending import clear_sent
from wangge.domains.patrol.logic.drawing import DrawKind
from wangge.domains.patrol.operations.draws import draw_day
from wangge.domains.patrol.operations.positions import remove_old_positions
from wangge.domains.platform.operations import beat as record_beat
from wangge.domains.replies.operations.queueing import queue_letters
from wangge.domains.replies.operations.sending import clear_replies
from wangge.domains.replies.operations.sending import send_due as send_replies_due
from wangge.domains.telephone.operations.working import clear_old_calls
from wangge.groundwork import clock
from wangge.groundwork.attachments.operations import drop_unused
from wangge.groundwork.attachments.pieces import drop_stale
from wangge.groundwork.attachments.recordings import remove_recording
from wangge.standards import watching
from wangge.surfaces.exchange.hotline.posting import post
from wangge.surfaces.exchange.replies.channels import channels
from wangge.surfaces.exchange.spool.receiving import Outcome, take_in
from wangge.surfaces.exchange.spool.telling import tell_back

log = logging.getLogger(__name__)
LONGEST_SECONDS = 20.0
"""After this a round stops: a backlog of a year's cases must not hold up the timers."""
AT_ONCE = 200
NOTICES_KEPT_DAYS = 30
MONTHS_AHEAD = 3


@dataclass(slots=True)
class _Walk:
    """How far the waiting cases were walked: a place in each queue, and the queue at which time ran out."""

    places: dict[tuple[str, date], timing.Place] = field(default_factory=dict)
    stopped_at: tuple[str, date] | None = None


_walk = _Walk()
_filled_under = [-1]  # the state of the city's tables under which deadlines were last filled in


class _Budget:
    """The seconds a round may take."""

    def __init__(self, seconds: float) -> None:
        self._until = clock.monotonic() + seconds

    def is_left(self) -> bool:
        return clock.monotonic() < self._until


def fire_timers(*, seconds: float = LONGEST_SECONDS) -> int:
    """Write the steps of every end that has passed; the number of cases written."""
    budget, written = _Budget(seconds), 0
    while budget.is_left():
        done = timing.fire_due_timers(at=clock.now(), most=AT_ONCE)
        written += done
        if done < AT_ONCE:
            break
    return written


def let_rules_act(*, seconds: float = LONGEST_SECONDS) -> int:
    """Walk the queues of waiting cases once, from where the last round stopped; the number of cases a rule moved."""
    budget, acted = _Budget(seconds), 0
    queues = timing.waiting_queues(at=clock.now())
    start = next((index for index, queue in enumerate(queues) if queue.key == _walk.stopped_at), 0)
    _walk.stopped_at = None
    for queue in (*queues[start:], *queues[:start]):
        place = _walk.places.setdefault(queue.key, timing.Place())
        at_end = False
        while not at_end:
            if not budget.is_left():
                _walk.stopped_at = queue.key
                return acted
            looked = timing.look_at_queue(queue, place, at=clock.now(), most=AT_ONCE)
            acted += looked.acted
            at_end = looked.at_end
    return acted


def forget_walk() -> None:
    """Begin every queue anew; for tests."""
    _walk.places.clear()
    _walk.stopped_at = None


def refill_when_tables_changed() -> int:
    """Fill in what waited as soon as the city's tables or calendars are other ones; the number of cases filled."""
    return refill_deadlines() if watching.version(settings.CITY_OVERLAY) != _filled_under[0] else 0


def refill_deadlines() -> int:
    """Fill in the deadlines that waited for a calendar; the number of cases filled."""
    _filled_under[0] = watching.version(settings.CITY_OVERLAY)
    found = refilling.refill_deadlines()
    if found.filled or found.waiting:
        log.info("deadlines filled in: %s, waiting for a calendar: %s", found.filled, found.waiting)
    return found.filled


def ensure_partitions() -> int:
    """Have the partitions of this month and the next ones; the number made."""
    first = clock.now().date()
    with connection.cursor() as cursor:
        last = first + timedelta(days=31 * MONTHS_AHEAD)
        cursor.execute("SELECT ensure_month_partitions(%s, %s)", [first - timedelta(days=1), last])
        return int(cursor.fetchone()[0])


def anchor() -> None:
    """Once a night: the heads of the chains that moved go outside the database; the line is in the log as well."""
    written = anchor_heads(directory=settings.ENVIRONMENT.anchor_directory, at=clock.now())
    log.info("anchor %s", written.line())


def copy_for_backup() -> int:
    """New photos and changed rows of the city into the folder of continuous backup, where there is one."""
    environment = settings.ENVIRONMENT
    if environment.backup_folder is None or not environment.embedded:
        return 0
    copied: int = import_string(settings.COPY_BESIDE)(environment, whole=False)
    return copied


def beat() -> bool:
    """Say that the platform is whole: this very write succeeds, and where ``serve`` runs the pages, they answer."""
    address = os.environ.get("WANGGE_SERVED_AT", "")
    if address and not _answers(f"{address}/healthz"):
        return False
    began = record_beat(at=clock.now())
    if began:
        log.info("a stretch without a fault begins")
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own pages
            return bool(answer.status == 200)
    except OSError:
        return False


def sweep() -> None:
    """Once a night: what nobody needs any more goes. The audit log and the history stay untouched."""
    at = clock.now()
    ensure_partitions()
    drop_unused(at=at)
    drop_stale(at=at)
    remove_old_positions(at=at)
    receipts.drop_old_receipts(at=at)
    forget_sendings(at=at)
    clear_read(at=at, keep_days=NOTICES_KEPT_DAYS)
    clear_inboxes(at=at, keep_days=NOTICES_KEPT_DAYS)
    clear_sent(at=at)
    clear_replies(at=at)
    clear_passed(at=at)
    for recording, form in clear_old_calls(at=at):
        remove_recording(recording, form)
    call_command("clearsessions")


def draw_second_looks() -> int:
    """Once a night: by lot, what of yesterday is looked at a second time; a day drawn before stays as it was."""
    yesterday, at = clock.today() - timedelta(days=1), clock.now()
    return sum(draw_day(kind=kind, day=yesterday, at=at, instance=settings.ENVIRONMENT.instance) for kind in DrawKind)


def exchange_spool() -> tuple[int, int]:
    """Take in what the public surface sent and tell it what changed, where they stand apart; (taken, told)."""
    environment = settings.ENVIRONMENT
    if not environment.spool_secret:
        return 0, 0
    secret, folder, at = environment.spool_secret.encode(), environment.spool_folder, clock.now()
    taken = take_in(folder / "to-house", secret=secret, at=at)
    return taken[Outcome.TAKEN], tell_back(folder / "to-public", secret=secret, at=at)


def send_to_hotline() -> int:
    """Send what is due to each channel of the hotline that has an address; the number sent."""
    return _send_each(
        {channel: partial(send_due, channel=channel, send=post) for channel in settings.HOTLINE_ADDRESSES}
    )


def send_replies() -> int:
    """Send answers to citizens by each channel the city has; the number sent."""
    queue_letters(at=clock.now())
    link = f"{settings.REPLIES.public_address}/public/status" if settings.REPLIES.public_address else ""
    return _send_each(
        {
            channel: partial(send_replies_due, channel=channel, send=send, link=link)
            for channel, send in channels().items()
        }
    )


def send_bulletins() -> int:
    """Send published bulletins to the mailboxes of subscribers; none where no mail server is set."""
    if not settings.REPLIES.email_from:
        return 0
    from wangge.domains.evaluation.operations.bulletin_mails import send_due as send_mails_due
    from wangge.surfaces.exchange.bulletin_mail import send

    return _send_each({"bulletins": partial(send_mails_due, send=send)})


def _send_each(channels: Mapping[str, Callable[..., tuple[int, int]]]) -> int:
    """All channels at the same time: one that is slow or refuses everything takes up its own time and no other's."""
    if not channels:
        return 0
    ends = clock.monotonic() + LONGEST_SECONDS
    with ThreadPoolExecutor(max_workers=len(channels), thread_name_prefix="outside") as pool:
        return sum(pool.map(lambda channel: _send_channel(channel, channels[channel], ends), channels))


def _send_channel(channel: str, send: Callable[..., tuple[int, int]], ends: float) -> int:
    """Batch after batch of one channel, until nothing is due, nothing goes out, or the time is over."""
    total = 0
    try:
        while clock.monotonic() < ends:
            sent, _failed = send(at=clock.now(), goes_on=lambda: clock.monotonic() < ends)
            total += sent
            if sent == 0:
                break
    except Exception:
        log.exception("channel %s was not served", channel)
    finally:
        connection.close()
    return total


def run_evaluation() -> list[str]:
    """Once a night: facts leave for the warehouse; the month that is over is frozen, whoever must act is reminded."""
    from wangge.domains.evaluation.engines import prepare_sums
    from wangge.domains.evaluation.operations.by_itself import run_months
    from wangge.domains.evaluation.operations.refreshing import refresh
    from wangge.domains.evaluation.queries.settings import month_begins_on
    from wangge.domains.evaluation.snapshots import latest
    from wangge.groundwork.warehouse.manifest import WarehouseRefused

    environment, at = settings.ENVIRONMENT, clock.now()
    root = environment.warehouse_root
    try:
        refresh(root=root, at=at, software=version("wangge"))
        prepare_sums(latest(root), begins_on=month_begins_on())
    except WarehouseRefused as refused:
        log.warning("warehouse not refreshed: %s", refused)
    done = run_months(today=clock.today(), at=at, fresh=lambda: latest(root), overlay=environment.city_overlay)
    for errand in done:
        log.info("evaluation %s", errand)
    return done
