"""The simulated hotline over HTTP, and a day's statement from a file."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.hotline.conftest import CHANNEL, SECRET, Partner
from wangge.domains.hotline.logic.reconciling import DayOrder
from wangge.domains.hotline.operations.sending import SendFailed
from wangge.project.command_line import wangge
from wangge.surfaces.exchange.hotline.orders import FileRefused
from wangge.surfaces.exchange.hotline.posting import post
from wangge.surfaces.exchange.hotline.simulator.network import NO_FAULTS, Faults, Network
from wangge.surfaces.exchange.hotline.simulator.orders import orders_of_day
from wangge.surfaces.exchange.hotline.simulator.other_side import OtherSide
from wangge.surfaces.exchange.hotline.simulator.serving import listening, poster
from wangge.surfaces.exchange.hotline.statements import read_statement

Partners = Callable[..., Partner]
AT = datetime(2024, 3, 13, 0, 0, tzinfo=UTC)
DAY = date(2024, 3, 13)
ANSWER = {"message_id": "a-1", "type": "answer", "order_no": "D00001", "text": "已办", "round": 1}


def other_side(back: Faults = NO_FAULTS) -> OtherSide:
    other = OtherSide(
        CHANNEL, SECRET, "s", lambda *_given: (200, b"{}"), lambda: AT, Network(seed="t", faults=NO_FAULTS),
        Network(seed="b", faults=back),
    )  # fmt: skip
    other.hand_over(orders_of_day(count=1, seed="s", first_at=AT, places=(), prefix="D"))
    return other


def answers(other: OtherSide) -> int:
    return int(other.statement(DAY)["orders"][0]["answers"])


def test_what_we_send_is_taken_once_and_a_wrong_signature_is_refused(settings: Any) -> None:
    other = other_side()
    with listening(other, port=0, lock=threading.Lock()) as port:
        settings.HOTLINE_ADDRESSES = {CHANNEL: f"http://127.0.0.1:{port}/in"}
        settings.HOTLINE_SECRETS = {CHANNEL: SECRET}
        for _time in range(2):
            post(CHANNEL, "answer", json.dumps(ANSWER).encode())
        for body in (b"{", json.dumps({**ANSWER, "message_id": "a-2", "order_no": "unknown"}).encode()):
            with pytest.raises(SendFailed, match="HTTP 422"):
                post(CHANNEL, "answer", body)
        settings.HOTLINE_SECRETS = {CHANNEL: "f" * 32}
        with pytest.raises(SendFailed, match="HTTP 401"):
            post(CHANNEL, "answer", json.dumps({**ANSWER, "message_id": "a-3"}).encode())
    assert answers(other) == 1
    assert other.all_answered == (other.statement(DAY)["orders"][0]["redone"] == 0)


def test_a_receipt_that_was_lost_is_a_failure_for_us_though_the_message_arrived(settings: Any) -> None:
    other = other_side(Faults(lost=0, reply_lost=1, doubled=0, late=0))
    with listening(other, port=0, lock=threading.Lock()) as port:
        settings.HOTLINE_ADDRESSES = {CHANNEL: f"http://127.0.0.1:{port}/in"}
        settings.HOTLINE_SECRETS = {CHANNEL: SECRET}
        with pytest.raises(SendFailed, match="HTTP 504"):
            post(CHANNEL, "answer", json.dumps(ANSWER).encode())
    assert answers(other) == 1


def test_a_server_that_is_away_is_worth_another_try() -> None:
    other = other_side()
    other.post = poster("http://127.0.0.1:9")
    assert other.round() == 1
    assert other.refused == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_statement_is_read_from_the_file_a_hotline_exports(small_city: None, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "day.csv"
    path.write_text("工单编号,诉求类型,答复次数,退单次数,重办次数,满意度\nA-1,投诉,2,,1,满意\nA-2,help,,,,\n", encoding)
    assert read_statement(path=path, channel=CHANNEL, day=DAY) == [
        DayOrder("A-1", DAY, "complaint", 2, 0, 1, "满意"), DayOrder("A-2", DAY, "help"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["编号\n1\n", "工单编号,诉求类型,答复次数\nA-1,投诉,两次\n"])
def test_a_statement_with_a_wrong_row_is_refused_whole(small_city: None, tmp_path: Path, text: str) -> None:
    path = tmp_path / "day.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(FileRefused):
        read_statement(path=path, channel=CHANNEL, day=DAY)


def test_the_terminal_compares_a_day_and_says_each_difference(
    city_database: object, partner: Partners, tmp_path: Path
) -> None:
    partner().order(sent_at=AT.isoformat())
    path = tmp_path / "day.csv"
    path.write_text("工单编号,诉求类型\nDH-00001,投诉\n", "utf-8")
    asked = ["hotline", "reconcile", str(path), "--channel", CHANNEL, "--day", "2024-03-13"]
    equal = CliRunner().invoke(wangge, [*asked, "--json"])
    assert equal.exit_code == 0, equal.output
    assert json.loads(equal.output) == {"day": "2024-03-13", "theirs": 1, "ours": 1, "differences": []}
    path.write_text("工单编号,诉求类型\nDH-00002,投诉\n", "utf-8")
    differs = CliRunner().invoke(wangge, asked)
    assert differs.exit_code == 1
    assert "DH-00001\tmissing_there\t0\t1" in differs.output
    assert "DH-00002\tmissing_here\t1\t0" in differs.output


def test_the_simulator_asks_for_the_channel_s_secret_and_an_address() -> None:
    no_secret = CliRunner().invoke(wangge, ["hotline", "simulate", "--channel", "nowhere"])
    assert no_secret.exit_code == 2
    assert "WANGGE_HOTLINE_SECRETS" in no_secret.output
