"""Long work of the technical office gives way to the people the city serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wangge.groundwork.giving_way import GIVES_WAY, give_way

SESSION = Path("/proc/self/autogroup")
TOLD = """
import time
from wangge.groundwork.giving_way import give_way
give_way()
print(open("/proc/self/autogroup").read())
time.sleep(0.2)  # no backup is done sooner than the kernel takes the next change
"""
weighs_sessions = pytest.mark.skipif(not SESSION.exists(), reason="this kernel does not weigh sessions")


@pytest.mark.parametrize("before", [0, 4, GIVES_WAY, 15])
def test_it_gives_way_once_and_takes_nothing_back(before: int) -> None:
    told, telling = os.pipe()
    child = os.fork()
    if child == 0:  # a process of its own: nobody may take his priority back
        os.nice(max(0, before - os.nice(0)))
        give_way()
        give_way()
        os.write(telling, str(os.nice(0)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(told, 10)) == max(before, GIVES_WAY)
    os.close(told)
    os.close(telling)


@weighs_sessions
def test_a_session_begun_for_the_work_gives_way_with_it() -> None:
    assert _said([sys.executable, "-c", TOLD]).endswith(f" nice {GIVES_WAY}")


@weighs_sessions
def test_a_shell_has_its_rank_back_afterwards() -> None:
    shell = f'"$0" -c "$1"; cat {SESSION}'
    during, _, after = _said(["/bin/sh", "-c", shell, sys.executable, TOLD]).partition("\n")
    assert during.endswith(f" nice {GIVES_WAY}")
    assert after.strip().endswith(" nice 0")


@weighs_sessions
def test_a_session_that_holds_more_than_the_work_keeps_its_rank() -> None:
    within = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {TOLD!r}])"
    shell = '"$0" -c "$1"; true'
    assert _said(["/bin/sh", "-c", shell, sys.executable, within]).endswith(" nice 0")


def _said(words: list[str]) -> str:
    done = subprocess.run(words, start_new_session=True, capture_output=True, text=True, check=True)
    return done.stdout.strip()
