"""An old system's monthly figures beside ours: equal where they count alike, each difference laid to what makes it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from wangge.domains.cases.queries.counted import CountedCase
from wangge.surfaces.exchange.imports.history.comparing import Cause, LostRow, TheirFigure, compare, month_of
from wangge.surfaces.exchange.imports.history.figures_file import (
    load_figures_mapping,
    lost_rows,
    their_figures,
    write_workbook,
)
from wangge.surfaces.exchange.imports.history.mapping import load_history_mapping
from wangge.surfaces.exchange.imports.reading import FileRefused


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def case(n: int, reported: str, closed: str = "", **changed: object) -> CountedCase:
    """A case reported at one moment and perhaps closed at another (UTC), counted at each."""
    counts = [("n_report", at(reported), 1)]
    if closed:
        counts += [("n_close", at(closed), 1), ("n_handle_intime", at(closed), 1)]
    values = {
        "number": f"n{n}", "key": f"k{n}", "reported_at": at(reported), "filed_at": at(reported),
        "closed_at": at(closed) if closed else None, "stage": "archived" if closed else "reported", "unit": "u",
        "stated_status": "", "without_limit": False, "counts": tuple(counts), **changed,
    }  # fmt: skip
    return CountedCase(**values)  # type: ignore[arg-type]


CASES = [
    *[case(n, f"2024-03-{1 + n:02d} 02:00", f"2024-03-{2 + n:02d} 02:00") for n in range(20)],
    *[case(20 + n, f"2024-03-{26 + n} 02:00", f"2024-04-0{1 + n} 02:00") for n in range(5)],
    *[case(30 + n, f"2024-04-{2 + n:02d} 02:00", f"2024-04-{4 + n:02d} 02:00") for n in range(10)],
]


def their(figure: str, march: int, april: int) -> list[TheirFigure]:
    return [TheirFigure("2024-03", "", figure, march), TheirFigure("2024-04", "", figure, april)]


def test_figures_that_count_alike_agree() -> None:
    found = compare([*their("n_report", 25, 10), *their("n_close", 20, 15)], CASES)
    assert [line.difference for line in found.lines] == [0, 0, 0, 0]
    assert found.as_json()["differences_by_cause"] == {}


def test_a_month_by_the_report_is_recognised_as_another_period_rule() -> None:
    found = compare(their("n_close", 25, 10), CASES)
    assert found.period == {"n_close": "reported, 1"}
    assert [line.causes for line in found.lines] == [{Cause.PERIOD: 5}, {Cause.PERIOD: -5}]


def test_a_month_that_begins_on_the_26th_is_recognised_too() -> None:
    found = compare(their("n_report", 21, 15), [*CASES, case(70, "2024-03-23 02:00")])
    assert found.period == {"n_report": "step, 26"}
    assert [line.causes for line in found.lines] == [{Cause.PERIOD: -5}, {Cause.PERIOD: 5}]


@pytest.mark.parametrize(
    ("moment", "start", "month"),
    [("2024-03-25 15:59", 26, "2024-03"), ("2024-03-25 16:00", 26, "2024-04"), ("2024-12-27 00:00", 26, "2025-01"),
     ("2024-02-29 16:00", 1, "2024-03")],
)  # fmt: skip
def test_statistical_months_are_those_of_the_city_s_own_clock(moment: str, start: int, month: str) -> None:
    assert month_of(at(moment), start) == month


def test_refused_rows_explain_what_is_missing_here_and_no_more() -> None:
    lost = [LostRow("unknown_category", "2024-03"), LostRow("repeated_key", "2024-03"),
            LostRow("reported_in_future", "2024-03"), LostRow("unknown_category", "2024-04")]  # fmt: skip
    found = compare(their("n_report", 29, 10), CASES, lost=lost)
    march, april = found.lines
    assert march.causes == {Cause.DUPLICATES: 1, Cause.IMPOSSIBLE: 1, Cause.MISSING: 1, Cause.UNEXPLAINED: 1}
    assert april.causes == {}


def test_cases_whose_limit_nobody_knows_explain_on_time_figures_alone() -> None:
    more = [case(50, "2024-03-01 02:00", "2024-03-05 02:00", without_limit=True,
                 counts=(("n_close", at("2024-03-05 02:00"), 1),))]  # fmt: skip
    found = compare([*their("n_handle_intime", 21, 15), *their("n_close", 22, 15)], [*CASES, *more])
    assert [line.causes for line in found.lines] == [{Cause.WITHOUT_LIMIT: 1}, {}, {Cause.UNEXPLAINED: 1}, {}]
    assert found.named[Cause.WITHOUT_LIMIT] == ["k50"]


def test_cases_they_call_closed_whose_steps_end_earlier_are_named() -> None:
    more = [case(60, "2024-03-03 02:00", stated_status="结案")]
    found = compare(their("n_close", 21, 15), [*CASES, *more], stages={"结案": "closed"})
    assert found.lines[0].causes == {Cause.STEPS_END_EARLY: 1}
    assert found.named[Cause.STEPS_END_EARLY] == ["k60"]


def test_fewer_than_ours_is_never_laid_to_rows_we_lack() -> None:
    found = compare(their("n_report", 20, 10), CASES, lost=[LostRow("unknown_category", "2024-03")])
    assert found.lines[0].causes == {Cause.UNEXPLAINED: -5}


def test_a_bulletin_is_read_from_csv_and_workbook_with_its_totals_left_out(tmp_path: Path) -> None:
    mapping = load_figures_mapping("monthly_figures")
    path = tmp_path / "月报.csv"
    path.write_bytes('月份,单位,上报数,立案数\n2024年3月,甲,"1,200",7\n2024-04,乙,3,\n合计,,1203,7\n'.encode("gbk"))
    expected = [
        TheirFigure("2024-03", "甲", "n_report", 1200),
        TheirFigure("2024-03", "甲", "n_file", 7),
        TheirFigure("2024-04", "乙", "n_report", 3),
    ]
    assert their_figures(path, mapping) == expected
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["月报"],
        ["月份", "单位", "上报数", "立案数"],
        ["2024年3月", "甲", 1200, 7],
        ["2024-04", "乙", 3, None],
    ):
        sheet.append(row)
    book.save(tmp_path / "月报.xlsx")
    assert their_figures(tmp_path / "月报.xlsx", mapping) == expected


def test_a_figure_that_is_no_whole_number_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("月份,上报数\n2024-03,约 12\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="第 2 行的“上报数”不是整数"):
        their_figures(path, load_figures_mapping("monthly_figures"))


def test_refused_rows_of_an_import_are_read_with_their_months(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"
    path.write_text(
        "line,external_key,reason,reason_zh,field,stated,row\n"
        '2,A,unknown_category,x,f,s,"{""上报时间"":""2024-03-31 23:00:00""}"\n'
        '3,B,unreadable_reported_at,x,f,s,"{""上报时间"":""?""}"\n'
        '4,C,step_in_future,x,f,s,"{}"\n',
        encoding="utf-8-sig",
    )
    assert list(lost_rows(path, load_history_mapping("vendor_history"))) == [
        LostRow("unknown_category", "2024-03"),
        LostRow("unreadable_reported_at", ""),
    ]


def test_the_workbook_holds_every_figure_with_a_live_difference(tmp_path: Path) -> None:
    found = compare(their("n_close", 25, 10), CASES)
    write_workbook(found, tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["对照"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][:6] == ("2024-03", None, "n_close", 25, 20, "=D2-E2")
    assert rows[2][6] == -5
