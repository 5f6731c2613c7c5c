"""An open page hears that cases of its stages moved, and never which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cases.conftest import actor, small_city
from tests.jobs.conftest import Hands, hands
from tests.web.conftest import Browser, at_nine
from wangge.groundwork.outbox.watching import Seen
from wangge.surfaces.web.command import pulse
from wangge.surfaces.web.command.pulse import stages_moved

__all__ = ["actor", "at_nine", "hands", "small_city"]
PATIENCE = 30.0


def told(verb: str, stage: str) -> Seen:
    return Seen(1, "case", f'{{"seq": 2, "verb": "{verb}", "stage": "{stage}"}}')


@pytest.fixture
def nobody_left() -> Iterator[None]:
    yield
    thread = pulse.WATCH._looking
    if thread is not None:
        thread.join(PATIENCE)


@pytest.mark.django_db(transaction=True)
def test_a_page_hears_of_a_step_after_it_was_made(nobody_left: None, at_nine: Any, hands: Hands) -> None:
    person = Browser("acceptor-1")
    answer = person.client.get("/pulse")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/event-stream"
    assert answer["Cache-Control"] == "no-store"
    events = answer.streaming_content
    try:
        assert next(events).startswith(b"retry:")
        number = hands.report()
        event = next(each for each in events if b"moved" in each).decode()
        assert event.startswith("event: moved\ndata: [")
        assert '"reported"' in event
        assert number not in event
    finally:
        answer.close()
    assert not pulse.WATCH._listeners


@pytest.mark.django_db
def test_where_all_places_are_taken_a_page_is_told_to_ask_by_itself(
    at_nine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse.WATCH, "most", 0)
    assert Browser("acceptor-1").client.get("/pulse").status_code == 204


@pytest.mark.django_db
def test_a_collector_and_a_stranger_hear_nothing(at_nine: Any) -> None:
    assert Browser("collector-1").client.get("/pulse").status_code == 403
    stranger = Browser("acceptor-1").client
    stranger.logout()
    assert stranger.get("/pulse").status_code == 302


@pytest.mark.django_db
def test_stages_are_those_a_move_leaves_and_enters(small_city: None) -> None:
    assert stages_moved([told("dispatch", "handling")]) == ["filed", "handling"]
    both = stages_moved([told("dispatch", "handling"), told("accept", "accepted")])
    assert {"reported", "accepted", "filed", "handling"} <= set(both)
    assert stages_moved([Seen(1, "hotline", '{"order": 4}')]) == []
