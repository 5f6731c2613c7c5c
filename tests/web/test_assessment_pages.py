"""The pages of evaluation: what a person sees of a month, a district's paper, and the trace of a figure."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from tests.cases.photographs import scene
from tests.evaluation.small_months import run_months, walked_city
from tests.web.conftest import REPORT, Open, photo, reported
from wangge.domains.cases.models.case import Case, CaseMatter
from wangge.domains.cases.rules import forget_rules
from wangge.domains.evaluation.models import CheckFinding, Result
from wangge.domains.evaluation.snapshots import Snapshot
from wangge.domains.geography.models import ResponsibleRow
from wangge.standards.library import load_tables
from wangge.surfaces.web.assessment.words import treatment_name

pytestmark = pytest.mark.django_db
PUBLISHED, DRAFT = "2024-03", "2024-04"


@pytest.fixture
def real(browser: Open) -> str:
    """A case that the database holds."""
    return reported(browser)


@pytest.fixture
def snapshot(real: str, at_nine: datetime, tmp_path: Path, settings: Any) -> Snapshot:
    """A published month and a draft; the warehouse their figures come from, the first case of it a real one."""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"warehouse": tmp_path})
    made = walked_city(tmp_path, numbers={1: real})
    run_months(made, [PUBLISHED], at=at_nine)
    run_months(made, [DRAFT], at=at_nine, until="freeze")
    return made


def test_the_trace_of_a_figure_lists_the_cases_one_may_open(browser: Open, snapshot: Snapshot, real: str) -> None:
    address = f"/assessment/results/M{PUBLISHED}-1?figure=district%3D430201%2Fn_report"
    evaluator, unit = browser("evaluator-1"), browser("dept-a")
    evaluator.get(address)
    assert real in evaluator.page
    assert "另有" in evaluator.page
    unit.get(address)
    assert real not in unit.page
    assert "不在您的查看范围内" in unit.page


def test_the_trace_of_a_rate_says_its_definition_in_the_names_people_use(browser: Open, snapshot: Snapshot) -> None:
    evaluator = browser("evaluator-1")
    evaluator.get(f"/assessment/results/M{PUBLISHED}-1?figure=district%3D430201%2Frework_rate")
    assert "100 × 返工数 ÷ " in evaluator.page
    assert "重新立案的另计一个周期" in evaluator.page
    assert "reopened=" not in evaluator.page


def test_every_treatment_a_definition_of_the_standards_gives_has_words() -> None:
    treated = {each for indicator in load_tables(None).indicators for each in indicator.treatment}
    assert treated
    assert {each for each in treated if treatment_name(each) == each} == set()


def test_a_districts_paper_counts_what_one_may_not_open(browser: Open, snapshot: Snapshot) -> None:
    unit = browser("dept-a")
    unit.get(f"/assessment/{PUBLISHED}/district/430201")
    assert "430201-20240101" not in unit.page
    unit.get(f"/assessment/{DRAFT}/district/430201", status=403)


def test_a_change_is_tried_on_a_page_and_refused_where_it_cannot_be(browser: Open, snapshot: Snapshot) -> None:
    address = f"/assessment/{PUBLISHED}/what-if"
    evaluator = browser("evaluator-1")
    evaluator.get(f"/assessment/{PUBLISHED}")
    assert address in evaluator.page
    evaluator.get(address)
    assert "0 个对象的名次或等次会变" in evaluator.text()
    assert 'name="weight_intime" value="0.25"' in evaluator.page
    evaluator.get(f"{address}?least=0")
    assert "3 个对象的名次或等次会变" in evaluator.text()
    assert "— → 1" in evaluator.text()
    evaluator.get(f"{address}?kind=department&weight_intime=0.9")
    assert "权重之和是 1.4" in evaluator.text()
    for wrong, says in (
        ("least=x", "“x”不是数"),
        ("edge_grade/3=95", "一档比一档高"),
        ("weight_intime=7", "0 与 1 之间"),
    ):
        evaluator.get(f"{address}?{wrong}")
        assert says in evaluator.text()
    evaluator.get(f"{address}?kind=city", status=404)
    evaluator.get("/assessment/2023-01/what-if", status=404)
    browser("dept-a").get(address, status=403)


def test_signs_have_a_page_with_measure_threshold_source_and_cases(
    browser: Open, snapshot: Snapshot, real: str
) -> None:
    evaluator = browser("evaluator-1")
    evaluator.get("/assessment")
    assert "/assessment/signs" in evaluator.page
    evaluator.get("/assessment/signs?period=2024-03")
    text = evaluator.text()
    assert text.count("本月没有达到门限的。") == 7
    assert "不说明原因，也不是结论" in text
    assert "own choice（C）" in text
    evaluator.get("/assessment/signs")
    assert 'value="2024-02"' in evaluator.page  # the last month that is over
    evaluator.get("/assessment/signs?period=2024")
    assert "期间最长一个月" in evaluator.text()
    collector, again = browser("collector-1"), []
    for _time in range(2):
        collector.get("/cases/new")
        collector.send("report", 302, **REPORT, photo_before=SimpleUploadedFile("a.jpg", scene(5), "image/jpeg"))
        again.append(collector.url)
    evaluator.get("/assessment/signs?period=2024-03")
    assert evaluator.text().count("本月没有达到门限的。") == 6
    assert all(f'href="{url}"' in evaluator.page for url in again)
    browser("dept-a").get("/assessment/signs", status=403)


@pytest.fixture
def ranked(real: str, at_nine: datetime, tmp_path: Path, settings: Any) -> Any:
    """A published month in which small groups have ranks, as a city may set it; the first late case is a real one."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "settings.csv").write_text(
        "key,value,valid_from,valid_to,scope,source,confidence\nleast_cases_for_rank,0,,,city,own choice,C\n"
    )
    facts = tmp_path / "facts"
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"warehouse": facts, "overlay": own})
    settings.CITY_OVERLAY = own
    forget_rules()
    # the fourth, W58 in the first district, was handled late, and here nobody appealed yet
    run_months(walked_city(facts, numbers={4: real}, stops={4: 8}), [PUBLISHED], at=at_nine)
    yield
    forget_rules()


def test_a_districts_paper_names_photos_responsible_persons_and_what_would_change_the_rank(
    browser: Open, ranked: None, real: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET grid_code = 'G1', department_code = 'dept-a' WHERE number = %s", [real])
    ResponsibleRow.objects.create(grid_code="G1", name="责任人甲", unit="某街道", valid_from=date(2024, 1, 1))
    ResponsibleRow.objects.create(grid_code="G2", name="责任人乙", unit="某街道", valid_from=date(2024, 1, 1))
    evaluator = browser("evaluator-1")
    evaluator.get(f"/assessment/{PUBLISHED}/district/430201")
    text = evaluator.text()
    assert f'href="/cases/{real}"' in evaluator.page
    assert "责任人甲 某街道 1" in text
    assert "责任人乙" not in text
    assert re.search(rf'<img src="/cases/{real}/photos/[a-z2-7]+/small.jpg"', evaluator.page)
    assert "data-prints" in evaluator.page
    told = json.loads(Result.objects.get(id=f"M{PUBLISHED}-1").content)["scores"]["district"]
    last = max(told, key=lambda each: each["rank"])
    evaluator.get(f"/assessment/{PUBLISHED}/district/{last['code']}")
    assert "怎样会改变名次" in evaluator.text()
    first = min(told, key=lambda each: each["rank"])
    evaluator.get(f"/assessment/{PUBLISHED}/district/{first['code']}")
    assert "怎样会改变名次" not in evaluator.text()
    unit = browser("dept-b")
    unit.get(f"/assessment/{PUBLISHED}/district/430201")
    assert real not in unit.page
    assert "责任人甲" not in unit.page


def test_checks_of_a_month_are_written_on_a_page_and_refused_where_they_cannot_be(
    browser: Open, snapshot: Snapshot, real: str
) -> None:
    address = "/assessment/2024-02/checks"
    evaluator = browser("evaluator-1")
    evaluator.get("/assessment")
    assert address in evaluator.page  # the month that is over
    evaluator.get(address)
    assert "本月还没有登记的发现" in evaluator.text()
    given = {"object": "district=430202", "item": "spot/sanitation", "place": "河东路口", "note": "垃圾外溢"}
    evaluator.send("find", points="99", **given)
    assert "不超过 10 分" in evaluator.text()
    evaluator.send("find", points="2.5", case_number=real, **given)
    assert "−2.50" in evaluator.text()
    assert f'href="/cases/{real}"' in evaluator.page
    (form,) = [each for each in evaluator.forms() if each.startswith("take-back-")]
    evaluator.send(form, note="认错了地方")
    assert "已撤销" in evaluator.text()
    assert "take-back-" not in evaluator.page
    evaluator.send("adjust", object="department=dept-a", points="-1", reason="媒体曝光", order_no="城管〔2024〕9 号")
    assert "-1.00" in evaluator.text()
    evaluator.send("draw-quality")
    assert "没有可抽取的对象" in evaluator.text()
    leader = browser("centre_leader-1")
    leader.get(address)
    assert not [form for form in leader.forms() if form in ("find", "adjust")]
    browser("dept-a").get(address, status=403)
    evaluator.get("/assessment/marsh/checks", status=404)


def test_a_finding_becomes_one_case_by_the_ordinary_entry_of_its_source(browser: Open, at_nine: datetime) -> None:
    address = "/assessment/2024-02/checks"
    evaluator = browser("evaluator-1")
    evaluator.get(address)
    assert "to-case" not in evaluator.forms()
    given = {"object": "district=430202", "item": "spot/sanitation", "place": "河东路口", "note": "垃圾外溢"}
    for _time in range(2):
        evaluator.send("find", points="1", **given)
    page = evaluator.page
    first, second = CheckFinding.objects.order_by("id").values_list("id", flat=True)
    matter = {name: REPORT[name] for name in ("category", "location_lon", "location_lat")}
    for _time in range(2):  # the second time it is the same case
        evaluator.page = page
        evaluator.send("to-case", number=str(first), photo_before=photo(), **matter)
    (case,) = Case.objects.filter(source="check")
    about = CaseMatter.objects.get(case_id=case.id)
    assert (case.external_no, case.stage) == (str(first), "reported")
    assert (about.address, about.description) == ("河东路口", "垃圾外溢")
    assert case.category == REPORT["category"]
    assert (about.lon, about.lat) == (113.134, 27.827)
    assert [kind for kind, *_rest in json.loads(case.photos)] == ["photo_before"]
    assert evaluator.page.count(f'href="/cases/{case.number}"') == 1
    evaluator.send(f"take-back-{second}", note="认错了地方")
    evaluator.page = page
    evaluator.send("to-case", number=str(second), **matter)
    assert "这条考评发现已经撤销" in evaluator.text()
    evaluator.page = page
    evaluator.send("to-case", number="999999", **matter)
    assert "没有这条考评发现" in evaluator.text()
    assert Case.objects.filter(source="check").count() == 1
    acceptor = browser("acceptor-1")
    acceptor.get(f"/cases/{case.number}")
    acceptor.send("accept")
    case.refresh_from_db()
    assert case.stage == "accepted"


def test_bulletins_are_subscribed_and_a_template_that_is_none_is_refused(browser: Open, snapshot: Snapshot) -> None:
    evaluator, unit = browser("evaluator-1"), browser("dept-a")
    evaluator.get("/assessment/bulletins")
    evaluator.send("subscribe")
    assert "取消订阅" in evaluator.text()
    evaluator.send("subscribe")
    assert "取消订阅" not in evaluator.text()
    evaluator.send("template", template=SimpleUploadedFile("a.docx", b"no Word file"))
    assert "不是完好的 Word 文件" in evaluator.text()
    unit.get("/assessment/bulletins")
    assert unit.forms() == ["subscribe"]


def test_grids_have_a_table_and_a_layer_and_drafts_stay_with_the_section(browser: Open, snapshot: Snapshot) -> None:
    evaluator, unit = browser("evaluator-1"), browser("dept-a")
    evaluator.get(f"/assessment/{PUBLISHED}")
    assert f"/assessment/{PUBLISHED}/grids" in evaluator.page
    evaluator.get(f"/assessment/{PUBLISHED}/grids?indicator=n_report")
    shown = re.findall(r"grid%3D(43020\d-\d)%2Fn_report", evaluator.page)
    assert shown
    unit.get(f"/assessment/{PUBLISHED}/grids")
    unit.get(f"/assessment/{DRAFT}/grids", status=403)
    unit.get(f"/assessment/{DRAFT}/grids.geojson", status=403)
    evaluator.get(f"/assessment/{PUBLISHED}/grids?indicator=n_dreamt", status=404)
    layer = json.loads(evaluator.client.get(f"/assessment/{PUBLISHED}/grids.geojson").content)
    assert layer["type"] == "FeatureCollection"
    evaluator.get(f"/assessment/results/M{PUBLISHED}-1?figure=grid%3D{shown[0]}%2Fn_report")
    assert "上报数" in evaluator.text()
