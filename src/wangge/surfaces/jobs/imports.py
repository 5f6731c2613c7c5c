"""Carries out an import that was given through the browser, in a process of its own.

Bulk writing makes months and receiving units as the owner of the tables, and takes memory the worker should not keep:
the command ``wangge import run`` does it and notes how far it is; here it is started, and its failure told.
"""

from __future__ import annotations

import logging
import subprocess
import sys

from django.utils.translation import gettext as _

from wangge.domains.cases.operations.import_runs import fail_run
from wangge.groundwork import clock

log = logging.getLogger(__name__)
_COMMAND = "from wangge.project.command_line import main; main()"


def carry_out(run_id: int) -> None:
    """Do what the run asks for, from its beginning to its end."""
    ran = subprocess.run(  # noqa: S603 - our own command and a number
        [sys.executable, "-c", _COMMAND, "import", "run", str(run_id)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        log.warning("import %s ended with %s: %s", run_id, ran.returncode, ran.stderr[-2000:])
        lines = [line.strip() for line in ran.stderr.strip().splitlines() if line.strip()]
        why = lines[-1] if lines else str(ran.returncode)
        fail_run(run_id=run_id, at=clock.now(), message=_("导入中断：%(why)s") % {"why": why})


def tell_interrupted(run_id: int) -> None:
    """A run whose worker was killed: what it wrote stays, and the same file again goes on from there."""
    told = _("任务服务中断。已写入的案卷保留；再次交来同一文件即可接着导入，不会重复。")
    fail_run(run_id=run_id, at=clock.now(), message=told)
