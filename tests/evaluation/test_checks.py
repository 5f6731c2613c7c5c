"""The checks of a month: drawn by lot from a kept seed, written for good, taken back by a row, counted in the score."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests.cases.conftest import START, actor, small_city
from tests.evaluation.small_months import LEADER, REVIEWER, walked_city
from tests.volume.conftest import NOW, months  # noqa: F401 - fixture
from wangge.domains.evaluation.logic.drawing import Drawn, drawn, seed_of
from wangge.domains.evaluation.logic.periods import parse_period
from wangge.domains.evaluation.models import CheckDraw, CheckFinding
from wangge.domains.evaluation.operations import checks
from wangge.domains.evaluation.operations.month import step
from wangge.domains.evaluation.queries.checks import checks_of
from wangge.domains.evaluation.queries.results import content_of, result_of
from wangge.domains.evaluation.refusals import CheckRefused
from wangge.domains.notices.models import InboxNotice

__all__ = ["actor", "small_city"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_city", "months")]
PERIOD = "2024-03"
AT = NOW


def found(**changed: Any) -> checks.Found:
    told = {
        "period": PERIOD, "form": "spot", "object_kind": "district", "object_code": "430202", "item": "street_order",
        "points": "1.5", "place": "河东路口", "note": "占道经营",
    }  # fmt: skip
    return checks.Found(**{**told, **changed})


def recorded(**changed: Any) -> CheckFinding:
    return checks.record_finding(found=found(**changed), by=REVIEWER, at=AT, overlay=None)


def test_the_same_seed_draws_the_same_whatever_the_order() -> None:
    pool = [(f"43020{place % 3}", f"grid-{place:03d}") for place in range(60)]
    seed = seed_of(Drawn.SPOT, PERIOD, "city")
    first = drawn(pool, each=5, seed=seed)
    assert first == drawn(reversed(pool), each=5, seed=seed)
    assert len(first) == 15
    assert {key for _group, key in pool} > set(first)
    assert first != drawn(pool, each=5, seed=seed_of(Drawn.SPOT, PERIOD, "another city"))


def test_a_month_is_drawn_once_and_only_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    grids = [("430202", f"grid-{place:02d}") for place in range(9)]
    monkeypatch.setattr(checks, "_grids", lambda month: grids)
    coming = f"{NOW.year + 1}-03"
    with pytest.raises(CheckRefused, match="尚未结束"):
        checks.draw(kind=Drawn.SPOT, period=coming, by=REVIEWER, at=AT, instance="city")
    with pytest.raises(CheckRefused, match="岗位"):
        checks.draw(kind=Drawn.SPOT, period=PERIOD, by=LEADER, at=AT, instance="city")
    with pytest.raises(CheckRefused, match="没有可抽取"):
        checks.draw(kind=Drawn.QUALITY, period="2021-03", by=REVIEWER, at=AT, instance="city")
    made = checks.draw(kind=Drawn.SPOT, period=PERIOD, by=REVIEWER, at=AT, instance="city")
    assert len(made.drawn) == 5
    assert made.drawn == drawn(grids, each=5, seed=made.seed)
    with pytest.raises(CheckRefused, match="已经抽取过"):
        checks.draw(kind=Drawn.SPOT, period=PERIOD, by=REVIEWER, at=AT, instance="city")
    with pytest.raises(DatabaseError), transaction.atomic():
        CheckDraw.objects.filter(period=PERIOD).update(drawn=[])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"points": "0"}, "大于 0"),
        ({"points": "10.5"}, "不超过 10"),
        ({"points": "1.005"}, "不是数"),
        ({"points": "NaN"}, "不是数"),
        ({"item": "smile"}, "没有这一项"),
        ({"form": "quality", "item": "place_wrong"}, "没有这一项"),
        ({"object_code": "999999"}, "没有这个考评对象"),
        ({"object_kind": "planet"}, "没有这个考评对象"),
        ({"case_number": "430202-20240101-99999"}, "没有这件案卷"),
        ({"period": "marsh"}, "看不懂期间"),
    ],
)
def test_a_finding_that_cannot_be_is_refused(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(CheckRefused, match=says):
        recorded(**wrong)
    assert not CheckFinding.objects.exists()


def test_a_finding_becomes_a_case_by_asking_the_acceptors() -> None:
    made = recorded(wants_case=True)
    notice = InboxNotice.objects.get(inbox="post:acceptor", topic=checks.TOPIC)
    assert f"#{made.id}" in notice.text
    assert "河东路口" in notice.text


def test_a_finding_is_taken_back_once_with_a_reason() -> None:
    made = recorded()
    with pytest.raises(CheckRefused, match="理由"):
        checks.take_back(finding_id=made.id, note=" ", by=REVIEWER, at=AT)
    back = checks.take_back(finding_id=made.id, note="认错了地方", by=REVIEWER, at=AT)
    assert back.points_hundredths == -made.points_hundredths
    for number in (made.id, back.id):
        with pytest.raises(CheckRefused):
            checks.take_back(finding_id=number, note="再撤一次", by=REVIEWER, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        CheckFinding.objects.all().delete()


def test_bonus_and_malus_have_an_order_and_bounds() -> None:
    told = {
        "period": PERIOD,
        "object_kind": "district",
        "object_code": "430202",
        "reason": "扫雪得力",
        "order_no": "城管〔2024〕3 号",
    }

    def adjusted(**changed: str) -> Any:
        return checks.adjust(**{**told, "points": "0.5", **changed}, by=REVIEWER, at=AT)

    for wrong, says in (({"order_no": " "}, "依据文号"), ({"points": "0"}, "不为 0"), ({"points": "21"}, "20")):
        with pytest.raises(CheckRefused, match=says):
            adjusted(**wrong)
    assert adjusted(points="−1.25").points_hundredths == -125


def test_what_was_found_and_adjusted_before_the_freeze_counts_in_the_score(tmp_path: Path) -> None:
    snapshot = walked_city(tmp_path)
    recorded(points="4")
    recorded(points="2", object_code="430203")
    gone = recorded(points="9")
    checks.take_back(finding_id=gone.id, note="重复", by=REVIEWER, at=AT)
    checks.adjust(
        period=PERIOD, object_kind="district", object_code="430203", points="0.5", reason="扫雪得力",
        order_no="城管〔2024〕3 号", by=REVIEWER, at=AT,
    )  # fmt: skip
    step(period=PERIOD, verb="freeze", by=REVIEWER, at=AT + timedelta(hours=1), snapshot=snapshot)
    scores = {each["code"]: each for each in content_of(result_of(PERIOD))["scores"]["district"]}
    spots = {
        code: next(part["value"] for part in each["parts"] if part["part"] == "spot") for code, each in scores.items()
    }
    assert spots["430202"] == "96"
    assert spots["430203"] == "98"
    assert scores["430203"]["adjusted"] == "0.5"


def test_only_a_drawn_case_file_is_judged_and_once() -> None:
    CheckDraw.objects.create(
        kind="quality", period=PERIOD, seed="s", pool=2, pool_sm3=b"\0" * 32, drawn=["430202-20240301-00001"], at=START
    )

    def judged(number: str, *faults: str) -> Any:
        return checks.judge_file(period=PERIOD, case_number=number, faults=faults, by=REVIEWER, at=AT, overlay=None)

    with pytest.raises(CheckRefused, match="不在本月抽中"):
        judged("430202-20240301-00002")
    with pytest.raises(CheckRefused, match="没有这一项"):
        judged("430202-20240301-00001", "smile")
    verdict = judged("430202-20240301-00001", "place_wrong")
    assert not verdict.valid
    with pytest.raises(CheckRefused, match="已有质检结论"):
        judged("430202-20240301-00001")
    assert checks_of(parse_period(PERIOD), overlay=None).waiting == []
