"""A hotline without HTTP: orders come by CSV, answers go out by CSV, and its words come back by CSV."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.hotline.conftest import CHANNEL, Partner
from tests.hotline.test_answers_out import act, answer, hand_over, outgoing, row
from wangge.domains.hotline.queries.orders import events_of
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.project.commands import hotline
from wangge.surfaces.exchange.hotline.orders import FileRefused
from wangge.surfaces.exchange.hotline.sheets import IN, OUT, TakenWords, take_words, write_due

pytestmark = pytest.mark.django_db
Partners = Callable[..., Partner]
Actors = Callable[[str], Actor]


def written(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames or ()) == OUT
        return list(reader)


def said(path: Path, *rows: dict[str, str]) -> TakenWords:
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, IN)
        writer.writeheader()
        writer.writerows(rows)
    return take_words(path=path, channel=CHANNEL, at=clock.now())


def call_back(at: str = "2024-03-14 09:00", grade: str = "满意", **more: str) -> dict[str, str]:
    return {"工单编号": "DH-00001", "类型": "回访", "时间": at, "满意度": grade, **more}


def test_an_answer_goes_out_in_a_file_once_and_the_call_back_comes_in_by_one(
    partner: Partners, actor: Actors, tmp_path: Path
) -> None:
    partner().order(kind="suggestion")
    answer(actor, text="=已修复，\n请查看")
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert write_due(path=first, channel=CHANNEL, at=clock.now()) == (1, 0)
    assert write_due(path=second, channel=CHANNEL, at=clock.now()) == (0, 0)
    assert not second.exists()
    (told,) = written(first)
    assert (told["工单编号"], told["类型"], told["轮次"], told["内容"]) == (
        "DH-00001",
        "答复",
        "1",
        "'=已修复，\n请查看",
    )
    assert row().state == "sent"
    found = said(tmp_path / "words.csv", call_back())
    assert (found.taken, found.there, found.refused) == (1, 0, [])
    assert (row().state, row().grade) == ("closed", "满意")
    assert said(tmp_path / "words.csv", call_back()).there == 1
    assert [each.act for each in events_of(row().id)].count("revisited") == 1


def test_two_rounds_of_the_same_grade_are_two_call_backs(partner: Partners, actor: Actors, tmp_path: Path) -> None:
    partner().order(kind="suggestion")
    answer(actor)
    unhappy = {"grade": "不满意", "发回重办": "是"}
    assert said(tmp_path / "1.csv", call_back(**unhappy)).taken == 1
    act(actor, "acceptor-1", "draft_answer", text="再次修复")
    act(actor, "section_head-1", "approve_answer")
    hand_over()
    # The same file with a row more: the first is known, whichever row stands first.
    again = call_back("2024/03/20 09:00", **unhappy)
    found = said(tmp_path / "2.csv", again, call_back(**unhappy))
    assert (found.taken, found.there, found.refused) == (1, 1, [])
    assert row().redone == 2


def test_returns_extensions_and_questions_go_and_come_by_file(partner: Partners, actor: Actors, tmp_path: Path) -> None:
    for number in (1, 2):
        partner().order(number, kind="suggestion")
    act(actor, "acceptor-1", "ask_question", note="在哪个路口？")
    until = (clock.today() + timedelta(days=10)).isoformat()
    act(actor, "acceptor-1", "ask_extension", note="须开挖", until=until)
    act(actor, "acceptor-1", "return_order", 2, note="不属本局")
    hand_over()
    path = tmp_path / "out.csv"
    assert write_due(path=path, channel=CHANNEL, at=clock.now()) == (3, 0)
    assert {(each["类型"], each["内容"], each["延至"]) for each in written(path)} == {
        ("反问", "在哪个路口？", ""), ("延期", "须开挖", until), ("退单", "不属本局", ""),
    }  # fmt: skip
    found = said(
        tmp_path / "in.csv",
        {"工单编号": "DH-00001", "类型": "反问回复", "时间": "2024-03-14 09:00", "内容": "东口"},
        {
            "工单编号": "DH-00001", "类型": "延期结果", "时间": "2024-03-14 09:01", "同意": "是",
            "新时限": "2024-04-30 18:00",
        },
        {"工单编号": "DH-00002", "类型": "退单结果", "时间": "2024-03-14 09:02", "同意": "否"},
    )  # fmt: skip
    assert (found.taken, found.refused) == (3, [])
    due_at = row().due_at
    assert due_at is not None
    assert due_at.isoformat() == "2024-04-30T10:00:00+00:00"
    assert (row().question_at, row(2).state) == (None, "received")


def test_a_row_that_cannot_be_taken_is_named_and_holds_up_no_other(
    partner: Partners, actor: Actors, tmp_path: Path
) -> None:
    partner().order(kind="suggestion")
    answer(actor)
    found = said(
        tmp_path / "words.csv",
        {**call_back(), "工单编号": "DH-99999"},
        {**call_back(), "类型": "其他"},
        call_back(at=""),
        call_back(at="明天"),
        call_back(grade=""),
        call_back(grade="很好很好"),
        {"工单编号": "DH-00001", "类型": "延期结果", "时间": "2024-03-14 09:00", "同意": "也许"},
        {**call_back(), "工单编号": "井\0盖"},
        call_back(),
        call_back(grade="不满意"),  # the same order, kind and moment with another word
    )
    assert [line for line, _why in found.refused] == [2, 3, 4, 5, 6, 7, 8, 9, 11]
    assert (found.rows, found.taken, row().grade) == (10, 1, "满意")


def test_a_file_without_moments_is_refused_and_a_short_row_is_named(partner: Partners, tmp_path: Path) -> None:
    partner().order(kind="suggestion")
    path = tmp_path / "words.csv"
    path.write_text("工单编号,类型\nDH-00001,回访\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="at"):
        take_words(path=path, channel=CHANNEL, at=clock.now())
    path.write_text("工单编号,类型,时间\nDH-00001\n", encoding="utf-8")
    assert [line for line, _why in take_words(path=path, channel=CHANNEL, at=clock.now()).refused] == [2]


def test_what_does_not_fit_on_the_disk_is_not_sent_and_the_file_stays_whole(
    partner: Partners, actor: Actors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        partner().order(number, kind="suggestion")
        answer(actor, number)
    kept, calls = os.fsync, list[int]()

    def full_after_two(number: int) -> None:
        calls.append(number)
        if len(calls) > 2:
            raise OSError(28, "No space left on device")
        kept(number)

    monkeypatch.setattr(os, "fsync", full_after_two)
    path = tmp_path / "out.csv"
    assert write_due(path=path, channel=CHANNEL, at=clock.now()) == (1, 1)
    assert [each["工单编号"] for each in written(path)] == ["DH-00001"]
    assert [sent for _id, _attempts, sent, _dead in outgoing()] == [True, False]


def test_a_file_that_is_there_is_not_written_over(partner: Partners, actor: Actors, tmp_path: Path) -> None:
    partner().order(kind="suggestion")
    answer(actor)
    path = tmp_path / "out.csv"
    path.write_text("x", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_due(path=path, channel=CHANNEL, at=clock.now())
    assert (path.read_text(encoding="utf-8"), row().state) == ("x", "approved")


def test_the_commands_say_what_they_did(
    partner: Partners, actor: Actors, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hotline, "open_city", nullcontext)
    settings.HOTLINE_ADDRESSES = {"act_now": "http://127.0.0.1:1/"}
    run = CliRunner().invoke
    path = tmp_path / "out.csv"
    words = ["send", str(path), "--channel"]
    assert run(hotline.hotline, [*words, "nobody"]).exit_code == 2
    assert run(hotline.hotline, [*words, "act_now"]).exit_code == 2
    assert run(hotline.hotline, [*words, CHANNEL]).exit_code == 0
    partner().order(kind="suggestion")
    answer(actor)
    done = run(hotline.hotline, [*words, CHANNEL])
    assert (done.exit_code, "1" in done.output) == (0, True)
    assert run(hotline.hotline, [*words, CHANNEL]).exit_code == 2
    path.write_text(
        "工单编号,类型,时间,满意度\nDH-00001,回访,2024-03-14 09:00,满意\nDH-2,回访,2024-03-14,满意\n", "utf-8"
    )
    done = run(hotline.hotline, ["take", str(path), "--channel", CHANNEL])
    assert (done.exit_code, "3" in done.output) == (1, True)
    assert row().state == "closed"
