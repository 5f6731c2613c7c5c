"""The command ``wangge serve``: runs the city in the foreground until it is told to stop."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from wangge.groundwork import clock
from wangge.groundwork.processes import port_is_taken
from wangge.project.checks import Weight, findings_before_start, findings_of_database
from wangge.project.database import connection_of
from wangge.project.environment import Role, read_environment
from wangge.project.opening import open_database
from wangge.project.serving import Supervisor, jobs_child, web_child
from wangge.project.words import _

THREADS_FOR_WORK = 8


@click.command(help=_("启动网格：数据库、网页与任务；Ctrl-C 或 SIGTERM 停止。"))
@click.option("--host", default="127.0.0.1", show_default=True, help=_("监听的地址。"))
@click.option(
    "--port",
    default=8000,
    show_default=True,
    envvar="PORT",
    type=click.IntRange(1, 65535),
    help=_("监听的端口。"),
)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help=_("网页进程数。"))
@click.option("--threads", default=72, show_default=True, type=click.IntRange(1), help=_("每个进程的线程数。"))
def serve(*, host: str, port: int, workers: int, threads: int) -> None:
    """Start everything; exit 1 when something keeps the city from running."""
    environment = read_environment()
    found = findings_before_start(environment, on=clock.today())
    if port_is_taken(port):
        click.echo(_("端口 {port} 已被占用：请用 --port 换一个。").format(port=port), err=True)
        sys.exit(1)
    with open_database(environment, settles_backup=True) as cluster:
        found += findings_of_database(connection_of(environment, Role.APPLICATION))
        for finding in found:
            click.echo(finding.text, err=True)
        if any(finding.weight is Weight.REFUSAL for finding in found):
            sys.exit(1)
        os.environ["WANGGE_VAR"] = str(environment.var)
        # A page that listens keeps a thread; the others must always be enough for those who ask.
        os.environ["WANGGE_LIVE_PAGES"] = str(min(environment.live_pages, max(0, threads - THREADS_FOR_WORK)))
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_figures_anew(environment.var / "figures"))
        os.environ["WANGGE_SERVED_AT"] = f"http://{host}:{port}"
        children = [web_child(host=host, port=port, workers=workers, threads=threads)]
        jobs = jobs_child()
        supervisor = Supervisor([*children, jobs] if jobs else children, cluster, click.echo)
        supervisor.run(address=f"http://{host}:{port}")


def _figures_anew(directory: Path) -> Path:
    """Where the processes keep their counts; those of the last run are no sums of this one."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory
