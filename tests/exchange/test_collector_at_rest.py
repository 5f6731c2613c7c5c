"""The collector rests only as long as somebody lets it."""

from __future__ import annotations

import gc

import pytest

from wangge.groundwork.collector_at_rest import collector_at_rest


def test_it_rests_inside_and_wakes_with_the_last() -> None:
    with collector_at_rest():
        with collector_at_rest():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_wakes_after_a_failure() -> None:
    with pytest.raises(ValueError, match="broken"), collector_at_rest():
        raise ValueError("broken")
    assert gc.isenabled()


def test_a_process_without_it_stays_without() -> None:
    gc.disable()
    try:
        with collector_at_rest():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
