"""The hotline that speaks no HTTP: what goes out to it as rows of a CSV, and its words on orders from one.

A row counts as sent once it lies on the disk: whoever fetches the file may find a message in two files, never in none,
and knows it again by its id. A word is known again by its order, kind and time, so that a file may come twice.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from errno import ENOSPC
from io import FileIO
from pathlib import Path

import orjson
from django.utils.translation import gettext as _

from wangge.domains.hotline.operations.messages import Message, Word, take_word_message, word_said
from wangge.domains.hotline.operations.receiving import ORDER_NO
from wangge.domains.hotline.operations.sending import SendFailed, send_due
from wangge.domains.hotline.refusals import BadOrder, HotlineRefused
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.spreadsheet_cells import quoted
from wangge.surfaces.exchange.hotline.orders import YES, moment_in, rows_of

OUT = ("报文编号", "工单编号", "类型", "轮次", "内容", "延至", "时间")
_KINDS_OUT = {
    "answer": "答复", "return": "退单", "extension": "延期", "question": "反问", "appeal": "申诉", "suspension": "挂起",
}  # fmt: skip
IN = {
    "工单编号": "order_no", "类型": "kind", "时间": "at", "满意度": "grade", "发回重办": "redo", "同意": "accepted",
    "新时限": "due_at", "内容": "content",
}  # fmt: skip
NEEDED = ("order_no", "kind", "at")
_KINDS_IN = {
    "回访": "revisit", "退单结果": "return_result", "延期结果": "extension_result", "反问回复": "question_answer",
    "申诉结果": "appeal_result", "挂起结果": "suspension_result",
}  # fmt: skip
_NO = frozenset({"否", "no", "false", "0"})
_BYTE_ORDER_MARK = "\ufeff"  # lets spreadsheet programs see that it is UTF-8


def write_due(*, path: Path, channel: str, at: datetime) -> tuple[int, int]:
    """(written, failed): everything due to a channel into a new file; none where nothing is. Raises FileExistsError."""
    written = failed = 0
    with path.open("xb", buffering=0) as file:
        _append(file, _BYTE_ORDER_MARK + _line(OUT))
        while not failed:
            sent, failed = send_due(
                channel=channel, send=lambda _channel, _kind, body: _append(file, _line(_cells(body))), at=at
            )
            written += sent
            if not sent:
                break
    if not written:
        path.unlink()
    return written, failed


def _cells(body: bytes) -> tuple[str, ...]:
    told = orjson.loads(body)
    moment = datetime.fromisoformat(told["at"]).astimezone(CITY_ZONE)
    return (
        told["message_id"], told["order_no"], _KINDS_OUT[told["type"]], str(told["round"]), told["text"],
        str(told.get("until", ""))[:10], f"{moment:%Y-%m-%d %H:%M}",
    )  # fmt: skip


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([quoted(cell) for cell in cells])
    return text.getvalue()


def _append(file: FileIO, line: str) -> None:
    """One line more; what did not reach the disk whole is taken off again."""
    begins, data = file.tell(), line.encode()
    try:
        if file.write(data) != len(data):
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        os.fsync(file.fileno())
    except OSError as failed:
        file.truncate(begins)
        file.seek(begins)
        raise SendFailed(f"{type(failed).__name__}: {failed}", is_down=True) from failed


@dataclass(slots=True)
class TakenWords:
    """What came of a file: counts, and each refused line with its reason."""

    rows: int = 0
    taken: int = 0
    there: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def take_words(*, path: Path, channel: str, at: datetime) -> TakenWords:
    """Take in every row, the earliest word first; the same file again does nothing. Raises FileRefused."""
    result = TakenWords()
    words: list[tuple[datetime, int, Message, Word]] = []
    for line, cells in rows_of(path, columns=IN, needed=NEEDED):
        result.rows += 1
        try:
            words.append(_word_of(line, cells, channel))
        except BadOrder as bad:
            result.refused.append((line, f"{bad.field}: {bad}"))
    for _said_at, line, message, word in sorted(words, key=lambda each: each[:2]):
        try:
            _answer, is_new = take_word_message(message=message, word=word, at=at)
        except HotlineRefused as refused:
            result.refused.append((line, str(refused)))
            continue
        result.taken += is_new
        result.there += not is_new
    result.refused.sort()
    return result


def _word_of(line: int, cells: dict[str, str], channel: str) -> tuple[datetime, int, Message, Word]:
    said_at = moment_in(cells, "at")
    if said_at is None:
        raise BadOrder("at", _("请给出时间：同一工单的两次回访凭它区分。"))
    order_no, named = cells.get("order_no", ""), cells.get("kind", "")
    if ORDER_NO.fullmatch(order_no) is None:
        raise BadOrder("order_no", _("工单编号只能用字母、数字与 . _ / -，不超过 60 个字符。"))
    kind = _KINDS_IN.get(named, named)
    if kind not in _KINDS_IN.values():
        raise BadOrder("kind", _("类型须为：%(kinds)s。") % {"kinds": "、".join(_KINDS_IN)})
    accepted = cells.get("accepted", "").lower()
    word = word_said(
        kind=kind, order_no=order_no, grade=cells.get("grade", ""),
        redo=cells.get("redo", "").lower() in YES, due_at=moment_in(cells, "due_at"),
        accepted=True if accepted in YES else False if accepted in _NO else None, content=cells.get("content", ""),
    )  # fmt: skip
    key = hashlib.sha256(f"{order_no}\n{kind}\n{said_at.isoformat()}".encode()).hexdigest()[:40]
    digest = hashlib.sha256(orjson.dumps(word, option=orjson.OPT_SORT_KEYS)).digest()
    return said_at, line, Message(channel, f"csv-{key}", digest, kind), word
