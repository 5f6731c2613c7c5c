"""Exports the simulated city of a test as an old system's vendor would, in the words of the sample mapping."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import orjson
from django.db import connection

from wangge.groundwork.attachments.queries import open_copy
from wangge.groundwork.coordinates import from_wgs84
from wangge.surfaces.exchange.imports.history.mapping import HistoryMapping, load_history_mapping

KINDS = {"event": "事件", "component": "部件", "": ""}
CITY_ZONE = ZoneInfo("Asia/Shanghai")
CASE_COLUMNS = (
    "任务号", "主任务号", "并入任务号", "案件来源", "问题类型", "小类代码", "立案条件", "问题描述", "位置描述",
    "反映人", "联系电话", "经度", "纬度", "单元网格", "区域", "部件标识码", "状态", "上报时间", "截止时间",
)  # fmt: skip
STEP_COLUMNS = (
    "任务号", "序号", "操作", "操作时间", "操作人账号", "岗位", "办理单位", "接收单位", "接收人账号", "意见",
    "申请时长", "申请至", "结果", "子任务序号", "类型",
)  # fmt: skip
PHOTO_COLUMNS = ("任务号", "类别", "文件", "序号")
_CASES = """
SELECT c.number, COALESCE(p.number, ''), COALESCE(l.number, ''), c.source, c.state, m.description, m.address, m.lon,
       m.lat, m.unit_grid_code, c.district_code, m.component, c.stage, c.reported_at, c.handling_due_at,
       (SELECT t.texts FROM cases_private_texts t WHERE t.case_id = c.id AND t.seq = 1)
  FROM cases_case c JOIN cases_matter m ON m.case_id = c.id
  LEFT JOIN cases_case p ON p.id = c.parent_id LEFT JOIN cases_case l ON l.id = c.lead_id
 WHERE c.external_no IS NULL OR c.external_no NOT LIKE 'old:%'
 ORDER BY c.id
"""
_STEPS = """
SELECT c.number, s.seq, s.verb, s.at, COALESCE(p.username, ''), s.post, s.payload
  FROM cases_step s JOIN cases_case c ON c.id = s.case_id LEFT JOIN organizations_person p ON p.id = s.person_id
 WHERE c.external_no IS NULL OR c.external_no NOT LIKE 'old:%'
 ORDER BY s.verb, s.case_id, s.seq
"""


class VendorExport:
    """The files of one export below ``folder``; ``sheets``: workbooks in place of CSV in GBK."""

    def __init__(self, folder: Path, *, sheets: bool = False) -> None:
        self.folder, self.sheets = folder, sheets
        self.mapping: HistoryMapping = load_history_mapping("vendor_history")
        tables = self.mapping.tables
        self._words = {
            name: {value: word for word, value in reversed(list(codes.items()))} for name, codes in tables.items()
        }
        self._actions = {
            actions[-1].verb: word for word, actions in reversed(list(self.mapping.actions.items())) if actions
        }
        self._units = dict(_rows("SELECT code, name FROM organizations_department"))
        self._people = {str(key): name for key, name in _rows("SELECT id, username FROM organizations_person")}

    def write(self) -> Path:
        """Write every table; the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        steps = _rows(_STEPS)
        self._table("案卷表", CASE_COLUMNS, [self._case(*row) for row in _rows(_CASES)])
        self._table("流转表", STEP_COLUMNS, [self._step(*row) for row in steps])
        self._table("附件", PHOTO_COLUMNS, [photo for row in steps for photo in self._photos(row[0], row[1], row[6])])
        return self.folder

    def _case(self, number: str, parent: str, lead: str, source: str, state: str, *rest: Any) -> list[Any]:
        told = orjson.loads(state) if isinstance(state, str) else state
        description, address, lon, lat, grid, district, component, stage, reported_at, due_at, texts = rest
        kept = orjson.loads(texts) if isinstance(texts, str) else (texts or {})
        kind, _, code4 = told.get("category", "").partition(":")
        x, y = from_wgs84(lon, lat, system="gcj02") if lon is not None else ("", "")
        return [
            number, parent, lead, self._words["sources"][source], KINDS[kind], code4,
            told.get("condition_seq", ""), description, address, kept.get("reporter_name", ["", ""])[1],
            kept.get("reporter_phone", ["", ""])[1], x, y, grid, district, component, self._words["stages"][stage],
            _text(reported_at), _text(due_at),
        ]  # fmt: skip

    def _step(
        self, number: str, seq: int, verb: str, at: datetime, username: str, post: str, payload: str
    ) -> list[Any]:
        told = orjson.loads(payload)
        args: Mapping[str, str] = told.get("args", {})
        person = args.get("assignee") or args.get("handler") or ""
        units = args.get("departments") or args.get("department") or ""
        amount = args.get("amount", "")
        count, _, unit = amount.partition(" ")
        result = args.get("result") or args.get("grade") or ""
        answer = args.get("answer", "")
        return [
            number, seq, self._actions[verb], _text(at), username or "系统", self._words["posts"][post],
            self._units.get(told.get("unit", ""), ""),
            args.get("body") or "、".join(self._units[code] for code in units.split()), self._people.get(person, ""),
            args.get("reason") or args.get("text") or args.get("note") or "",
            f"{count} {self._words['amount_units'][unit]}" if amount else "",
            args.get("until", "") and f"{args['until']}:00",
            self._words["results"].get(result, result) or self._words["answers"].get(answer, answer),
            args.get("child", "").removeprefix("child-"),
            args.get("kind") or args.get("why") or args.get("level") or "",
        ]  # fmt: skip

    def _photos(self, number: str, seq: int, payload: str) -> list[list[Any]]:
        rows = []
        for kind, pieces in (orjson.loads(payload).get("evidence") or {}).items():
            for photo, _digest in pieces if isinstance(pieces, list) else ():
                path = Path(number[:6]) / f"{photo}.jpg"
                if not (self.folder / "附件" / path).exists():
                    (self.folder / "附件" / path).parent.mkdir(parents=True, exist_ok=True)
                    copy = open_copy(photo_id=photo)
                    assert copy is not None
                    (self.folder / "附件" / path).write_bytes(copy.read())
                rows.append([number, self._words["photo_kinds"][kind], str(path).replace("/", "\\"), seq])
        return rows

    def _table(self, name: str, columns: tuple[str, ...], rows: list[list[Any]]) -> None:
        if not self.sheets:
            with (self.folder / f"{name}.csv").open("w", encoding="gbk", errors="replace", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(columns)
                writer.writerows(rows)
            return
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet(name)
        sheet.append([f"{name}（导出）"])
        sheet.append(columns)
        for row in rows:
            sheet.append(row)
        book.save(self.folder / f"{name}.xlsx")


def _text(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
