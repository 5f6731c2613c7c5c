"""The worker process: the timetable's rounds one after another, beside them the delivery of the outbox.

Several workers may run, on one machine or on more: rounds are locked in the queue, cases and consumers in their rows.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

log = logging.getLogger(__name__)
_FALLBACK_POLL_SECONDS = 60.0
_POOLED_POLL_SECONDS = 5.0
_GRACE_SECONDS = 15.0


def main() -> None:
    """Run until SIGTERM or SIGINT; exit 1 with one line when the database goes away (``wangge serve`` revives it)."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge.project.settings")
    django.setup()

    from django.db import InterfaceError, OperationalError

    try:
        _run()
    except (OperationalError, InterfaceError, ConnectorException):
        log.warning("the database is away: the worker ends")
        sys.exit(1)


def _run() -> None:
    from wangge.surfaces.jobs import delivery, postmen, rounds

    delivery.register_all()
    rounds.ensure_partitions()
    beside = (delivery.Delivery(), postmen.Postmen())
    for each in beside:
        each.start()
    try:
        asyncio.run(_work())
    finally:
        for each in beside:
            each.stop()
        for each in beside:
            each.join(_GRACE_SECONDS)


async def _work() -> None:
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params

    from wangge.surfaces.jobs import tasks

    # Of each queue one connection waits for new jobs, one works on them, one is spare for the heartbeat.
    with app.replace_connector(PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=9)) as opened:
        async with opened.open_async():
            await _forget_interrupted(opened)
            await _serve_all(opened, (tasks.QUEUE, tasks.IMPORTS, tasks.OUTSIDE))


async def _serve_all(app: App, queues: tuple[str, ...]) -> None:
    """Every queue until SIGTERM, SIGINT or the first that fails; a cancelled worker ends its job in grace."""
    serving = [asyncio.create_task(_serve(app, queue)) for queue in queues]

    def stop() -> None:
        for each in serving:
            each.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    done, left = await asyncio.wait(serving, return_when=asyncio.FIRST_EXCEPTION)
    stop()
    if left:
        await asyncio.wait(left)
    for each in done:
        if not each.cancelled():
            each.result()


async def _serve(app: App, queue: str) -> None:
    """One queue, one job at a time."""
    from django.conf import settings

    pooled: bool = settings.ENVIRONMENT.database_pooled
    await app.run_worker_async(
        queues=[queue],
        name=f"worker {queue}",
        concurrency=1,
        fetch_job_polling_interval=_POOLED_POLL_SECONDS if pooled else _FALLBACK_POLL_SECONDS,
        abort_job_polling_interval=_FALLBACK_POLL_SECONDS,
        shutdown_graceful_timeout=_GRACE_SECONDS,
        delete_jobs="successful",
        install_signal_handlers=False,
        # LISTEN needs a session of its own; behind a pooler the queue is asked in turn.
        listen_notify=not pooled,
    )


async def _forget_interrupted(app: App) -> None:
    """Rounds that a killed worker left half done: the next one makes them anew, from what is written."""
    for job in await app.job_manager.get_stalled_jobs():
        if job.task_name == "import_run":
            await asyncio.to_thread(_tell_interrupted, int(str(job.task_kwargs["run_id"])))
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


def _tell_interrupted(run_id: int) -> None:
    from wangge.surfaces.jobs.imports import tell_interrupted

    tell_interrupted(run_id)


if __name__ == "__main__":
    main()
