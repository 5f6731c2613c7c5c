"""The worker's timetable: which round is made when. Times are UTC (16 to 20 o'clock there is night in the city)."""

from __future__ import annotations

from procrastinate import JobContext, builtin_tasks
from procrastinate.contrib.django import app

from wangge.surfaces.jobs import imports, rounds

QUEUE = "rounds"
IMPORTS = "imports"
"""Long work has a queue of its own: a round must not wait for an import."""
OUTSIDE = "outside"
"""What waits for other systems: a slow one must not hold up the timers."""
_FAILED_KEPT_HOURS = 72


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, queueing_lock="timers", name="timers")
def timers(timestamp: int) -> None:
    """Every minute: ends that have passed."""
    rounds.fire_timers()


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, queueing_lock="rules", name="rules")
def rules(timestamp: int) -> None:
    """Every minute: rules on waiting cases."""
    rounds.let_rules_act()


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, queueing_lock="changed_tables", name="changed_tables")
def changed_tables(timestamp: int) -> None:
    """Every minute: deadlines that waited, once a calendar has come."""
    rounds.refill_when_tables_changed()


@app.periodic(cron="* * * * *")
@app.task(queue=OUTSIDE, queueing_lock="copy_for_backup", name="copy_for_backup")
def copy_for_backup(timestamp: int) -> None:
    """Every minute: photos and rows for the continuous backup."""
    rounds.copy_for_backup()


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, queueing_lock="beat", name="beat")
def beat(timestamp: int) -> None:
    """Every minute: the platform is whole."""
    rounds.beat()


@app.periodic(cron="* * * * *")
@app.task(queue=OUTSIDE, queueing_lock="hotline", name="hotline")
def hotline(timestamp: int) -> None:
    """Every minute: answers and returns to the hotline."""
    rounds.send_to_hotline()


@app.periodic(cron="* * * * *")
@app.task(queue=OUTSIDE, queueing_lock="replies", name="replies")
def replies(timestamp: int) -> None:
    """Every minute: answers to citizens."""
    rounds.send_replies()


@app.periodic(cron="* * * * *")
@app.task(queue=OUTSIDE, queueing_lock="spool", name="spool")
def spool(timestamp: int) -> None:
    """Every minute: the exchange with the public surface standing alone."""
    rounds.exchange_spool()


@app.periodic(cron="7 * * * *")
@app.task(queue=QUEUE, queueing_lock="deadlines", name="deadlines")
def deadlines(timestamp: int) -> None:
    """Every hour: deadlines that waited for a calendar."""
    rounds.refill_deadlines()


@app.periodic(cron="17 18 * * *")
@app.task(queue=QUEUE, queueing_lock="sweep", name="sweep")
def sweep(timestamp: int) -> None:
    """Every night at 02:17 in the city: the broom."""
    rounds.sweep()


@app.periodic(cron="27 18 * * *")
@app.task(queue=QUEUE, queueing_lock="anchor", name="anchor")
def anchor(timestamp: int) -> None:
    """Every night at 02:27 in the city: the anchor."""
    rounds.anchor()


@app.periodic(cron="37 18 * * *")
@app.task(queue=QUEUE, queueing_lock="second_looks", name="second_looks")
def second_looks(timestamp: int) -> None:
    """Every night at 02:37 in the city: the draws of yesterday's second looks."""
    rounds.draw_second_looks()


@app.periodic(cron="57 18 * * *")
@app.task(queue=IMPORTS, queueing_lock="evaluation", name="evaluation")
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
