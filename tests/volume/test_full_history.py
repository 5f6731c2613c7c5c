"""The whole history of an old system: our own city exported as a vendor would, taken in, and the same in every step."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image

from tests.exchange.vendor_city import CASE_COLUMNS, CITY_ZONE, STEP_COLUMNS, VendorExport
from tests.volume.conftest import NOW, Ask, breaks_found
from wangge.domains.cases.queries.counted import counted_cases
from wangge.domains.cases.surroundings import forget_units
from wangge.domains.organizations.logic import TERMINAL
from wangge.project.demo.ground_loading import LoadedGround
from wangge.project.simulation.running import load_demo_cases
from wangge.surfaces.exchange.imports.history.comparing import TheirFigure, compare
from wangge.surfaces.exchange.imports.history.mapping import load_history_mapping
from wangge.surfaces.exchange.imports.history.taking import take_in_export

IMPORTED_AT = NOW + timedelta(hours=1)
SAME_CASES = """
SELECT o.number, o.stage = c.stage, o.category = c.category, o.source = c.source, o.entry = c.entry,
       o.reported_at = c.reported_at, o.filed_at IS NOT DISTINCT FROM c.filed_at,
       o.closed_at IS NOT DISTINCT FROM c.closed_at, o.department_code = c.department_code,
       o.handling_due_at IS NOT DISTINCT FROM c.handling_due_at, o.grid_code = c.grid_code,
       o.assignee_id IS NOT DISTINCT FROM c.assignee_id, o.version = c.version
  FROM cases_case c JOIN cases_case o ON 'old:' || o.number = c.external_no
"""
STEPS = """
SELECT c.external_no LIKE 'old:%' AS is_imported, CASE WHEN c.external_no LIKE 'old:%' THEN substr(c.external_no, 5)
       ELSE c.number END, s.seq, s.verb, s.at, s.from_stage, s.to_stage, s.post, s.person_id
  FROM cases_step s JOIN cases_case c ON c.id = s.case_id ORDER BY 2, s.seq
"""


def take_in(export: Path, folder: Path, **changed: Any) -> dict[str, Any]:
    forget_units()
    mapping = changed.pop("mapping", None) or load_history_mapping("vendor_history")
    given = {"by": TERMINAL, "at": IMPORTED_AT, "refused_file": folder / "refused.csv", "dry_run": False, **changed}
    return take_in_export(export, mapping, **given)


@pytest.fixture
def jpeg() -> Callable[[int], bytes]:
    """Pictures of one colour each."""

    def make(shade: int) -> bytes:
        stream = io.BytesIO()
        Image.new("RGB", (64, 48), (shade * 40 % 255, 90, 120)).save(stream, "JPEG")
        return stream.getvalue()

    return make


@pytest.fixture
def city(ground: LoadedGround) -> LoadedGround:
    """A few hundred cases in every stage, each step judged."""
    for _day in load_demo_cases(city=ground, seed=11, at=NOW, by=TERMINAL, cases=560, recent=40):
        pass
    return ground


def steps_by_case(ask: Ask) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """(imported, original) steps by the number of the original, in order."""
    imported: dict[str, list[Any]] = {}
    original: dict[str, list[Any]] = {}
    for is_imported, number, *step in ask(STEPS):
        (imported if is_imported else original).setdefault(number, []).append(tuple(step))
    return imported, original


def test_our_own_city_comes_back_in_every_case_and_step_and_only_once(
    city: LoadedGround, ask: Ask, tmp_path: Path
) -> None:
    export = VendorExport(tmp_path / "export").write()
    ((before,),) = ask("SELECT count(*) FROM cases_case")
    report = take_in(export, tmp_path)
    assert report["refused"] == 0, report["refused_by_reason"]
    assert (report["written"], report["cases"]) == (before, before)
    assert (report["stage_differs"], report["remarks"], report["bridged"]) == ({}, {}, {})
    assert report["steps_written"] == report["steps_told"] == report["steps"]
    same = ask(SAME_CASES)
    assert len(same) == before
    assert [row for row in same if not all(row[1:])] == []
    imported, original = steps_by_case(ask)
    assert imported.keys() == original.keys()
    differing = {number for number in original if imported[number] != original[number]}
    assert not differing, [(imported[n], original[n]) for n in sorted(differing)[:2]]
    assert breaks_found() == []
    assert not (tmp_path / "refused.csv").exists()

    printed = Counter(
        (f"{at.astimezone(CITY_ZONE):%Y-%m}", verb)
        for steps in original.values()
        for _seq, verb, at, *_rest in steps
        if verb in ("file_case", "close_case")
    )
    theirs = [TheirFigure(month, "", FIGURE_OF[verb], count) for (month, verb), count in sorted(printed.items())]
    compared = compare(theirs, counted_cases(system="old"))
    closings = [line for line in compared.lines if line.figure == "n_close"]
    assert len(closings) >= 10
    # what else closes a case (self-handled, outside, parents) and is filed again counts here as the table says
    assert all(line.ours >= line.theirs for line in closings)

    mark = ask("SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM cases_case c")
    again = take_in(export, tmp_path, jobs=2)
    assert (again["written"], again["already_there"]) == (0, report["written"])
    assert ask("SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM cases_case c") == mark


def test_workbooks_say_the_same_and_a_whole_file_in_the_wrong_system_is_noticed(
    city: LoadedGround, ask: Ask, tmp_path: Path
) -> None:
    ((before,),) = ask("SELECT count(*) FROM cases_case")
    export = VendorExport(tmp_path / "export", sheets=True).write()
    report = take_in(export, tmp_path, dry_run=True)
    assert (report["written"], report["refused"], report["stage_differs"]) == (before, 0, {})
    assert report["steps_written"] == report["steps"]
    right = report["coordinates"]
    assert (right["is_wrong"], right["likelier"]) == (False, "")
    mapping = load_history_mapping(_changed(tmp_path, 'system = "gcj02"', 'system = "wgs84"'))
    wrong = take_in(export, tmp_path, dry_run=True, mapping=mapping)["coordinates"]
    assert (wrong["is_wrong"], wrong["likelier"]) == (True, "gcj02")
    assert 400 < wrong["metres"] < 800


# ---- small exports written by hand -------------------------------------------------------------------------------

FIGURE_OF = {"file_case": "n_file", "close_case": "n_close"}

CASE = {
    "任务号": "A1", "案件来源": "热线上报", "问题类型": "事件", "小类代码": "0110", "问题描述": "垃圾未清",
    "位置描述": "东风路", "状态": "处置中", "上报时间": "2024-03-01 09:00:00",
}  # fmt: skip


def small_export(folder: Path, cases: list[dict[str, str]], steps: list[dict[str, str]], **files: bytes) -> Path:
    export = folder / "small"
    export.mkdir(exist_ok=True)
    tables = {
        "案卷.csv": (CASE_COLUMNS, cases),
        "流转.csv": (STEP_COLUMNS, steps),
        "附件.csv": (("任务号", "类别", "文件", "序号"), []),
    }
    for name, (columns, rows) in tables.items():
        with (export / name).open("w", encoding="gb18030", newline="") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(rows)
    for name, data in files.items():
        (export / name).write_bytes(data)
    return export


def step(order: int, action: str, at: str, **cells: str) -> dict[str, str]:
    return {"任务号": "A1", "序号": str(order), "操作": action, "操作时间": at, **cells}


def payloads(ask: Ask) -> list[dict[str, Any]]:
    return [orjson.loads(row[0]) for row in ask("SELECT payload FROM cases_step ORDER BY case_id, seq")]


def test_what_is_no_move_here_stays_as_a_remark_of_the_nearest_move(
    ground: LoadedGround, ask: Ask, tmp_path: Path
) -> None:
    steps = [
        step(1, "热线接听", "2024-03-01 08:58:00", 意见="来电人王某"),
        step(2, "平台接入", "2024-03-01 09:00:00", 岗位="系统"),
        step(3, "查看", "2024-03-01 09:05:00"),
        step(4, "派遣", "2024-03-01 09:30:00", 接收单位="城东保洁公司", 岗位="派遣员"),
        step(5, "核查通过", "2024-03-01 10:00:00"),
    ]
    report = take_in(small_export(tmp_path, [CASE], steps), tmp_path)
    told = payloads(ask)
    assert [(each["verb"], each.get("foreign", {}).get("bridge", False)) for each in told] == [
        ("receive_report", False), ("accept", True), ("file_case", True), ("dispatch", False),
    ]  # fmt: skip
    assert [mark["step"] for mark in told[0]["foreign"]["remarks"]] == ["热线接听", "查看"]
    assert [mark["step"] for mark in told[3]["foreign"]["remarks"]] == ["核查通过"]
    assert report["remarks"] == {
        "热线接听: unknown_action": 1, "查看: unknown_action": 1, "核查通过: no_such_move": 1
    }  # fmt: skip
    assert report["bridged"] == {"accept": 1, "file_case": 1}
    assert report["unknown"]["action"] == {"热线接听": 1}
    assert report["unknown"]["unit"] == {"城东保洁公司": 1}
    # words that may name people stand apart from the chain and can be erased
    assert "王某" not in str(ask("SELECT string_agg(payload, '') FROM cases_step"))
    assert ask("SELECT texts->'remarks'->>1 FROM cases_private_texts WHERE seq = 1") == [("热线接听：来电人王某",)]
    assert ask("SELECT d.name FROM cases_case c JOIN organizations_department d ON d.code = c.department_code") == [
        ("城东保洁公司",)
    ]
    assert breaks_found() == []


def test_a_stage_the_steps_do_not_lead_to_is_reported_not_invented(
    ground: LoadedGround, ask: Ask, tmp_path: Path
) -> None:
    export = small_export(tmp_path, [{**CASE, "状态": "结案"}], [step(1, "平台接入", "2024-03-01 09:00:00")])
    report = take_in(export, tmp_path)
    assert report["stage_differs"] == {"closed → reported": 1}
    assert ask("SELECT stage FROM cases_case") == [("reported",)]


def test_a_task_out_at_somebody_unknown_waits_to_be_sent_again(ground: LoadedGround, ask: Ask, tmp_path: Path) -> None:
    steps = [
        step(1, "平台接入", "2024-03-01 09:00:00"),
        step(2, "派核实", "2024-03-01 09:10:00", 接收人账号="离职人员"),
    ]
    report = take_in(small_export(tmp_path, [{**CASE, "状态": "待核实"}], steps), tmp_path)
    assert ask("SELECT stage, assignee_id FROM cases_case") == [("reported", None)]
    assert report["remarks"] == {"派核实: assignee_unknown": 1}
    assert breaks_found() == []


def test_bad_rows_are_refused_one_by_one_with_their_reasons(ground: LoadedGround, ask: Ask, tmp_path: Path) -> None:
    cases = [
        CASE,
        {**CASE, "任务号": "A2", "上报时间": "去年"},
        {**CASE, "任务号": "A3", "案件来源": "口信"},
        {**CASE, "任务号": "A4", "小类代码": "9999"},
        CASE,
        {**CASE, "任务号": ""},
        {**CASE, "任务号": "A5", "上报时间": "2034-03-01 09:00:00"},
    ]
    steps = [
        step(1, "平台接入", "2024-03-01 09:00:00"),
        step(2, "受理", "没有时间"),
        step(3, "受理", "2034-03-01 09:00:00"),
        {**step(1, "平台接入", "2024-03-01 09:00:00"), "任务号": "Z9"},
    ]
    report = take_in(small_export(tmp_path, cases, steps), tmp_path)
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert Counter(row["reason"] for row in rows) == Counter(report["refused_by_reason"])
    assert report["refused_by_reason"] == {
        "step_without_case": 1, "step_without_time": 1, "step_in_future": 1, "unreadable_reported_at": 1,
        "unknown_source": 1, "unknown_category": 1, "repeated_key": 1, "missing_key": 1, "reported_in_future": 1,
    }  # fmt: skip
    assert ask("SELECT external_no FROM cases_case") == [("old:A1",)]
    assert breaks_found() == []


def test_steps_whose_numbers_run_against_the_clock_are_put_in_the_order_of_time(
    ground: LoadedGround, ask: Ask, tmp_path: Path
) -> None:
    steps = [step(2, "平台接入", "2024-03-01 09:00:00"), step(1, "受理", "2024-03-01 09:20:00")]
    report = take_in(small_export(tmp_path, [{**CASE, "状态": "待立案"}], steps), tmp_path)
    assert report["findings"]["steps_out_of_order"] == 1
    assert ask("SELECT verb FROM cases_step ORDER BY seq") == [("receive_report",), ("accept",)]


def test_a_dry_run_says_the_same_and_writes_nothing(ground: LoadedGround, ask: Ask, tmp_path: Path) -> None:
    steps = [
        step(1, "平台接入", "2024-03-01 09:00:00"),
        step(2, "派遣", "2024-03-01 09:30:00", 接收单位="不认识的单位"),
    ]
    export = small_export(tmp_path, [CASE], steps)
    tried = take_in(export, tmp_path, dry_run=True)
    tables = (
        "cases_case",
        "cases_step",
        "organizations_department",
        "organizations_audit_record",
        "cases_number_counter",
    )
    before = [ask(f"SELECT count(*) FROM {table}") for table in tables]
    assert ask("SELECT count(*) FROM cases_case") == [(0,)]
    take_in(export, tmp_path, dry_run=True)
    assert [ask(f"SELECT count(*) FROM {table}") for table in tables] == before
    real = take_in(export, tmp_path)
    for name in ("written", "steps_written", "stages", "remarks", "bridged", "stage_differs", "refused"):
        assert tried[name] == real[name], name


def _changed(folder: Path, old: str, new: str) -> str:
    from importlib import resources

    from wangge.surfaces.exchange.imports.history.mapping import SHIPPED_HISTORIES

    text = (resources.files(SHIPPED_HISTORIES) / "vendor_history.toml").read_text("utf-8")
    assert old in text
    (folder / "changed.toml").write_text(text.replace(old, new), encoding="utf-8")
    return str(folder / "changed.toml")


def test_pictures_come_by_their_path_and_stay_with_their_step(
    ground: LoadedGround, ask: Ask, tmp_path: Path, jpeg: Callable[[int], bytes]
) -> None:
    steps = [
        step(1, "平台接入", "2024-03-01 09:00:00"),
        step(2, "派遣", "2024-03-01 09:30:00", 接收单位="市容环卫中心"),
        step(3, "处置完成", "2024-03-01 11:00:00", 岗位="处置人员"),
    ]
    export = small_export(tmp_path, [{**CASE, "状态": "待批转"}], steps)
    (export / "附件" / "2024").mkdir(parents=True)
    (export / "附件" / "2024" / "after.jpg").write_bytes(jpeg(1))
    (export / "附件" / "2024" / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "secret.jpg").write_bytes(jpeg(2))
    with (export / "附件.csv").open("w", encoding="gbk", newline="") as stream:
        stream.write("任务号,类别,文件,序号\n")
        stream.write("A1,处置后,2024\\after.jpg,3\nA1,处置前,2024/broken.jpg,1\nA1,处置前,../../secret.jpg,1\n")
    report = take_in(export, tmp_path)
    assert report["findings"]["photo_unusable"] == 1
    assert report["findings"]["photo_not_there"] == 1
    assert report["photos_taken"] == 1
    ((photos,),) = ask("SELECT photos FROM cases_case")
    ((photo_id, used),) = ask("SELECT id, used FROM attachments_photo")
    assert (photos if isinstance(photos, list) else orjson.loads(photos)) == [["photo_after", photo_id, 5]]
    assert used
    assert breaks_found() == []


def test_a_torn_file_of_an_export_stops_it_before_anything_is_written(
    ground: LoadedGround, ask: Ask, tmp_path: Path
) -> None:
    import gzip

    from wangge.surfaces.exchange.imports.reading import FileRefused

    export = small_export(tmp_path, [CASE], [])
    packed = gzip.compress((export / "流转.csv").read_bytes() * 500)
    (export / "流转.csv").write_bytes(packed[:-40])
    with pytest.raises(FileRefused, match="压缩文件不完整"):
        take_in(export, tmp_path)
    assert ask("SELECT count(*) FROM cases_case") == [(0,)]
