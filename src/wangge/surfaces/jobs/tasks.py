"""The worker's timetable: which round is made when. Times are UTC (16 to 20 o'clock there is night in the city)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from procrastinate import JobContext, builtin_tasks
from procrastinate.contrib.django import app

from wangge.groundwork import clock
from wangge.surfaces.jobs import imports, rounds
from wangge.surfaces.watching.figures import ROUND_SECONDS, ROUNDS

QUEUE = "rounds"
IMPORTS = "imports"
"""Long work has a queue of its own: a round must not wait for an import."""
OUTSIDE = "outside"
"""What waits for other systems: a slow one must not hold up the timers."""
_FAILED_KEPT_HOURS = 72
Round = Callable[[int], None]


def _round(cron: str, queue: str) -> Callable[[Round], object]:
    """A round made by the clock, one at a time, counted and measured for the watchers."""

    def register(make: Round) -> object:
        name = make.__name__

        @wraps(make)
        def measured(timestamp: int) -> None:
            began, result = clock.monotonic(), "failed"
            try:
                make(timestamp)
                result = "done"
            finally:
                ROUNDS.labels(name, result).inc()
                ROUND_SECONDS.labels(name).inc(clock.monotonic() - began)

        return app.periodic(cron=cron)(app.task(queue=queue, queueing_lock=name, name=name)(measured))

    return register


@_round("* * * * *", QUEUE)
def timers(timestamp: int) -> None:
    """Every minute: ends that have passed."""
    rounds.fire_timers()


@_round("* * * * *", QUEUE)
def rules(timestamp: int) -> None:
    """Every minute: rules on waiting cases."""
    rounds.let_rules_act()


@_round("* * * * *", QUEUE)
def changed_tables(timestamp: int) -> None:
    """Every minute: deadlines that waited, once a calendar has come."""
    rounds.refill_when_tables_changed()


@_round("* * * * *", OUTSIDE)
def copy_for_backup(timestamp: int) -> None:
    """Every minute: photos and rows for the continuous backup."""
    rounds.copy_for_backup()


@_round("* * * * *", QUEUE)
def beat(timestamp: int) -> None:
    """Every minute: the platform is whole."""
    rounds.beat()


@_round("* * * * *", OUTSIDE)
def hotline(timestamp: int) -> None:
    """Every minute: answers and returns to the hotline."""
    rounds.send_to_hotline()


@_round("* * * * *", OUTSIDE)
def replies(timestamp: int) -> None:
    """Every minute: answers to citizens."""
    rounds.send_replies()


@_round("* * * * *", OUTSIDE)
def bulletins(timestamp: int) -> None:
    """Every minute: published bulletins to the mailboxes of subscribers."""
    rounds.send_bulletins()


@_round("* * * * *", OUTSIDE)
def spool(timestamp: int) -> None:
    """Every minute: the exchange with the public surface standing alone."""
    rounds.exchange_spool()


@_round("7 * * * *", QUEUE)
def deadlines(timestamp: int) -> None:
    """Every hour: deadlines that waited for a calendar."""
    rounds.refill_deadlines()


@_round("17 18 * * *", QUEUE)
def sweep(timestamp: int) -> None:
    """Every night at 02:17 in the city: the broom."""
    rounds.sweep()


@_round("27 18 * * *", QUEUE)
def anchor(timestamp: int) -> None:
    """Every night at 02:27 in the city: the anchor."""
    rounds.anchor()


@_round("37 18 * * *", QUEUE)
def second_looks(timestamp: int) -> None:
    """Every night at 02:37 in the city: the draws of yesterday's second looks."""
    rounds.draw_second_looks()


@_round("57 18 * * *", IMPORTS)
def evaluation(timestamp: int) -> None:
    """Every night at 02:57 in the city: the warehouse, and the month that is over."""
    rounds.run_evaluation()


@app.periodic(cron="47 18 * * *")
@app.task(queue=QUEUE, queueing_lock="forget_jobs", name="forget_jobs", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Every night: jobs that failed some days ago."""
    await builtin_tasks.remove_old_jobs(context, max_hours=_FAILED_KEPT_HOURS, remove_failed=True)


@app.task(queue=IMPORTS, name="import_run")
def import_run(run_id: int) -> None:
    """On request: an import given through the browser."""
    imports.carry_out(run_id)
