"""Long work of the technical office gives way to the people the city serves."""

from __future__ import annotations

import os

import pytest

from wangge.groundwork.giving_way import GIVES_WAY, give_way


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
